//! An entity cannot be reported without one of its dimensions.
extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .node(NodeDimensions { node_name: "web-1" })
        .cpu(12.5);
}

fn main() {}
