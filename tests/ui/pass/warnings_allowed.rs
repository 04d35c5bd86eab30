//! A warning about the manifest can be silenced where the macro stands.
#![deny(warnings)]

#[allow(deprecated)]
mod metrics {
    extyped::extension!("../warning.yaml");
}

fn main() {
    assert_eq!(metrics::MANIFEST.metrics[0].key, "probe.errors_count");
}
