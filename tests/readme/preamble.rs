use extyped::{Cumulative, Cycle, Endpoints, Extension, PollError, Status};
#[derive(serde::Deserialize)]
struct Health {
    address: String,
    nodes: Vec<NodeHealth>,
}
#[derive(serde::Deserialize)]
struct NodeHealth {
    name: String,
    cpu: f64,
    bytes_in: u64,
}
struct LoadBalancer;
impl Extension for LoadBalancer {
    type Config = Vec<String>;
    type Endpoint = String;
    fn endpoints(&self, config: &Vec<String>) -> Endpoints<String> {
        config.iter().map(|url| (url.clone(), url.clone())).collect()
    }
    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        query(cx).await
    }
}
fn main() {}
