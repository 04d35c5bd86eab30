//! `extyped generate`.

use crate::sandbox::{Sandbox, fixture};

fn sandbox() -> Sandbox {
    Sandbox::with_manifest(&fixture("clean/extension.yaml"))
}

#[test]
fn code_goes_to_standard_output_and_nothing_else_does() {
    let run = sandbox().run(&["generate", "extension.yaml"]);
    assert!(run.stdout.starts_with("// @generated"), "{}", run.stdout);
    assert!(
        run.stdout.contains("pub fn bytes_in_count"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stderr, "");
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_file_holds_what_standard_output_shows() {
    let sandbox = sandbox();
    let shown = sandbox.run(&["generate", "."]).stdout;
    let run = sandbox.run(&["generate", ".", "-o", "metrics.rs"]);
    assert_eq!(sandbox.read("metrics.rs"), shown);
    assert_eq!(run.stderr, "wrote metrics.rs\n");
    assert_eq!(run.stdout, "");
    let again = sandbox.run(&["generate", ".", "-o", "metrics.rs"]);
    assert_eq!(again.stderr, "metrics.rs is up to date\n");
}

#[test]
fn a_file_in_step_passes_the_check() {
    let sandbox = sandbox();
    sandbox.run(&["generate", ".", "-o", "metrics.rs"]);
    let run = sandbox.run(&["generate", ".", "-o", "metrics.rs", "--check"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_file_out_of_step_fails_the_check_and_the_way_back_is_shown() {
    let sandbox = sandbox();
    sandbox.run(&["generate", ".", "-o", "metrics.rs"]);
    let edited = sandbox
        .read("metrics.rs")
        .replace("bytes_in_count", "bytes_in");
    sandbox.write("metrics.rs", &edited);
    let run = sandbox.run(&[
        "generate",
        ".",
        "-o",
        "metrics.rs",
        "--check",
        "--optional=region",
        "--visibility",
        "pub(crate)",
    ]);
    assert_eq!(run.code, Some(1));
    // `region` is no dimension of the manifest: that is the first fault.
    assert!(run.stderr.contains("EXT071"), "{}", run.stderr);

    let run = sandbox.run(&[
        "generate",
        ".",
        "-o",
        "metrics.rs",
        "--check",
        "--visibility",
        "pub(crate)",
    ]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.starts_with("error: metrics.rs:"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.ends_with(
            "help: regenerate it: extyped generate . -o metrics.rs --visibility 'pub(crate)'\n"
        ),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.read("metrics.rs"), edited);
}

#[test]
fn a_file_that_is_not_there_fails_the_check() {
    let run = sandbox().run(&["generate", ".", "-o", "metrics.rs", "--check"]);
    assert_eq!(
        run.stderr,
        "error: metrics.rs does not exist\n\
         help: regenerate it, with the options it was generated with, if there were any: \
         extyped generate . -o metrics.rs\n"
    );
    assert_eq!(run.code, Some(1));
}

#[test]
fn a_file_that_somebody_wrote_is_left_alone() {
    let sandbox = sandbox();
    sandbox.write("main.rs", "fn main() {}\n");
    let run = sandbox.run(&["generate", ".", "-o", "main.rs"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(
        run.stderr,
        "error: main.rs is not a file that extyped wrote, and is left as it is\n\
         help: choose another place with -o, or remove this file first\n"
    );
    assert_eq!(sandbox.read("main.rs"), "fn main() {}\n");
}

#[test]
fn a_check_out_with_other_line_ends_is_still_in_step() {
    let sandbox = sandbox();
    sandbox.run(&["generate", ".", "-o", "metrics.rs"]);
    let text = sandbox.read("metrics.rs").replace('\n', "\r\n");
    sandbox.write("metrics.rs", &text);
    let run = sandbox.run(&["generate", ".", "-o", "metrics.rs", "--check"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn a_manifest_with_errors_gives_no_code() {
    let sandbox = Sandbox::with_manifest(&fixture("broken/extension.yaml"));
    let run = sandbox.run(&["generate", ".", "-o", "metrics.rs"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.starts_with("error[EXT001]"), "{}", run.stderr);
    assert!(
        run.stderr
            .ends_with("no code is written while extension.yaml has errors\n")
    );
    assert_eq!(sandbox.names(), ["extension.yaml"]);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let run = sandbox().run(&["generate", ".", "-o", "src/metrics.rs"]);
    assert!(
        run.stderr
            .starts_with("error: src/metrics.rs cannot be written: ")
    );
    assert!(
        run.stderr
            .ends_with("help: there is no folder src; make it first\n")
    );
    assert_eq!(run.code, Some(2));
}

#[test]
fn options_reach_the_code() {
    let run = sandbox().run(&[
        "generate",
        ".",
        "--name=lb:node=Machine",
        "--crate=crate::vendored",
        "--visibility=pub(crate)",
    ]);
    for part in ["pub(crate) struct Machine", "crate::vendored"] {
        assert!(run.stdout.contains(part), "no {part} in {}", run.stdout);
    }
    assert!(!run.stdout.contains("::extyped::"), "{}", run.stdout);
}
