//! Load balancers, their nodes and their pools, polled over HTTP.
//!
//! `cargo run -p load-balancer -- --demo` shows it at work against an API that
//! misbehaves in every way there is.

mod demo;
mod health;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use extyped::{Cumulative, Cycle, Endpoint, Endpoints, Extension, PollError, Status};
use health::Health;

extyped::extension!("extension/extension.yaml");

/// The extension. Only the demo speaks plain HTTP.
struct LoadBalancer {
    scheme: &'static str,
}

impl Extension for LoadBalancer {
    // What the operator fills in: made of extension/activationSchema.json.
    type Config = activation::Remote;
    type Endpoint = String;

    fn endpoints(&self, config: &activation::Remote) -> Endpoints<String> {
        let endpoint = |host: &String| {
            Endpoint::new(host, format!("{}://{host}/api/v1/health", self.scheme))
                // Where the events of its faults belong.
                .entity(format!("type(\"lb:device\"),entityName.equals(\"{host}\")"))
        };
        config.hosts.iter().map(endpoint).collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        let token = &cx.config().api_token;
        let health: Health = cx.http().get(cx.endpoint()).bearer(token).json().await?;

        let device_address = cx.endpoint_name();
        let metrics = Metrics::of(cx);
        metrics
            .device(DeviceDimensions { device_address })
            .connections(health.connections);
        for node in &health.nodes {
            metrics
                .node(NodeDimensions {
                    device_address,
                    node_name: &node.name,
                })
                .cpu(node.cpu_percent)
                .memory(node.memory_bytes)
                .bytes_in_count(Cumulative(node.bytes_in))
                .bytes_out_count(Cumulative(node.bytes_out));
        }
        for pool in &health.pools {
            let pool_name = &pool.name;
            metrics
                .pool(PoolDimensions {
                    device_address,
                    pool_name,
                })
                .health(pool.percent_up());
        }
        Ok(Status::ok())
    }
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--demo") {
        return demo::main(std::env::args());
    }
    extyped::run(LoadBalancer { scheme: "https" }, &MANIFEST)
}
