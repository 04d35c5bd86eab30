//! An extension of the Python SDK under `extyped simulate`: it makes the calls
//! that were recorded under another EEC, which proves this one faithful.
//!
//! Needs Python 3.10 or newer and its package index, and the sample and the
//! recording in `../shared`, or in the folder that `EXTYPED_SHARED` names; what
//! is missing is said, and the test passes.

pub(crate) mod trace;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use self::trace::{Trace, moments};
use crate::programs;
use crate::venv;

/// Runs the sample under `extyped simulate`.
fn simulate(sample: &Path, options: &[&str], python: &Path) -> Output {
    let mut command = Command::new(programs::extyped());
    command
        .current_dir(sample)
        .args(["simulate", "--activation", "userconfig.json"])
        .args(options)
        .arg("--")
        .arg(python)
        .args(["-m", "interop_ext"]);
    command.output().expect("extyped starts")
}

/// What a test needs, or `None` once it is said what is missing.
fn needs() -> Option<(PathBuf, PathBuf)> {
    let shared = std::env::var_os("EXTYPED_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let sample = shared.join("tools/python_sample");
    if !sample.is_dir() {
        venv::skipped(&format!(
            "there is no sample in {}: set EXTYPED_SHARED to the folder that has tools/python_sample",
            sample.display()
        ));
        return None;
    }
    match venv::python(&["dt-extensions-sdk==1.11.2"], "dynatrace_extension") {
        Ok(python) => Some((sample, python)),
        Err(why) => {
            venv::skipped(&why);
            None
        }
    }
}

fn told(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    format!("{stdout}{}", String::from_utf8_lossy(&output.stderr))
}

pub(crate) fn a_run_of_95_seconds() {
    let Some((sample, python)) = needs() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let recording = folder.path().join("run.jsonl");
    let options = [
        "--for=95s",
        "--forbid-invalid",
        "--expect=interop.gauge,host=h1",
        "--expect=interop.query",
        "--expect-all",
        "--expect-status=WARNING",
        "--record",
        recording.to_str().expect("UTF-8"),
    ];
    let output = simulate(&sample, &options, &python);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("\ninvalid     nothing\n"));

    let reference = sample.join("../../reference/eec-trace.jsonl");
    let expected = Trace::read(&reference);
    let found = Trace::read(&recording);
    assert_eq!(
        moments(&found),
        moments(&expected),
        "\n{found}\n{}",
        told(&output)
    );
    assert_eq!(found.metrics(), expected.metrics());
    assert_eq!(found.headers(), expected.headers());
    assert!(found.not_taken().is_empty(), "{:?}", found.not_taken());
}

#[test]
fn its_fastcheck_makes_the_calls_that_were_recorded() {
    let Some((sample, python)) = needs() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let recording = folder.path().join("run.jsonl");
    let recording_text = recording.to_str().expect("UTF-8");
    let options = [
        "--fastcheck",
        "--forbid-invalid",
        "--record",
        recording_text,
    ];
    let output = simulate(&sample, &options, &python);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("\nfastcheck: OK: fastcheck fine\n"));
    let reference = sample.join("../../reference/eec-trace-fastcheck.jsonl");
    let (expected, found) = (Trace::read(&reference), Trace::read(&recording));
    assert_eq!(found.calls(), expected.calls(), "{found}");
}
