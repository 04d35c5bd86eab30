//! `extyped explain` and `extyped completions`.

use crate::sandbox::{Run, Sandbox};

fn run(arguments: &[&str]) -> Run {
    Sandbox::new().run(arguments)
}

#[test]
fn a_code_and_its_name_open_the_same_page() {
    let page = run(&["explain", "EXT030"]);
    assert!(page.stdout.starts_with("EXT030: "), "{}", page.stdout);
    assert!(page.stdout.contains("`.count`"), "{}", page.stdout);
    assert_eq!(page.code, Some(0));
    for same in ["ext030", "count-without-suffix"] {
        assert_eq!(run(&["explain", same]).stdout, page.stdout, "{same}");
    }
}

#[test]
fn an_unknown_code_is_answered_with_the_one_that_was_meant() {
    for (slip, meant) in [
        ("30", "EXT030"),
        ("EXT30", "EXT030"),
        ("count-witout-sufix", "EXT030"),
        ("duplicate-keys", "EXT002"),
    ] {
        let run = run(&["explain", slip]);
        assert!(run.stderr.contains(&format!("there is no check `{slip}`")));
        assert!(
            run.stderr.contains(&format!("did you mean `{meant}`")),
            "{}",
            run.stderr
        );
        assert_eq!(run.code, Some(2));
    }
}

#[test]
fn without_a_code_all_are_listed() {
    let run = run(&["explain"]);
    for code in ["EXT001  yaml-syntax", "EXT030  count-without-suffix"] {
        assert!(run.stdout.contains(code), "{}", run.stdout);
    }
    assert_eq!(run.code, Some(0));
}

#[test]
fn every_listed_code_has_a_page() {
    let list = run(&["explain"]).stdout;
    for code in list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
    {
        let page = run(&["explain", code]).stdout;
        assert!(page.starts_with(code), "{page}");
        assert!(page.lines().count() > 5, "the page of {code} says nothing");
    }
}

#[test]
fn shells_get_their_scripts() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert!(run.stdout.contains("extyped"), "{shell}");
        assert!(run.stdout.contains("dry-run"), "{shell}");
        assert_eq!(run.code, Some(0), "{shell}");
    }
}
