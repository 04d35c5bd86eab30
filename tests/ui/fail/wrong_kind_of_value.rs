//! A gauge takes no delta, a count no summary, and neither takes text.
use extyped::{Delta, Summary};

extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder, summary: Summary) {
    Metrics::of(recorder)
        .node(NodeDimensions {
            device_address: "10.0.0.1",
            node_name: "web-1",
        })
        .cpu(Delta(1))
        .cpu("12.5")
        .bytes_out_count(summary)
        .bytes_out_count(Delta("1"));
}

fn main() {}
