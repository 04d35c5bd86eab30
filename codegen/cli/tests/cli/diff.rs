//! `extyped diff`.

use std::io::{Cursor, Write as _};
use std::process::Command;

use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::sandbox::{Sandbox, fixture};

const SCHEMA: &str = r##"{"types": {"pythonRemote": {"properties": {
    "url": {"type": "text", "nullable": false}}}},
    "properties": {"pythonRemote": {"type": {"$ref": "#/types/pythonRemote"}}}}"##;

/// A sandbox with the extension in `old`, and the mended one, whose counters
/// have other keys, in `new`.
fn versions(version: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old/extension.yaml", &fixture("counters/extension.yaml"));
    sandbox.write("old/activationSchema.json", SCHEMA);
    let new =
        fixture("counters/mended.yaml").replace("version: 1.0.0", &format!("version: {version}"));
    sandbox.write("new/extension.yaml", &new);
    sandbox.write(
        "new/activationSchema.json",
        &SCHEMA.replace("\"url\"", "\"address\""),
    );
    sandbox
}

#[test]
fn changes_are_told_with_their_reasons_and_a_verdict() {
    let sandbox = versions("1.1.0");
    let run = sandbox.run(&["diff", "old", "new"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn a_version_that_rose_enough_ends_with_0() {
    for (version, code) in [("1.0.0", 1), ("1.9.9", 1), ("2.0.0", 0), ("3.1.4", 0)] {
        let run = versions(version).run(&["diff", "old", "new"]);
        assert_eq!(run.code, Some(code), "{version}: {}", run.stdout);
    }
    let run = versions("1.0.0").run(&["diff", "old", "old"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("no change"), "{}", run.stdout);
}

#[test]
fn json_has_the_same_for_programs() {
    let run = versions("2.0.0").run(&["diff", "old", "new", "--format=json"]);
    let json: Value = serde_json::from_str(&run.stdout).expect("an object");
    assert_eq!(json["verdict"], "major");
    assert_eq!(json["old"]["version"], "1.0.0");
    assert_eq!(json["new"]["name"], "custom:load-balancer");
    assert_eq!(json["needed_version"], "2.0.0");
    assert_eq!(json["version_is_enough"], true);
    let changes = json["changes"].as_array().expect("an array");
    let removed = changes
        .iter()
        .find(|it| it["area"] == "metric" && it["change"] == "removed");
    let removed = removed.expect("the old keys");
    assert_eq!(
        removed["subjects"],
        serde_json::json!(["lb.bytes.in", "lb.bytes.out"])
    );
    assert_eq!(removed["weight"], "major");
    assert!(removed["reason"].is_string());
    let run = versions("1.0.0").run(&["diff", "old", "old", "--format=json"]);
    let json: Value = serde_json::from_str(&run.stdout).expect("an object");
    assert_eq!(json["verdict"], "none");
}

fn git(sandbox: &Sandbox, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(sandbox.path("."))
        .args([
            "-c",
            "user.name=Example",
            "-c",
            "user.email=example@example.invalid",
        ])
        .args(arguments)
        .output()
        .expect("git can be run")
        .status;
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn a_revision_of_git_is_compared_with_what_is_there() {
    let sandbox = versions("2.0.0");
    git(&sandbox, &["init", "-q"]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-qm", "one"]);
    git(&sandbox, &["tag", "v1"]);
    sandbox.write("old/extension.yaml", &sandbox.read("new/extension.yaml"));
    sandbox.write(
        "old/activationSchema.json",
        &sandbox.read("new/activationSchema.json"),
    );
    let from_folders = versions("2.0.0").run(&["diff", "old", "new"]);
    for (old, new) in [
        ("git:v1:old/extension.yaml", "old"),
        ("git:v1:old", "old/extension.yaml"),
        ("git:v1:old", "git:v1:new"),
    ] {
        let run = sandbox.run(&["diff", old, new]);
        assert_eq!(
            run.stdout, from_folders.stdout,
            "{old} {new}: {}",
            run.stderr
        );
    }
    // From a folder below, paths start there or at the top.
    for old in ["git:HEAD:.", "git:HEAD:extension.yaml", "git:HEAD:old"] {
        let mut command = sandbox.command(&["diff", old]);
        let output = command
            .current_dir(sandbox.path("old"))
            .output()
            .expect("extyped starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            said,
            from_folders.stdout,
            "{old}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let run = sandbox.run(&["diff", "git:v9:old"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("git does not find"), "{}", run.stderr);
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("a file");
        writer.write_all(content).expect("its content");
    }
    writer.finish().expect("a zip").into_inner()
}

#[test]
fn a_built_package_is_compared_with_what_is_there() {
    let sandbox = versions("2.0.0");
    let expected = sandbox.run(&["diff", "old", "new"]).stdout;
    let manifest = sandbox.read("old/extension.yaml");
    let inner = zip(&[
        ("extension.yaml", manifest.as_bytes()),
        ("activationSchema.json", SCHEMA.as_bytes()),
    ]);
    let outer = zip(&[
        ("extension.zip", &inner),
        ("extension.zip.sig", b"signature"),
    ]);
    std::fs::write(sandbox.path("extension.zip"), inner).expect("a file");
    std::fs::write(sandbox.path("lb-1.0.0.zip"), outer).expect("a file");
    for package in ["extension.zip", "lb-1.0.0.zip"] {
        let run = sandbox.run(&["diff", package, "new"]);
        assert_eq!(run.stdout, expected, "{package}: {}", run.stderr);
        assert_eq!(run.code, Some(0));
    }
}

#[test]
fn what_cannot_be_compared_ends_with_2_and_says_why() {
    let sandbox = versions("2.0.0");
    std::fs::write(sandbox.path("other.zip"), zip(&[("a.txt", b"a")])).expect("a file");
    sandbox.write("broken.zip", "PK\u{3}\u{4}no zip at all");
    sandbox.write("broken.yaml", "name: [");
    for (place, said) in [
        ("missing.yaml", "missing.yaml: the file cannot be read"),
        ("broken.yaml", "broken.yaml:1:"),
        ("other.zip", "other.zip:extension.yaml cannot be read"),
        ("broken.zip", "broken.zip cannot be read as a zip"),
        ("git:HEAD", "`git:HEAD` names no revision"),
    ] {
        let run = sandbox.run(&["diff", place, "new"]);
        assert_eq!(run.code, Some(2), "{place}");
        assert!(run.stderr.contains(said), "{place}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{place}");
    }
}
