//! The protocol of the Extension Execution Controller (EEC), held against a
//! recording of Dynatrace's SDK for Python.
//!
//! `sample.rs` is the extension that was recorded, written with this library.
//! It runs under the same stand-in for the EEC, `fake_eec.py`, for as long as
//! the recording, and has to send the same requests: method, path, headers,
//! content, and when. Where it does not, `differences.rs` says so and why;
//! whatever is not in that table fails.
//!
//! The recording and the stand-in are not part of this repository. They are
//! looked for in `../shared`, or in the folder that `EXTYPED_SHARED` names;
//! where they or Python are missing the tests say so and do nothing.
//!
//! Time is real here, and the one thing measured: two seconds of tolerance
//! tell a pace of 30 seconds from one of 29 at the third time. The tests wait
//! most of the 95 seconds and take next to no processor time.
//!
//! The extension is this test binary once more, with a variable in its
//! environment that turns the one test `child` into it.
mod compare;
mod differences;
mod expected;
mod extension;
mod line;
mod normal;
mod peer;
mod query;
mod recording;
mod sample;

use std::time::Duration;

use compare::problems;
use differences::{AT_THE_END, BY_THE_CLIENT, Difference, IN_WHAT_IS_REPORTED};
use extension::Process;
use peer::Peer;
use recording::Trace;

extyped::extension!(
    "tests/real_time/trace/extension.yaml",
    names = {
        "{host}{port}{instance}{env}" = "Instance",
        "{host}" = "Host",
        "{device.address}{dt.techrule.id?}" = "Device",
        "{}" = "None",
    },
);

/// How long the recorded extension ran before it got SIGINT.
const RECORDED: Duration = Duration::from_secs(95);

/// Arguments that no version of the protocol has.
const UNKNOWN: [&str; 4] = ["--data-source-flavor", "python", "--of-tomorrow", "-x"];

/// How many connections three kinds of callers and a signal need at a time.
const FEW: usize = 8;

#[test]
fn child() {
    extension::child();
}

pub(crate) fn a_run_of_95_seconds() {
    let Some(peer) = Peer::find() else { return };
    let mut eec = peer.start();
    let mut extension = Process::start(&eec, &["--loglevel", "info"], &UNKNOWN);
    eec.wait_for_all(&["GET /userconfig/"]);
    eec.follow(RECORDED);
    extension.signal("INT");
    let (code, log) = extension.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains(sample::SHUT_DOWN), "{log}");

    let ours = eec.trace();
    assert!(ours.connections <= FEW, "{} connections", ours.connections);
    let mut found = Vec::new();
    let recorded = normal(peer.recording("eec-trace.jsonl"), &mut found);
    let expected = differing(recorded, &[BY_THE_CLIENT, IN_WHAT_IS_REPORTED], &mut found);
    assert_same(&expected, ours, found);
}

#[test]
fn a_fastcheck_is_the_recorded_one() {
    let Some(peer) = Peer::find() else { return };
    let eec = peer.start();
    let extension = Process::start(&eec, &["--fastcheck"], &UNKNOWN);
    let (code, log) = extension.end();
    assert_eq!(code, Some(0), "{log}");
    let mut found = Vec::new();
    let recorded = normal(peer.recording("eec-trace-fastcheck.jsonl"), &mut found);
    let expected = differing(recorded, &[BY_THE_CLIENT], &mut found);
    assert_same(&expected, eec.trace(), found);
}

/// No recording ends while something waits, so what is expected is put
/// together from one that does not.
#[test]
fn both_signals_send_what_waits() {
    let Some(peer) = Peer::find() else { return };
    for signal in ["TERM", "INT"] {
        let mut eec = peer.start();
        let mut extension = Process::start(&eec, &[], &[]);
        eec.wait_for_all(&["POST /events/", "POST /logs/"]);
        extension.signal(signal);
        let (code, log) = extension.end();
        assert_eq!(code, Some(0), "{signal}: {log}");
        assert!(log.contains(sample::SHUT_DOWN), "{signal}: {log}");

        let mut found = Vec::new();
        let recorded = normal(peer.recording("eec-trace.jsonl"), &mut found);
        let all = differing(recorded, &[BY_THE_CLIENT, IN_WHAT_IS_REPORTED], &mut found);
        let ended = expected::ended_after_one_poll(&all);
        let expected = differing(ended, &[AT_THE_END], &mut found);
        assert_same(&expected, eec.trace(), found);
    }
}

/// In its normal form; what cannot be is found.
fn normal(mut trace: Trace, found: &mut Vec<String>) -> Trace {
    found.extend(normal::normalize(&mut trace));
    trace
}

/// With these differences made. One that changes nothing is found.
fn differing(mut trace: Trace, tables: &[&[Difference]], found: &mut Vec<String>) -> Trace {
    for difference in tables.iter().copied().flatten() {
        if !difference.make(&mut trace) {
            let what = difference.what;
            found.push(format!("changes nothing of what was recorded: {what}"));
        }
    }
    trace
}

/// Fails if `ours` is not what is expected, or if anything was found before.
fn assert_same(expected: &Trace, ours: Trace, mut found: Vec<String>) {
    let ours = normal(ours, &mut found);
    found.extend(problems(expected, &ours));
    assert!(found.is_empty(), "{}\n\n{ours}", found.join("\n"));
}
