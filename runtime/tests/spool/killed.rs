//! A process that is really killed, and the one after it.
//!
//! The process is this test binary once more, with a variable in its
//! environment that turns the one test `child` into the extension.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use extyped::{MetricBatch, Receipt, Sending, Sink, SinkError, StatusReport};

use crate::support::{Counting, Scripted, counts};

/// What the child does.
const ROLE: &str = "EXTYPED_SPOOL_ROLE";
const FOLDER: &str = "EXTYPED_SPOOL_FOLDER";

/// More than one request, so that some of it is only ever on disk.
const LINES: u32 = 2_500;

/// Says on standard output what the sink below it is given.
struct Telling<S>(S);

impl<S: Sink> Sink for Telling<S> {
    fn name(&self) -> &str {
        self.0.name()
    }

    #[expect(clippy::print_stdout, reason = "the parent reads it")]
    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        println!("sending {}", batch.len());
        Box::pin(async move {
            let receipt = self.0.metrics(batch).await?;
            for line in batch.lines() {
                println!("line {line}");
            }
            Ok(receipt)
        })
    }

    #[expect(clippy::print_stdout, reason = "the parent reads it")]
    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        if let Some(status) = report.status() {
            println!("status {}", status.to_string().replace('\n', " "));
        }
        self.0.status(report)
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the parent reads it")]
fn child() {
    let (Ok(role), Ok(folder)) = (std::env::var(ROLE), std::env::var(FOLDER)) else {
        return;
    };
    let refused = || SinkError::later("connection refused");
    let (sink, first, each, cycles) = match role.as_str() {
        "down" => (Scripted::away(), 1, LINES, u64::MAX),
        "lost answer" => {
            let sink = Scripted::new(move |before| (before == 0).then(|| Err(refused())));
            (sink, 1, LINES, u64::MAX)
        }
        // Takes the first request from disk, and then is down again.
        "half" => {
            let away = move || refused().with_retry_after(std::time::Duration::from_hours(1));
            let sink = Scripted::new(move |before| {
                Some(match before {
                    0 => Err(refused()),
                    1 => Ok(Receipt::accepted()),
                    _ => Err(away()),
                })
            });
            (sink, 1, LINES, u64::MAX)
        }
        _ => (Scripted::taking(), LINES + 1, 1, 1),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let finished = runtime.block_on(async {
        let builder = Counting::from(first, each).builder(Path::new(&folder));
        let built = builder.sink(Telling(sink)).cycles(cycles).build();
        built
            .expect("nobody else has the folder")
            .run(std::future::pending())
            .await
    });
    for tally in finished
        .tallies
        .iter()
        .filter(|tally| tally.stream() == "metrics")
    {
        println!("tally {tally}");
    }
}

fn start(role: &str, folder: &Path) -> Child {
    let this = std::env::current_exe().expect("a test binary has a path");
    Command::new(this)
        .args(["--exact", "killed::child", "--nocapture"])
        .env(ROLE, role)
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started")
}

/// Kills it with the signal that cannot be caught, as soon as it says this so
/// often, and gives what it said.
fn kill_when(role: &str, folder: &Path, mut said: impl FnMut(&str) -> bool) -> Vec<String> {
    let mut child = start(role, folder);
    let output = child.stdout.take().expect("it is piped");
    let mut all = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.expect("it is text");
        let enough = said(&line);
        all.push(line);
        if enough {
            break;
        }
    }
    child.kill().expect("it runs");
    let status = child.wait().expect("it was started");
    assert!(!status.success(), "it ended by itself: {all:#?}");
    all
}

/// Runs it to its end, and gives what it said.
fn run_after(folder: &Path) -> Vec<String> {
    let child = start("takes", folder);
    let output = child.wait_with_output().expect("it can be waited for");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("it is text");
    text.lines().map(str::to_owned).collect()
}

fn lines(said: &[String]) -> Vec<String> {
    let lines = said.iter().filter_map(|line| line.strip_prefix("line "));
    lines.map(str::to_owned).collect()
}

fn tally(said: &[String]) -> &str {
    let tally = said.iter().find_map(|line| line.strip_prefix("tally "));
    tally.expect("it ended in order")
}

#[test]
fn a_process_killed_in_an_outage_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let on_disk = format!("{} lines wait on disk", LINES + 1);
    kill_when("down", folder.path(), |line| line.contains(&on_disk));
    let said = run_after(folder.path());
    assert_eq!(counts(&lines(&said)), (1..=LINES + 1).collect::<Vec<_>>());
    assert_eq!(
        tally(&said),
        format!(
            "ingest, metrics: {0} given, {0} accepted, 0 dropped, 0 waiting",
            LINES + 3
        )
    );
    // And nothing is left for a third.
    let said = run_after(folder.path());
    assert_eq!(counts(&lines(&said)), [LINES + 1]);
}

#[test]
fn what_was_taken_before_the_process_was_killed_is_not_sent_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut sent = 0;
    let rest = format!("{} lines wait on disk", LINES + 1 - 1_000);
    let first = kill_when("half", folder.path(), |line| {
        sent += usize::from(line.starts_with("sending"));
        sent == 3 && line.contains(&rest)
    });
    let mut all = counts(&lines(&first));
    assert_eq!(all.len(), 1_000);
    all.extend(counts(&lines(&run_after(folder.path()))));
    assert_eq!(all, (1..=LINES + 1).collect::<Vec<_>>());
}

#[test]
fn counts_that_were_on_their_way_when_the_process_was_killed_are_given_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut sent = 0;
    kill_when("lost answer", folder.path(), |line| {
        sent += usize::from(line.starts_with("sending"));
        sent == 2
    });
    let said = run_after(folder.path());
    assert_eq!(
        counts(&lines(&said)),
        (1_001..=LINES + 1).collect::<Vec<_>>()
    );
    assert_eq!(
        tally(&said),
        format!(
            "ingest, metrics: {} given, {} accepted, 1000 dropped (1000 being sent when the process \
             was killed), 0 waiting",
            LINES + 3,
            LINES + 3 - 1_000
        )
    );
}
