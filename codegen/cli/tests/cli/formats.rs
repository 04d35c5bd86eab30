//! `extyped check --format sarif` and `--format github`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sandbox::{Sandbox, fixture};

/// What breaks the official schema of SARIF in a text.
fn faults(sarif: &str) -> Vec<String> {
    let schema = fixture("sarif/sarif-schema-2.1.0.json")
        // The bracket too many in the pattern of a language tag, which we never
        // write, is no regular expression to every engine.
        .replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let schema: Value = serde_json::from_str(&schema).expect("a schema");
    let log: Value = serde_json::from_str(sarif).expect("valid JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn sarif(manifest: &str) -> (Value, Option<i32>) {
    let sandbox = Sandbox::with_manifest(manifest);
    let run = sandbox.run(&["check", "--format", "sarif"]);
    assert_eq!(faults(&run.stdout), [""; 0]);
    let log = serde_json::from_str(&run.stdout).expect("valid JSON");
    (log, run.code)
}

#[test]
fn sarif_keeps_to_its_schema() {
    for (name, expected) in [("clean", 0), ("counters", 0), ("broken", 1)] {
        let (log, code) = sarif(&fixture(&format!("{name}/extension.yaml")));
        assert_eq!(code, Some(expected), "{name}");
        let results = log["runs"][0]["results"].as_array().expect("results");
        assert_eq!(results.is_empty(), name == "clean", "{name}");
    }
}

#[test]
fn sarif_of_every_public_manifest_keeps_to_it_too() {
    let corpus = std::env::var_os("EXTYPED_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    if !corpus.is_dir() {
        return;
    }
    let run = Sandbox::new().run(&["check", "--format=sarif", &corpus.display().to_string()]);
    assert_eq!(faults(&run.stdout), [""; 0]);
}

#[test]
fn the_schema_would_notice() {
    let (mut log, _) = sarif(&fixture("counters/extension.yaml"));
    log["runs"][0]["results"][0]["level"] = "fatal".into();
    assert_eq!(faults(&log.to_string()).len(), 1);
}

#[test]
fn a_result_points_at_its_rule_and_brings_its_fix() {
    let (log, _) = sarif(&fixture("counters/extension.yaml"));
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index");
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(index).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let counter = results.iter().find(|result| result["ruleId"] == "EXT033");
    let fixes = &counter.expect("the counter that is no count")["fixes"];
    let replacements = &fixes[0]["artifactChanges"][0]["replacements"];
    assert!(replacements.as_array().is_some_and(|it| it.len() >= 4));
}

#[test]
fn a_file_that_is_not_there_is_no_success_of_the_run() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["check", "missing.yaml", "--format=sarif"]);
    assert_eq!(faults(&run.stdout), [""; 0]);
    let log: Value = serde_json::from_str(&run.stdout).expect("valid JSON");
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(run.code, Some(2));
}

#[test]
fn github_gets_one_command_for_each_finding() {
    let manifest = fixture("counters/extension.yaml");
    let sandbox = Sandbox::with_manifest(&manifest);
    let json = sandbox.run(&["check", "--format=json"]).stdout;
    let findings: Vec<Value> = serde_json::from_str(&json).expect("an array");
    let run = sandbox.run(&["check", "--format=github", "--color=always"]);
    assert_eq!(run.stdout.lines().count(), findings.len());
    for (line, finding) in run.stdout.lines().zip(&findings) {
        let start = format!(
            "::{} file=extension.yaml,line={},",
            finding["severity"]
                .as_str()
                .expect("a severity")
                .replace("hint", "notice"),
            finding["line"]
        );
        assert!(line.starts_with(&start), "{line}");
    }
}

#[test]
fn every_format_tells_of_the_files_beside_a_manifest() {
    let sandbox = Sandbox::new();
    let manifest = fixture("clean/extension.yaml");
    sandbox.write(
        "lb/extension.yaml",
        &format!("{manifest}\nalerts:\n  - path: alerts/list.json\n"),
    );
    sandbox.write("lb/alerts/list.json", "[]\n");
    for (format, place) in [
        ("human", "--> lb/alerts/list.json:1:1"),
        ("json", "\"lb/alerts/list.json\""),
        ("sarif", "\"lb/alerts/list.json\""),
        ("github", "file=lb/alerts/list.json,line=1"),
    ] {
        let run = sandbox.run(&["check", "lb", "--format", format]);
        assert_eq!(run.code, Some(1), "{format}");
        assert!(run.stdout.contains(place), "{format}: {}", run.stdout);
        assert!(run.stdout.contains("EXT093"), "{format}: {}", run.stdout);
    }
}
