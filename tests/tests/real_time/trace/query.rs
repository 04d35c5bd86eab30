//! `query` runs first at a random second, so no two runs of an extension are
//! alike in what it sends and when. What it sends is therefore held against its
//! own rules, the recorded as ours, and taken out of the trace.

use super::line::{Line, Stamp};
use super::recording::{Body, Call, Trace};

const KEY: &str = "interop.query";
const INTERVAL: i64 = 60_000;

/// What it says of itself in the status.
const STATUS: &str = "\nquery: WARNING - q1, q2";

/// Of what happens so close to a run, nobody knows on which side it is.
const CLOSE: f64 = 1.5;

/// The longest that lines are gathered, and some more.
const GATHERED: f64 = 33.0;

/// Takes out everything of `query`, and says what is wrong with it.
pub(crate) fn take_out(trace: &mut Trace) -> Vec<String> {
    let mut problems = Vec::new();
    let ticks = take_out_lines(trace, &mut problems);
    let runs = |at: f64| ticks.iter().filter(|&&tick| tick < at).count();
    for call in trace.of_mut("POST /alive/") {
        let ran = take_out_status(call);
        let (least, most) = (runs(call.at - CLOSE), runs(call.at + CLOSE));
        if (ran && most == 0) || (!ran && least > 0) {
            problems.push(format!("the status at {:.1} s: ran is {ran}", call.at));
        }
    }
    let mut told = 0;
    for call in trace.of_mut("POST /sfm/") {
        let lines = call.lines_mut();
        let of_query: Vec<Line> = lines
            .extract_if(.., |line| line.is_of_callback("query"))
            .collect();
        let total = total(&of_query, told, &mut problems);
        let expected = runs(call.at - CLOSE)..=runs(call.at + CLOSE);
        if !expected.contains(&total) {
            problems.push(format!(
                "self-monitoring at {:.1} s: {total} runs of query, not {expected:?}",
                call.at
            ));
        }
        told = total;
    }
    problems
}

/// The seconds of its ticks.
fn take_out_lines(trace: &mut Trace, problems: &mut Vec<String>) -> Vec<f64> {
    let end = trace.calls.last().map_or(0.0, |call| call.at);
    let start = trace.start_millis;
    let mut ticks: Vec<i64> = Vec::new();
    let mut seconds = Vec::new();
    for call in trace.of_mut("POST /mint/") {
        let at = call.at;
        for line in call.lines_mut().extract_if(.., |line| line.key == KEY) {
            let Stamp::Millis(tick) = line.stamp else {
                problems.push(format!("without a timestamp: {line}"));
                continue;
            };
            if line.payload != "gauge,1" || !line.dimensions.is_empty() {
                problems.push(format!("not what query reports: {line}"));
            }
            if ticks.last().is_some_and(|last| tick - last != INTERVAL) {
                problems.push(format!("not a minute after the last: {line}"));
            }
            if !(5..55).contains(&(tick / 1_000 % 60)) {
                problems.push(format!("at the edge of the minute: {line}"));
            }
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of one run")]
            let second = (tick - start) as f64 / 1_000.0;
            if !(-CLOSE..GATHERED).contains(&(at - second)) {
                problems.push(format!("sent {:.1} s after its tick: {line}", at - second));
            }
            ticks.push(tick);
            seconds.push(second);
        }
    }
    // A call that was for nothing else was none of the others.
    trace
        .calls
        .retain(|call| !matches!(&call.body, Body::Lines(lines) if lines.is_empty()));
    let next = seconds.last().map_or(0.0, |last| last + 60.0);
    if seconds.first().is_some_and(|first| *first > 60.0 + CLOSE) || next + CLOSE < end - 60.0 {
        problems.push(format!("query ran at {seconds:?} of {end:.1} s"));
    }
    seconds
}

/// Whether the status was there.
fn take_out_status(call: &mut Call) -> bool {
    let Body::Json(body) = &mut call.body else {
        return false;
    };
    let Some(message) = body.get("message").and_then(|message| message.as_str()) else {
        return false;
    };
    let Some(rest) = message.strip_suffix(STATUS) else {
        return false;
    };
    body["message"] = rest.to_owned().into();
    true
}

/// How often it ran, of which `told` were told before.
fn total(lines: &[Line], told: usize, problems: &mut Vec<String>) -> usize {
    if lines.is_empty() {
        return told;
    }
    let count = |name: &str| {
        let key = format!("dsfm:datasource.python.execution.{name}count");
        let mut of_it = lines.iter().filter(|line| line.key == key);
        let line = of_it.next()?;
        let number = line.payload.strip_prefix("count,delta=")?.parse().ok()?;
        of_it.next().is_none().then_some(number)
    };
    let counts = ["total.", "", "ok.", "timeout.", "exception."].map(count);
    let all = counts[0].unwrap_or_default();
    let since = all - told.min(all);
    if counts != [all, since, since, 0, 0].map(Some) || lines.len() != 6 {
        problems.push(format!("self-monitoring of query: {counts:?} of {lines:?}"));
    }
    all
}
