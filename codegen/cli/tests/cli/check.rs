//! `extyped check`.

use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::{Sandbox, fixture};

/// The findings of a run with `--format json`.
fn json(stdout: &str) -> Vec<Value> {
    serde_json::from_str(stdout).expect("an array of objects")
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect()
}

#[test]
fn a_clean_manifest_is_told_so() {
    let sandbox = Sandbox::with_manifest(&fixture("clean/extension.yaml"));
    let run = sandbox.run(&["check", "extension.yaml"]);
    assert_eq!(run.stdout, "extension.yaml: no findings\n");
    assert_eq!(run.stderr, "");
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_folder_stands_for_the_manifest_in_it() {
    let sandbox = Sandbox::new();
    sandbox.write("old/extension.yaml", &fixture("clean/extension.yaml"));
    sandbox.write(
        "new/extension/extension.yaml",
        &fixture("clean/extension.yaml"),
    );
    let run = sandbox.run(&["check", "old", "new", "new/extension"]);
    assert!(run.stdout.contains("old/extension.yaml: no findings\n"));
    assert!(
        run.stdout
            .contains("new/extension/extension.yaml: no findings\n")
    );
    assert!(
        run.stdout.ends_with("2 files: no findings\n"),
        "{}",
        run.stdout
    );
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_folder_without_a_manifest_stands_for_all_below_it() {
    let sandbox = Sandbox::new();
    for place in [
        "b/extension/extension.yaml",
        "a/deep/extension.yaml",
        "target/package/extension.yaml",
        ".git/extension.yaml",
    ] {
        sandbox.write(place, &fixture("clean/extension.yaml"));
    }
    let run = sandbox.run(&["check"]);
    assert_eq!(
        run.stdout,
        "a/deep/extension.yaml: no findings\n\
         b/extension/extension.yaml: no findings\n\
         2 files: no findings\n"
    );
    assert_eq!(run.code, Some(0));
}

#[test]
fn without_a_path_the_folder_one_stands_in_is_meant() {
    let sandbox = Sandbox::new();
    sandbox.write("extension/extension.yaml", &fixture("clean/extension.yaml"));
    let run = sandbox.run(&["check"]);
    assert_eq!(run.stdout, "extension/extension.yaml: no findings\n");
}

#[test]
fn warnings_show_the_place_and_end_with_0() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "extension.yaml"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn errors_show_the_place_and_end_with_1() {
    let sandbox = Sandbox::with_manifest(&fixture("broken/extension.yaml"));
    let run = sandbox.run(&["check", "extension.yaml"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.starts_with("error[EXT001]: "), "{}", run.stdout);
    assert!(run.stdout.contains("--> extension.yaml:"), "{}", run.stdout);
}

#[test]
fn an_option_settles_what_the_manifest_leaves_open() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--kind", "lb.bytes.in=count", "--format=json", "."]);
    let findings = json(&run.stdout);
    assert!(codes(&findings).contains(&"EXT030"), "{}", run.stdout);
    assert_eq!(run.code, Some(1));
}

#[test]
fn an_option_that_names_nothing_is_an_error_with_a_suggestion() {
    let sandbox = Sandbox::with_manifest(&fixture("clean/extension.yaml"));
    let run = sandbox.run(&["check", "--kind", "lb.cpuu=count", "--format=json", "."]);
    let findings = json(&run.stdout);
    assert_eq!(codes(&findings), ["EXT071"], "{}", run.stdout);
    assert!(run.stdout.contains("lb.cpu"), "{}", run.stdout);
    assert_eq!(run.code, Some(1));
}

#[test]
fn names_in_rust_matter_where_there_is_code() {
    for (manifest, severity, code) in [("python", "error", 1), ("snmp", "hint", 0)] {
        let sandbox = Sandbox::with_manifest(&fixture(&format!("names/{manifest}.yaml")));
        let run = sandbox.run(&["check", "--format=json"]);
        let findings = json(&run.stdout);
        let clash = findings.iter().find(|finding| finding["code"] == "EXT070");
        let clash = clash.expect("two sets of dimensions with one name");
        assert_eq!(clash["severity"], severity);
        assert_eq!(run.code, Some(code), "{}", run.stdout);
    }
}

#[test]
fn json_is_an_array_with_what_other_programs_need() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--format", "json", "extension.yaml"]);
    let findings = json(&run.stdout);
    assert!(!findings.is_empty());
    for finding in &findings {
        for field in [
            "code", "severity", "message", "file", "line", "column", "help",
        ] {
            assert!(finding.get(field).is_some(), "no {field} in {finding}");
        }
        assert_eq!(finding["file"], "extension.yaml");
    }
    let total = findings
        .iter()
        .find(|finding| finding["code"] == "EXT033")
        .expect("the counter that is no count");
    assert_eq!(total["severity"], "warning");
    assert!(
        total["fix"]["edits"]
            .as_array()
            .is_some_and(|edits| edits.len() >= 4)
    );
}

#[test]
fn json_of_a_clean_manifest_is_an_empty_array() {
    let sandbox = Sandbox::with_manifest(&fixture("clean/extension.yaml"));
    let run = sandbox.run(&["check", "--format", "json"]);
    assert_eq!(run.stdout, "[]\n");
}

#[test]
fn a_file_that_is_not_there_ends_with_2_and_the_others_are_checked() {
    let sandbox = Sandbox::with_manifest(&fixture("clean/extension.yaml"));
    let run = sandbox.run(&["check", "missing.yaml", "extension.yaml"]);
    assert!(run.stdout.contains("EXT005"), "{}", run.stdout);
    assert!(run.stdout.contains("missing.yaml"), "{}", run.stdout);
    assert!(run.stdout.contains("extension.yaml: no findings"));
    assert_eq!(run.code, Some(2));
}

#[test]
fn a_folder_without_a_manifest_ends_with_2_and_says_where_it_looked() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["check"]);
    assert_eq!(
        run.stderr,
        "error: no extension.yaml in .\n\
         help: looked for extension.yaml, extension/extension.yaml and in the folders below; \
         name the manifest itself if it lies elsewhere\n"
    );
    assert_eq!(run.code, Some(2));
}

#[test]
fn bytes_that_are_no_text_are_a_finding() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("extension.yaml"), b"name: \xff\n").expect("a file");
    let run = sandbox.run(&["check", "--format=json"]);
    assert_eq!(codes(&json(&run.stdout)), ["EXT005"]);
    assert_eq!(run.code, Some(1));
}

#[test]
fn wrong_usage_ends_with_2() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["chekc"][..],
        &["check", "--format=xml"],
        &["check", "--dry-run"],
        &["check", "--kind", "lb.cpu"],
        &["generate"],
        &[],
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.contains("--help"), "{}", run.stderr);
    }
}

#[test]
fn color_is_for_terminals_and_for_those_who_ask() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let piped = sandbox.run(&["check"]).stdout;
    assert!(!piped.contains('\u{1b}'));
    let colored = sandbox.run(&["check", "--color=always"]).stdout;
    assert!(colored.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), piped);
    let json = sandbox
        .run(&["check", "--color=always", "--format=json"])
        .stdout;
    assert!(!json.contains('\u{1b}'));
}

#[test]
fn a_manifest_does_not_steer_the_terminal() {
    let manifest =
        fixture("counters/extension.yaml").replace("lb.bytes.in\n", "\"lb.bytes.in\\e[2J\"\n");
    let sandbox = Sandbox::with_manifest(&manifest);
    for arguments in [
        &["check"][..],
        &["check", "--fix", "--dry-run"],
        &["generate", "."],
    ] {
        let run = sandbox.run(&[arguments, &["--color=always"]].concat());
        for stream in [run.stdout, run.stderr] {
            assert!(!stream.contains("\u{1b}[2J"), "{stream}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_complain() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let mut child = sandbox
        .command(&["check"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    // Closed before a byte can have been read.
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("extyped ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn the_files_that_a_manifest_names_are_checked_too() {
    let sandbox = Sandbox::new();
    sandbox.write("extension/extension.yaml", &fixture("clean/extension.yaml"));
    sandbox.write(
        "extension/activationSchema.json",
        "{\n  \"properties\": {\n    \"pythonRemote\": { \"type\": \"text\" },\n  }\n}\n",
    );
    let run = sandbox.run(&["check", "--format", "json"]);
    let findings = json(&run.stdout);
    assert_eq!(codes(&findings), ["EXT091"]);
    assert_eq!(findings[0]["file"], "extension/activationSchema.json");
    assert_eq!(findings[0]["line"], 4);
    assert_eq!(run.code, Some(1));
}

#[test]
fn a_file_that_the_manifest_names_and_that_is_missing_is_found_at_its_name() {
    let sandbox = Sandbox::with_manifest(&fixture("clean/extension.yaml"));
    sandbox.write("alerts/other.json", "{}");
    std::fs::remove_file(sandbox.path("activationSchema.json")).expect("it was written");
    let run = sandbox.run(&["check", "--format", "json"]);
    let findings = json(&run.stdout);
    assert_eq!(codes(&findings), ["EXT090"]);
    assert_eq!(findings[0]["file"], "extension.yaml");
    assert_eq!(findings[0]["line"], 14);
}
