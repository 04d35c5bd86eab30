//! A recording that nobody made: the recorded extension, asked to end after
//! its first poll.

use serde_json::Value;

use super::line::{Line, Stamp};
use super::normal::is_urgent;
use super::recording::{Call, Trace};

/// The first poll is over, the second not yet due.
const END: f64 = 4.0;

/// What the SDK sends if it gets SIGINT then: what was recorded until then, and
/// what it sends at its end, which is `/mint` if something is buffered, and
/// `/sfm`. All of it was recorded, only later.
pub(crate) fn ended_after_one_poll(recorded: &Trace) -> Trace {
    let until = recorded.calls.iter().filter(|call| call.at < END);
    let mut calls: Vec<Call> = until.cloned().collect();
    let (first, last) = (
        |what| recorded.of(what).find(|call| !is_urgent(call)),
        |what| recorded.of(what).last(),
    );
    let at_its_end = |call: Option<&Call>| Call {
        at: END,
        ..call.expect("it was recorded").clone()
    };

    let mut lines = at_its_end(first("POST /mint/"));
    lines.lines_mut().retain(|line| line.stamp == Stamp::Run(0));
    calls.push(lines);

    let mut own = at_its_end(last("POST /sfm/"));
    own.lines_mut().iter_mut().for_each(of_one_run);
    calls.push(own);

    let mut logs = at_its_end(first("POST /logs/"));
    let of_the_poll = |event: &Value| event["timestamp"] == "run 0";
    logs.events_mut().retain(of_the_poll);

    Trace {
        calls,
        kept: vec![logs],
        ..recorded.clone()
    }
}

/// What self-monitoring says when there was one run, and no other before.
fn of_one_run(line: &mut Line) {
    let counted = ["total.count", "execution.count", "ok.count"];
    if counted.iter().any(|count| line.key.ends_with(count)) {
        "count,delta=1".clone_into(&mut line.payload);
    }
}
