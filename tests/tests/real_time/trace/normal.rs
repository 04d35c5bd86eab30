//! What is different in each run and means the same is made the same.

use jiff::Timestamp;
use serde_json::Value;

use super::line::{Line, Stamp};
use super::query;
use super::recording::{Body, Call, Trace};

/// The interval of `poll`.
const INTERVAL: i64 = 20_000;

/// How long after the start `poll` runs first, and how far that may be off.
const OFFSET: i64 = 3_000;
const TOLERANCE: i64 = 2_000;

/// So far from a tick is still within its run.
const NEAR: i64 = 2_000;

/// Lines of self-monitoring that say how busy the process and the machine are.
const BUSY: [&str; 2] = [
    "dsfm:datasource.python.threads",
    "dsfm:datasource.python.execution.time",
];

/// Brings a trace to its normal form, and says what cannot be.
pub(crate) fn normalize(trace: &mut Trace) -> Vec<String> {
    let mut problems = query::take_out(trace);
    join_urgent_logs(trace);
    if let Some(first) = first_tick(trace) {
        let late = first - trace.start_millis - OFFSET;
        if late.abs() > TOLERANCE {
            problems.push(format!("poll began {late} ms late"));
        }
        stamp(trace, first);
    }
    for line in trace.of_mut("POST /sfm/").flat_map(Call::lines_mut) {
        let (form, number) = line.payload.rsplit_once([',', '=']).unwrap_or_default();
        let number: f64 = number.parse().unwrap_or(-1.0);
        if BUSY.contains(&line.key.as_str()) && number >= 0.0 {
            line.payload = format!("{form} #");
        }
    }
    problems
}

/// Whether all of it was sent at once.
pub(crate) fn is_urgent(call: &Call) -> bool {
    let urgent = |event: &Value| {
        event["content"]
            .as_str()
            .is_some_and(|c| c.starts_with("line "))
    };
    match &call.body {
        Body::Json(Value::Array(events)) => events.iter().all(urgent),
        _ => false,
    }
}

/// Urgent log events of one run may be in one request or in several: they are
/// reported one after the other, and each is sent as soon as it is.
fn join_urgent_logs(trace: &mut Trace) {
    let mut joined: Vec<Call> = Vec::new();
    for mut call in std::mem::take(&mut trace.calls) {
        let urgent = |known: &&mut Call| {
            known.what == call.what && is_urgent(known) && call.at - known.at < 2.0
        };
        match joined.iter_mut().rev().find(urgent) {
            Some(known) if is_urgent(&call) => known.events_mut().append(call.events_mut()),
            _ => joined.push(call),
        }
    }
    trace.calls = joined;
}

/// The first tick of `poll`, by its gauge.
fn first_tick(trace: &Trace) -> Option<i64> {
    let lines = trace.of("POST /mint/").flat_map(Call::lines);
    lines
        .filter(|line| line.key == "interop.gauge")
        .find_map(|line| match line.stamp {
            Stamp::Millis(tick) => Some(tick),
            _ => None,
        })
}

fn stamp(trace: &mut Trace, first: i64) {
    for line in trace.of_mut("POST /mint/").flat_map(Call::lines_mut) {
        stamp_line(line, first);
    }
    for event in trace.of_mut("POST /logs/").flat_map(Call::events_mut) {
        let Some(text) = event.get("timestamp").and_then(Value::as_str) else {
            continue;
        };
        let time: Timestamp = text.parse().expect("a timestamp as RFC 3339 has it");
        let millis = time.as_millisecond();
        let run = run(millis, first);
        let tick = first + run * INTERVAL;
        if millis == tick {
            event["timestamp"] = format!("run {run}").into();
        } else if millis == tick / 1_000 * 1_000 {
            event["timestamp"] = format!("the second of run {run}").into();
        }
    }
}

fn stamp_line(line: &mut Line, first: i64) {
    let Stamp::Millis(millis) = line.stamp else {
        return;
    };
    let run = run(millis, first);
    let off = millis - (first + run * INTERVAL);
    if off == 0 {
        line.stamp = Stamp::Run(run);
    } else if off.abs() < NEAR {
        line.stamp = Stamp::Near(run);
    }
}

/// The run whose tick is nearest.
fn run(millis: i64, first: i64) -> i64 {
    (millis - first + INTERVAL / 2).div_euclid(INTERVAL)
}
