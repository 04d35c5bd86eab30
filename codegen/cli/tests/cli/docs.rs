//! `extyped docs`.

use crate::sandbox::{Sandbox, fixture};

#[test]
fn a_reference_is_written_into_a_folder_that_is_made() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["docs", ".", "-o", "site/reference"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    let html = sandbox.read("site/reference/index.html");
    assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
    assert!(html.contains("<svg"), "{html}");
    let markdown = sandbox.read("site/reference/reference.md");
    assert!(
        markdown.contains("\n# custom:load-balancer\n"),
        "{markdown}"
    );
    assert!(markdown.contains("(entities.svg)"), "{markdown}");
    let svg = sandbox.read("site/reference/entities.svg");
    assert!(svg.contains("\n<svg"), "{svg}");
    for name in ["index.html", "reference.md", "entities.svg"] {
        let said = format!("site/reference/{name}");
        assert!(run.stderr.contains(&said), "{}", run.stderr);
    }
}

#[test]
fn the_same_extension_gives_the_same_files() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    sandbox.run(&["docs", ".", "-o", "a"]);
    sandbox.run(&["docs", "extension.yaml", "-o", "b"]);
    for name in ["index.html", "reference.md", "entities.svg"] {
        let [one, other] = ["a", "b"].map(|folder| sandbox.read(&format!("{folder}/{name}")));
        assert_eq!(one, other, "{name}");
    }
}

#[test]
fn what_cannot_be_read_or_written_ends_with_2_and_writes_nothing() {
    let sandbox = Sandbox::with_manifest(&fixture("broken/extension.yaml"));
    let run = sandbox.run(&["docs", ".", "-o", "out"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("extension.yaml:"), "{}", run.stderr);
    assert_eq!(sandbox.names(), ["extension.yaml"]);
    sandbox.write("extension.yaml", &fixture("clean/extension.yaml"));
    sandbox.write("file", "");
    let run = sandbox.run(&["docs", ".", "-o", "file/folder"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("cannot be made"), "{}", run.stderr);
}

#[test]
fn a_manifest_does_not_decide_which_files_of_the_machine_are_shown() {
    let manifest = fixture("clean/extension.yaml");
    let schema = r##"{"types": {"pythonRemote": {"properties": {"hunter2": {"type": "text"}}}},
        "properties": {"pythonRemote": {"type": {"$ref": "#/types/pythonRemote"}}}}"##;
    let sandbox = Sandbox::new();
    sandbox.write("secret.json", schema);
    let absolute = sandbox.path("secret.json").display().to_string();
    for path in ["../secret.json", &absolute] {
        let manifest = manifest.replace("activationSchema.json", path);
        sandbox.write("mine/extension.yaml", &manifest);
        let docs = sandbox.run(&["docs", "mine", "-o", "out"]);
        assert_eq!(docs.code, Some(0), "{}", docs.stderr);
        let markdown = sandbox.read("out/reference.md");
        assert!(!markdown.contains("hunter2"), "{path}: {markdown}");
        assert!(markdown.contains("cannot be read"), "{path}: {markdown}");
    }
    // Inside the folder, the same file is shown.
    sandbox.write("mine/secret.json", schema);
    let manifest = manifest.replace("activationSchema.json", "secret.json");
    sandbox.write("mine/extension.yaml", &manifest);
    sandbox.run(&["docs", "mine", "-o", "out"]);
    assert!(sandbox.read("out/reference.md").contains("hunter2"));
}

#[cfg(unix)]
#[test]
fn a_pipe_that_the_manifest_names_is_not_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.pipe("activationSchema.json");
    sandbox.write("extension.yaml", &fixture("clean/extension.yaml"));
    let docs = sandbox.run(&["docs", ".", "-o", "out"]);
    assert_eq!(docs.code, Some(0), "{}", docs.stderr);
    let diff = sandbox.run(&["diff", ".", "."]);
    assert_eq!(diff.code, Some(0), "{}", diff.stderr);
}

#[test]
fn what_somebody_else_wrote_is_not_written_over() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let names = ["index.html", "reference.md", "entities.svg"];
    for theirs in names {
        let folder = format!("of-{theirs}");
        sandbox.write(&format!("{folder}/{theirs}"), "mine\n");
        let run = sandbox.run(&["docs", ".", "-o", &folder]);
        assert_eq!(run.code, Some(2), "{theirs}");
        let told = format!("{folder}/{theirs} is not a file that extyped wrote");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        assert_eq!(sandbox.read(&format!("{folder}/{theirs}")), "mine\n");
        // All or none.
        for other in names.iter().filter(|name| **name != theirs) {
            assert!(!sandbox.path(&format!("{folder}/{other}")).exists());
        }
    }
    // What it wrote itself it writes anew.
    for _ in 0..2 {
        let run = sandbox.run(&["docs", ".", "-o", "out"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
}

#[test]
fn a_picture_of_what_is_no_longer_there_goes() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    sandbox.run(&["docs", ".", "-o", "out"]);
    let manifest = fixture("counters/extension.yaml");
    let (without, _) = manifest.split_once("\ntopology:").expect("a topology");
    sandbox.write("extension.yaml", without);
    let run = sandbox.run(&["docs", ".", "-o", "out"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!sandbox.path("out/entities.svg").exists());
    // One that the author drew is none of this.
    sandbox.write("out/entities.svg", "<svg/>");
    let run = sandbox.run(&["docs", ".", "-o", "out"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(sandbox.read("out/entities.svg"), "<svg/>");
}
