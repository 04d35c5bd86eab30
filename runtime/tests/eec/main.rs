//! An extension under an Extension Execution Controller, over the whole way
//! from a callback to the bytes that the controller reads, on a paused clock.

mod assertions;
mod counts;
mod heartbeats;
mod http;
mod logs;
mod outages;
mod startup;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../runtime/support.rs"]
mod support;

use std::time::Duration;

use extyped::testing::{Call, Eec};

/// The longest time without a heartbeat, from the start until now.
fn widest_gap(eec: &Eec) -> Duration {
    let heartbeats = eec.simulator().heartbeats();
    let mut moments = vec![Duration::ZERO];
    moments.extend(heartbeats.iter().map(|heartbeat| heartbeat.at));
    moments.push(eec.simulator().elapsed());
    let gaps = moments
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]));
    gaps.max().unwrap_or_default()
}

/// The calls that were made, in their order.
fn calls(eec: &Eec) -> Vec<Call> {
    let requests = eec.simulator().requests();
    requests.iter().filter_map(|request| request.call).collect()
}
