//! `extyped simulate` on a terminal.

use std::fs;

use crate::pty::Terminal;
use crate::sandbox::Sandbox;
use crate::screen::Screen;
use crate::simulate::pond;

fn start(sandbox: &Sandbox, scenario: &str) -> Terminal {
    fs::create_dir_all(sandbox.path("tmp")).expect("a folder");
    let arguments = ["simulate", "--", "bash", "extension.sh", scenario];
    let mut command = sandbox.command(&arguments);
    Terminal::start(command.env("TMPDIR", sandbox.path("tmp")))
}

/// What is shown as soon as it is as it should be.
#[track_caller]
fn until(terminal: &mut Terminal, is_shown: impl Fn(&Screen) -> bool) -> Screen {
    Screen::of(terminal.until(|written| is_shown(&Screen::of(written))))
}

#[test]
fn a_run_is_watched_on_a_terminal_until_q_is_pressed() {
    let sandbox = pond();
    let mut terminal = start(&sandbox, "steady");
    let screen = until(&mut terminal, |screen| screen.has("new: pond.ducks"));
    assert!(screen.is_alternate && !screen.has_cursor, "{screen}");
    assert!(screen.line(0).contains("custom:pond 1.0.0"), "{screen}");
    let screen = until(&mut terminal, |screen| {
        screen.has("1 of the 3 in the manifest came")
    });
    for metric in ["● pond.ducks", "○ pond.depth", "○ pond.frogs.count"] {
        assert!(screen.has(metric), "no `{metric}` in\n{screen}");
    }
    assert!(!terminal.is_cooked());
    terminal.press("q");
    // What is left of it is the summary.
    let screen = until(&mut terminal, |screen| {
        screen.has("was asked to end: exit code 0")
    });
    assert!(!screen.is_alternate && screen.has_cursor, "{screen}");
    assert!(terminal.is_cooked());
    assert_eq!(terminal.end(), Some(0), "{screen}");
}

#[test]
fn a_terminal_that_is_gone_ends_the_run_and_leaves_nothing() {
    let sandbox = pond();
    let mut terminal = start(&sandbox, "idle");
    until(&mut terminal, |screen| {
        screen.has("custom:pond") && screen.has("process")
    });
    // Not 101: there is nobody to tell, which is no reason to panic.
    assert_eq!(terminal.vanish(), Some(2));
    // The file of the token is gone.
    let left = fs::read_dir(sandbox.path("tmp")).expect("the folder");
    assert_eq!(left.count(), 0);
}
