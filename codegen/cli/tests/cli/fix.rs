//! `extyped check --fix`.

use crate::sandbox::{Sandbox, fixture};

#[test]
fn counters_without_the_suffix_are_mended_in_every_place() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--fix"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    // The places, and nothing else: comments, quotes and spaces stay.
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/mended.yaml")
    );
    assert!(
        run.stdout.starts_with("mended extension.yaml:\n"),
        "{}",
        run.stdout
    );
    for key in ["lb.bytes.in.count", "lb.bytes.out.count"] {
        assert!(run.stdout.contains(key), "{}", run.stdout);
    }
    assert_eq!(sandbox.names(), ["activationSchema.json", "extension.yaml"]);
}

#[test]
fn counters_that_an_option_calls_counts_are_mended_alike() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let kinds = ["--kind=lb.bytes.in=count", "--kind=lb.bytes.out=count"];
    let flagged = sandbox.run(&["check", kinds[0], kinds[1]]);
    assert_eq!(flagged.code, Some(1), "{}", flagged.stdout);
    assert!(flagged.stdout.contains("EXT030"), "{}", flagged.stdout);
    sandbox.run(&["check", "--fix", kinds[0], kinds[1]]);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/mended.yaml")
    );
}

#[test]
fn mending_twice_changes_nothing_more() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/mended.yaml"));
    let run = sandbox.run(&["check", "--fix"]);
    assert!(!run.stdout.contains("mended"), "{}", run.stdout);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/mended.yaml")
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_survive() {
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let sandbox = Sandbox::with_manifest(&windows(&fixture("counters/extension.yaml")));
    sandbox.run(&["check", "--fix"]);
    assert_eq!(
        sandbox.read("extension.yaml"),
        windows(&fixture("counters/mended.yaml"))
    );
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--fix", "--dry-run"]);
    assert!(
        run.stdout.contains("would mend extension.yaml:\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("EXT033"), "{}", run.stdout);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/extension.yaml")
    );
}

#[test]
fn with_json_what_was_mended_is_told_on_standard_error() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--fix", "--format=json"]);
    assert!(
        run.stderr.starts_with("mended extension.yaml:\n"),
        "{}",
        run.stderr
    );
    let findings: Vec<serde_json::Value> =
        serde_json::from_str(&run.stdout).expect("an array of objects");
    assert!(findings.iter().all(|finding| finding["code"] != "EXT033"));
}

#[test]
fn a_file_that_cannot_be_read_as_yaml_stays_as_it_is() {
    let sandbox = Sandbox::with_manifest(&fixture("broken/extension.yaml"));
    let run = sandbox.run(&["check", "--fix"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("broken/extension.yaml")
    );
}
