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
        markdown.starts_with("# custom:load-balancer\n"),
        "{markdown}"
    );
    assert!(markdown.contains("(entities.svg)"), "{markdown}");
    assert!(
        sandbox
            .read("site/reference/entities.svg")
            .starts_with("<svg")
    );
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
