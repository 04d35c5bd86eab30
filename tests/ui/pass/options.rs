//! Every option, and paths from another macro.
#![deny(warnings, missing_docs)]
#![no_implicit_prelude]

/// The runtime, under a name of our own.
pub use ::extyped as vendored;

/// All options.
pub mod all {
    ::extyped::extension!(
        "../load-balancer.yaml",
        kinds = { "lb.node.cpu" = gauge },
        names = {
            "lb:node" = Member,
            "lb.node.cpu" = "cpu usage",
            "device.address" = "address",
        },
        optional = [],
        crate = crate::vendored,
        visibility = pub(crate),
    );
}

macro_rules! manifest {
    ($path:literal) => {
        ::extyped::extension!($path);
    };
}

/// A path from a macro.
pub mod forwarded {
    manifest!("../load-balancer.yaml");
}

fn main() {
    use ::extyped::report::{EnabledMetrics, Recorder};

    let recorder = Recorder::new(&all::MANIFEST, EnabledMetrics::all(&all::MANIFEST));
    let metrics = all::Metrics::of(&recorder);
    metrics
        .member(all::MemberDimensions {
            address: "10.0.0.1",
            node_name: 7,
        })
        .cpu_usage(12.5);
    ::std::assert_eq!(
        recorder.drain().lines.as_str(),
        "lb.node.cpu,device.address=\"10.0.0.1\",node.name=\"7\" gauge,12.5\n"
    );
}
