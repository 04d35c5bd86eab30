use std::time::Duration;
use extyped::testing::Eec;
use extyped::{Cumulative, Cycle, Endpoints, Extension, PollError, Status};
use serde_json::json;
extyped::extension!("../runtime/doc/extension.yaml");
#[derive(serde::Deserialize)]
struct Config {
    hosts: Vec<String>,
}
struct LoadBalancer;
impl Extension for LoadBalancer {
    type Config = Config;
    type Endpoint = ();
    fn endpoints(&self, config: &Config) -> Endpoints<()> {
        config.hosts.iter().map(|host| (host, ())).collect()
    }
    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        Metrics::of(cx)
            .node(NodeDimensions { device_address: cx.endpoint_name(), node_name: "web-1" })
            .cpu(12.5)
            .bytes_in_count(Cumulative(5));
        Ok(Status::ok())
    }
}
