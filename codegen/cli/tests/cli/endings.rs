//! How a run of `extyped simulate` ends, and what is left of it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::sandbox::{PATIENCE, end_of};
use crate::simulate::{pond, simulate};

/// Whether a process is still there; one that nobody has waited for is not.
fn is_running(id: &str) -> bool {
    let state = if Path::new("/proc/self/stat").exists() {
        // The state stands behind the name, which may hold anything.
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let (_, state) = stat.rsplit_once(')').unwrap_or_default();
        state.trim().to_owned()
    } else {
        let listed = Command::new("ps").args(["-o", "stat=", "-p", id]).output();
        String::from_utf8_lossy(&listed.expect("ps").stdout)
            .trim()
            .to_owned()
    };
    !state.is_empty() && !state.starts_with('Z')
}

/// A process that was killed may take a moment to be gone.
fn assert_gone(id: &str) {
    let until = Instant::now() + PATIENCE;
    while is_running(id) {
        assert!(Instant::now() < until, "{id} still runs");
        std::thread::yield_now();
    }
}

#[test]
fn an_extension_that_ends_by_itself_has_failed() {
    simulate(&pond(), &[], "crash")
        .ends_with(1)
        .has(" s  output      it broke\n")
        .has("failed: the extension ended by itself after ")
        .has(" s, with exit code 3\n");
    simulate(&pond(), &[], "mute")
        .ends_with(1)
        .has("with exit code 0: it has to run until it is asked to end\n");
}

#[test]
fn how_it_ends_when_asked_is_told() {
    let sandbox = pond();
    simulate(&sandbox, &["--expect-status=OK"], "sulk")
        .ends_with(1)
        .has("expected the status OK: it is WARNING, \"no bread\"; a status is told every 50 s")
        .has("failed: the extension was asked to end and did so with exit code 4\n");
    // It does not handle the signal; nothing forces it to.
    simulate(&sandbox, &[], "unhandled")
        .ends_with(0)
        .has("was asked to end: ended by SIGINT\n");
    simulate(&sandbox, &[], "broken")
        .ends_with(1)
        .has("failed: the extension was asked to end with SIGINT and ended by SIGABRT\n");
    simulate(&sandbox, &["--signal=term"], "sound")
        .ends_with(0)
        .has("SIGINT: SIGTERM sent to the extension\n")
        .has("got SIGTERM\n");
}

#[test]
fn a_terminal_that_closes_asks_once_however_often_it_is_told() {
    simulate(&pond(), &[], "hangup")
        .ends_with(0)
        .has("SIGHUP: SIGINT sent to the extension\n")
        .has(" s  output      done\n")
        .lacks("killed");
}

#[test]
fn an_extension_that_does_not_end_is_killed_with_what_it_started() {
    let sandbox = pond();
    simulate(&sandbox, &["--grace=100ms"], "deaf")
        .ends_with(1)
        .has("it did not end in time: killed\n")
        .has("failed: the extension did not end within 100ms of SIGINT and was killed\n");
    for id in sandbox.read("pids").split_whitespace() {
        assert_gone(id);
    }
}

/// Starts the extension, and is gone before it when it is asked to end.
const WRAPPER: &str =
    r#"export SIMULATOR=$PPID; (trap - INT && exec bash extension.sh "$@") & wait"#;

#[test]
fn an_extension_behind_a_wrapper_has_its_time_to_end() {
    let sandbox = pond();
    let wrapped = |options: &[&str], scenario: &str| {
        let words = [options, &["--", "bash", "-c", WRAPPER, "wrapper", scenario]].concat();
        let words: Vec<&str> = ["simulate"].into_iter().chain(words).collect();
        sandbox.run(&words)
    };
    wrapped(&[], "lasting")
        .ends_with(0)
        .has("new: pond.depth\n")
        .has(" s  output      done\n")
        .has("was asked to end: ended by SIGINT\n")
        .lacks("killed");
    wrapped(&["--grace=100ms"], "deaf")
        .ends_with(1)
        .has("what it started did not end in time: killed\n")
        .has(
            "failed: what the command started did not end within 100ms of SIGINT and was killed\n",
        );
    for id in sandbox.read("pids").split_whitespace() {
        assert_gone(id);
    }
}

#[test]
fn what_a_command_leaves_is_asked_to_end() {
    let sandbox = pond();
    let script = r#"
        export SIMULATOR=$PPID
        (trap - INT && exec bash extension.sh "$@") &
        until [ -e ready ]; do sleep 0.1; done
    "#;
    let words = [
        "simulate",
        "--",
        "bash",
        "-c",
        script,
        "wrapper",
        "leisurely",
    ];
    sandbox
        .run(&words)
        .ends_with(1)
        .has("it ended and left a process: SIGINT sent to the extension\n")
        .has(" s  output      done\n")
        .has("failed: the extension ended by itself after ")
        .lacks("killed");
}

#[test]
fn a_reader_that_pauses_does_not_hold_up_the_run() {
    let sandbox = pond();
    let simulator = sandbox
        .command(&["simulate", "--", "bash", "extension.sh", "flood"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    // Nobody reads, and the extension is served, asked to end, and does.
    let until = Instant::now() + PATIENCE;
    while !sandbox.path("ended").exists() {
        assert!(Instant::now() < until, "it is held up");
        std::thread::yield_now();
    }
    end_of(simulator)
        .ends_with(0)
        .has(" lines were left out: nobody read\n")
        .has("pond.ducks ")
        .has("was asked to end: exit code 0\n");
}

#[test]
fn a_reader_that_never_reads_is_not_waited_for_when_asked() {
    let sandbox = pond();
    let mut simulator = sandbox
        .command(&["simulate", "--", "bash", "extension.sh", "flood"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    let until = Instant::now() + PATIENCE;
    let status = loop {
        if sandbox.path("ended").exists() {
            let id = simulator.id().to_string();
            let sent = Command::new("kill").args(["-INT", &id]).status();
            sent.expect("kill");
        }
        if let Some(status) = simulator.try_wait().expect("a process of ours") {
            break status;
        }
        if Instant::now() > until {
            let _ = simulator.kill();
            panic!("it waits for a reader");
        }
        std::thread::yield_now();
    };
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_run_ends_when_its_time_is_over() {
    simulate(&pond(), &["--for=100ms"], "idle")
        .ends_with(0)
        .has("the time is over: SIGINT sent to the extension\n");
}

#[test]
fn nothing_is_left_when_nobody_reads() {
    let sandbox = pond();
    let mut simulator = sandbox
        .command(&["simulate", "--", "bash", "extension.sh", "chatter"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    let mut lines = BufReader::new(simulator.stdout.take().expect("its output")).lines();
    let heartbeat = lines.find(|line| {
        let line = line.as_ref().expect("UTF-8");
        line.contains("still here")
    });
    assert!(heartbeat.is_some(), "it runs until the reader goes");
    drop(lines);
    let run = end_of(simulator);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.stderr, "");
    let id = sandbox.read("pids");
    assert_gone(id.trim());
}
