//! `extyped new`, as far as no compiler is needed: that the project compiles,
//! is tested and runs is a test of the house.

use std::fs;

use crate::sandbox::Sandbox;

#[test]
fn a_project_is_made_without_a_question() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["new", "my-queue", "--author", "Jane: #1"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("custom:my-queue"), "{}", run.stdout);

    let check = sandbox.run(&["check", "my-queue"]);
    assert_eq!(check.code, Some(0), "{}", check.stdout);
    assert!(check.stdout.contains("no findings"), "{}", check.stdout);
    let manifest = fs::read_to_string(sandbox.path("my-queue/extension/extension.yaml"));
    assert!(
        manifest
            .expect("a manifest")
            .contains(r#"name: "Jane: #1""#)
    );
}

#[test]
fn its_activation_is_what_its_schema_takes() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(&["new", "my-queue"]).code, Some(0));
    let run = sandbox.run(&[
        "activation",
        "my-queue",
        "--validate",
        "my-queue/activation.json",
        "--secrets",
        "my-queue/secrets.json",
    ]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

#[test]
fn what_is_there_already_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("my-queue/notes.txt", "mine");
    let run = sandbox.run(&["new", "my-queue"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("is there already"), "{}", run.stderr);
    let files = fs::read_dir(sandbox.path("my-queue")).expect("the folder");
    assert_eq!(files.count(), 1);
}

#[test]
fn without_a_terminal_a_name_has_to_be_given() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["new"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("a name is missing"), "{}", run.stderr);
    let run = sandbox.run(&["new", "My Queue"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("`My Queue` cannot be the name"),
        "{}",
        run.stderr
    );
}
