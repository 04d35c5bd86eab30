//! What is configured comes from the schema, or from serde.

use extyped::{Cycle, Endpoints, Extension, PollError, Status};

struct Config {
    hosts: Vec<String>,
}

struct LoadBalancer;

impl Extension for LoadBalancer {
    type Config = Config;
    type Endpoint = String;

    fn endpoints(&self, config: &Config) -> Endpoints<String> {
        config.hosts.iter().map(|host| (host, host.clone())).collect()
    }

    async fn query(&self, _: &Cycle<Self>) -> Result<Status, PollError> {
        Ok(Status::ok())
    }
}

fn main() {}
