//! `-A`, `-W`, `-D`, `extyped.toml` and comments in the manifest.

use crate::sandbox::{Run, Sandbox, fixture};

/// A manifest with warnings of `EXT033` and nothing worse.
fn counters() -> Sandbox {
    Sandbox::with_manifest(&fixture("counters/extension.yaml"))
}

/// The severity and code of each finding.
fn found(run: &Run) -> Vec<String> {
    let findings: Vec<serde_json::Value> =
        serde_json::from_str(&run.stdout).expect("an array of objects");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    findings
        .iter()
        .map(|finding| format!("{} {}", text(&finding["severity"]), text(&finding["code"])))
        .collect()
}

fn check(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["check", "--format=json"], arguments].concat())
}

#[test]
fn a_flag_changes_what_a_check_amounts_to() {
    let sandbox = counters();
    for (arguments, expected, code) in [
        (&[][..], "warning EXT033", 0),
        (&["-D", "EXT033"], "error EXT033", 1),
        (&["--deny=cumulative-gauge"], "error EXT033", 1),
        (&["-D", "warnings"], "error EXT033", 1),
        (&["-A", "EXT032", "-Wall"], "warning EXT033", 0),
    ] {
        let run = check(&sandbox, arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}");
        assert!(found(&run).contains(&expected.to_owned()), "{}", run.stdout);
    }
    for arguments in [&["-A", "EXT033"][..], &["-A", "EXT033,EXT032"], &["-Aall"]] {
        let run = check(&sandbox, arguments);
        assert!(!run.stdout.contains("EXT033"), "{}", run.stdout);
        assert_eq!(run.code, Some(0), "{arguments:?}");
    }
}

#[test]
fn what_is_allowed_is_not_mended_either() {
    let sandbox = counters();
    sandbox.run(&["check", "--fix", "-A", "EXT033"]);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/extension.yaml")
    );
}

#[test]
fn a_check_that_does_not_exist_or_cannot_be_switched_off_is_wrong_usage() {
    let sandbox = counters();
    for (argument, help) in [
        ("EXT33", "did you mean `EXT033` (cumulative-gauge)?"),
        ("EXT001", "`EXT001` (yaml-syntax) cannot be switched off"),
        (
            "name-collision",
            "`EXT070` (name-collision) cannot be switched off",
        ),
    ] {
        for verb in [&["check"][..], &["generate", "."]] {
            let run = sandbox.run(&[verb, &["-A", argument]].concat());
            assert_eq!(run.code, Some(2), "{argument}");
            assert!(run.stderr.contains(help), "{}", run.stderr);
        }
    }
    assert_eq!(sandbox.run(&["check", "-D", "EXT001"]).code, Some(0));
}

#[test]
fn a_file_above_the_manifest_holds_for_every_verb() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "lb/extension/extension.yaml",
        &fixture("counters/extension.yaml"),
    );
    sandbox.write("extyped.toml", "[lints]\nEXT033 = \"deny\"\n");
    assert_eq!(check(&sandbox, &["lb"]).code, Some(1));
    assert_eq!(sandbox.run(&["generate", "lb"]).code, Some(1));
    // The command line is nearer than the file, and a nearer file than one above.
    assert_eq!(check(&sandbox, &["lb", "-WEXT033"]).code, Some(0));
    sandbox.write("lb/extyped.toml", "");
    assert_eq!(check(&sandbox, &["lb"]).code, Some(0));
    assert_eq!(sandbox.run(&["generate", "lb"]).code, Some(0));
}

#[test]
fn a_file_with_a_mistake_is_an_error_with_a_suggestion_and_told_once() {
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        let path = format!("{name}/extension.yaml");
        sandbox.write(&path, &fixture("clean/extension.yaml"));
    }
    sandbox.write("extyped.toml", "[lints]\nunderscore-cuont = \"allow\"\n");
    let run = sandbox.run(&["check", "a", "b"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.stdout.matches("error[EXT073]").count(),
        1,
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("--> extyped.toml:2:1"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("did you mean `EXT032` (underscore-count)?"),
        "{}",
        run.stdout
    );
    let run = sandbox.run(&["generate", "a"]);
    assert!(run.stderr.contains("error[EXT073]"), "{}", run.stderr);
    assert_eq!(run.code, Some(1));
}

#[test]
fn a_comment_allows_one_finding_and_is_told_when_there_is_none() {
    let manifest = fixture("counters/extension.yaml");
    let commented = manifest.replace(
        "# what clients send",
        "# extyped: allow(EXT033) set to 0 every minute",
    );
    assert_ne!(manifest, commented);
    let count = |run: &Run, what: &str| found(run).iter().filter(|it| *it == what).count();
    let before = check(&Sandbox::with_manifest(&manifest), &[]);
    let sandbox = Sandbox::with_manifest(&commented);
    let after = check(&sandbox, &[]);
    assert_eq!(
        count(&before, "warning EXT033"),
        count(&after, "warning EXT033") + 1
    );
    assert_eq!(count(&after, "warning EXT074"), 0, "{}", after.stdout);

    let mended = fixture("counters/mended.yaml");
    let stale = mended.replace(
        "metrics:\n  - key",
        "metrics:\n  # extyped: allow(EXT033) x\n  - key",
    );
    assert_ne!(mended, stale);
    let sandbox = Sandbox::with_manifest(&stale);
    assert_eq!(count(&check(&sandbox, &[]), "warning EXT074"), 1);
    sandbox.run(&["check", "--fix"]);
    assert_eq!(sandbox.read("extension.yaml"), mended);
}

#[test]
fn the_page_of_a_check_says_whether_it_can_be_switched_off() {
    let sandbox = Sandbox::new();
    let page = sandbox.run(&["explain", "EXT033"]).stdout;
    assert!(page.contains("# extyped: allow(EXT033) reason"), "{page}");
    let page = sandbox.run(&["explain", "EXT001"]).stdout;
    assert!(page.contains("cannot be switched off"), "{page}");
}

/// A manifest, sound by itself, with a file that is not and one that is missing.
fn with_files() -> Sandbox {
    let sandbox = Sandbox::new();
    let manifest = fixture("clean/extension.yaml");
    sandbox.write(
        "lb/extension.yaml",
        &format!("{manifest}\nalerts:\n  - path: alerts/blind.json\n  - path: alerts/gone.json\n"),
    );
    sandbox.write("lb/alerts/blind.json", "[]\n");
    sandbox
}

#[test]
fn levels_hold_for_the_files_beside_a_manifest() {
    let sandbox = with_files();
    for (arguments, expected) in [
        (&["lb"][..], &["error EXT090", "error EXT093"][..]),
        (&["lb", "-A", "EXT093"], &["error EXT090"]),
        (
            &["lb", "-W", "incomplete-file"],
            &["error EXT090", "warning EXT093"],
        ),
        (&["lb", "-A", "EXT090,EXT093"], &[]),
        (&["lb", "-A", "all"], &[]),
    ] {
        let run = check(&sandbox, arguments);
        assert_eq!(found(&run), expected, "{arguments:?}");
        let is_sound = !expected.iter().any(|finding| finding.starts_with("error"));
        assert_eq!(run.code, Some(i32::from(!is_sound)), "{arguments:?}");
    }
    sandbox.write(
        "extyped.toml",
        "[lints]\nEXT090 = \"allow\"\nEXT093 = \"warn\"\n",
    );
    assert_eq!(found(&check(&sandbox, &["lb"])), ["warning EXT093"]);
}

#[test]
fn a_comment_allows_a_missing_file_for_those_who_look_and_those_who_do_not() {
    let sandbox = with_files();
    let manifest = sandbox.read("lb/extension.yaml");
    let allowed = manifest.replace("gone.json", "gone.json # extyped: allow(EXT090) made by CI");
    sandbox.write("lb/extension.yaml", &allowed);
    assert_eq!(found(&check(&sandbox, &["lb"])), ["error EXT093"]);
    assert_eq!(sandbox.run(&["generate", "lb", "-Dwarnings"]).code, Some(0));
    sandbox.write("lb/alerts/gone.json", "[]\n");
    let run = check(&sandbox, &["lb", "-A", "EXT093"]);
    assert_eq!(found(&run), ["warning EXT074"]);
}
