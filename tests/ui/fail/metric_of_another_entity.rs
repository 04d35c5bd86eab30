//! A node has no metric of a pool.
extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .node(NodeDimensions {
            device_address: "10.0.0.1",
            node_name: "web-1",
        })
        .health(100);
}

fn main() {}
