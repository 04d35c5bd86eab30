//! What the runtime guarantees, on a paused clock: hours pass in no time, and
//! what is due at a moment happens at that moment.

mod dimensions;
mod faults;
mod polling;
mod rhythm;
mod self_monitoring;
mod setup;
mod sinks;
mod snapshot;
mod support;
