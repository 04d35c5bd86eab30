//! A count says whether it is a total or what was added.
extyped::extension!("../load-balancer.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .node(NodeDimensions {
            device_address: "10.0.0.1",
            node_name: "web-1",
        })
        .bytes_out_count(4_096_u64);
}

fn main() {}
