//! What the manifest does not have cannot be reported.
extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .node(NodeDimensions {
            device_address: "10.0.0.1",
            node_name: "web-1",
        })
        .memory(4_096);
}

fn main() {}
