//! Two traces, call by call.

use std::collections::{BTreeMap, BTreeSet};

use super::line::Stamp;
use super::normal::is_urgent;
use super::recording::{Body, Call, Trace};

/// How far a call may be from where it was recorded, in seconds.
const TOLERANCE: f64 = 2.0;

/// What is asked before all else, in this order.
const FIRST: [&str; 3] = [
    "GET /userconfig/f3a0c5d8-1111",
    "GET /extconfig/f3a0c5d8-1111",
    "GET /extconfig/f3a0c5d8-1111?feature_sets_json",
];

/// What is wrong with `ours`.
pub(crate) fn problems(expected: &Trace, ours: &Trace) -> Vec<String> {
    let mut problems = order(expected, "expected");
    problems.extend(order(ours, "ours"));
    let one_for_each = |trace: &Trace| trace.connections >= trace.calls.len();
    if one_for_each(expected) != one_for_each(ours) {
        let (calls, connections) = (ours.calls.len(), ours.connections);
        problems.push(format!("{connections} connections for {calls} calls"));
    }
    let (expected, ours) = (by_kind(expected), by_kind(ours));
    let kinds: BTreeSet<&String> = expected.keys().chain(ours.keys()).collect();
    for kind in kinds {
        let calls = |trace: &BTreeMap<String, Vec<Call>>| trace.get(kind).cloned();
        let (expected, ours) = (calls(&expected), calls(&ours));
        let (expected, ours) = (expected.unwrap_or_default(), ours.unwrap_or_default());
        if expected.len() != ours.len() {
            let (expected, ours) = (times(&expected), times(&ours));
            problems.push(format!("{kind}: at {ours}, expected at {expected}"));
            continue;
        }
        for (expected, ours) in expected.iter().zip(&ours) {
            let at = expected.at;
            let told = differing(expected, ours).into_iter();
            problems.extend(told.map(|problem| format!("{kind} at {at:.1} s: {problem}")));
        }
    }
    problems
}

/// The calls of each kind in their order. What is sent at once and what is
/// gathered are two kinds, though they have one path.
fn by_kind(trace: &Trace) -> BTreeMap<String, Vec<Call>> {
    let mut kinds: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for call in &trace.calls {
        let mut kind = call.what.clone();
        if is_urgent(call) {
            kind.push_str(", urgent");
        }
        kinds.entry(kind).or_default().push(call.clone());
    }
    kinds
}

fn times(calls: &[Call]) -> String {
    let times: Vec<String> = calls.iter().map(|call| format!("{:.1}", call.at)).collect();
    format!("[{}] s", times.join(", "))
}

/// Between kinds there is no order but this: the configuration is asked for
/// before anything else, and a signal follows the lines it is about.
fn order(trace: &Trace, whose: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let first = trace.calls.iter().take(FIRST.len());
    let first: Vec<&str> = first.map(|call| call.what.as_str()).collect();
    if first != FIRST {
        problems.push(format!("{whose}: begins with {first:?}"));
    }
    let mut sent = None;
    let mut signaled = 1;
    for call in &trace.calls {
        if call.what.starts_with("POST /mint/") {
            sent = call.lines().last().map(|line| line.stamp);
        } else if call.what.starts_with("POST /countmetricdeltasignal/") {
            if sent != Some(Stamp::Run(signaled)) {
                problems.push(format!(
                    "{whose}: a signal for run {signaled} after {sent:?}"
                ));
            }
            signaled += 2;
        }
    }
    problems
}

fn differing(expected: &Call, ours: &Call) -> Vec<String> {
    let mut problems = Vec::new();
    if (expected.at - ours.at).abs() > TOLERANCE {
        problems.push(format!("came at {:.1} s", ours.at));
    }
    if expected.status != ours.status {
        problems.push(format!("was answered {}", ours.status));
    }
    let names: BTreeSet<&String> = expected.headers.keys().chain(ours.headers.keys()).collect();
    for name in names {
        let (expected, ours) = (expected.headers.get(name), ours.headers.get(name));
        if expected != ours {
            problems.push(format!("the header {name} is {ours:?}, not {expected:?}"));
        }
    }
    match (&expected.body, &ours.body) {
        (Body::Lines(expected), Body::Lines(ours)) => {
            let text = |line: &super::line::Line| line.to_string();
            lists(
                &mut problems,
                expected.iter().map(text),
                ours.iter().map(text),
            );
        }
        (expected, ours) if expected == ours => {}
        (Body::Json(expected), Body::Json(ours)) => {
            problems.push(format!("the body is\n  {ours}\nnot\n  {expected}"));
        }
        (expected, ours) => problems.push(format!("the body is {ours:?}, not {expected:?}")),
    }
    problems
}

/// Tells of the lines that only one of them has, and of another order.
fn lists(
    problems: &mut Vec<String>,
    expected: impl Iterator<Item = String>,
    ours: impl Iterator<Item = String>,
) {
    let (expected, ours): (Vec<String>, Vec<String>) = (expected.collect(), ours.collect());
    if expected == ours {
        return;
    }
    let missing = expected.iter().filter(|line| !ours.contains(line));
    problems.extend(missing.map(|line| format!("there is no line\n  {line}")));
    let more = ours.iter().filter(|line| !expected.contains(line));
    problems.extend(more.map(|line| format!("there is a line\n  {line}")));
    problems.push(format!("{} lines, expected {}", ours.len(), expected.len()));
}
