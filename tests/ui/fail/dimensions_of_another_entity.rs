//! A pool is not reported with the dimensions of a node.
extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .pool(NodeDimensions {
            device_address: "10.0.0.1",
            node_name: "web-1",
        })
        .health(100);
}

fn main() {}
