//! A running total needs a key that ends in `.count`.
use extyped::Cumulative;

extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .node(NodeDimensions {
            device_address: "10.0.0.1",
            node_name: "web-1",
        })
        .bytes_in(Cumulative(4_096_u64));
}

fn main() {}
