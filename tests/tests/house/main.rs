//! The rules of the house, as tests: which crate may know which, what each
//! side of it may pull in, and how a crate, a file and a license look.
//!
//! Every rule is a pure function that returns what breaks it; beside the test
//! that holds this workspace to the rule stands one that sees it break.

mod arrows;
mod files;
mod licenses;
mod manifests;
mod reach;
mod reliability;
mod workspace;

/// Fails with one line for each broken rule.
#[track_caller]
fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n  {}\n", broken.join("\n  "));
}
