//! The second exercise of the lesson: before `lb.pool.health` is in the
//! manifest, it cannot be reported.
extyped::extension!("pool_health_not_declared.yaml");
include!("../report_pool_health.rs");

fn main() {}
