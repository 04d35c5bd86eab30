//! A misspelt dimension does not reach the tenant.
extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .node(NodeDimensions {
            device_address: "10.0.0.1",
            node_nam: "web-1",
        })
        .cpu(12.5);
}

fn main() {}
