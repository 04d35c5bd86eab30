//! The second exercise of the lesson: once `lb.pool.health` is in the
//! manifest, the very same code reports it.
use extyped::report::{EnabledMetrics, Recorder};

extyped::extension!("../load-balancer.yaml");
include!("../report_pool_health.rs");

fn main() {
    let recorder = Recorder::new(&MANIFEST, EnabledMetrics::all(&MANIFEST));
    query(&recorder);
    assert_eq!(
        recorder.drain().lines.as_str(),
        "lb.pool.health,device.address=\"10.0.0.1\",pool.name=\"web\" gauge,99.5\n"
    );
}
