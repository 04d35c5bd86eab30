//! What the example costs under the Extension Execution Controller (EEC): how
//! long from its start to its first heartbeat, and how much memory it keeps.
//!
//! ```sh
//! cargo bench -p load-balancer --bench footprint -- --runs 7
//! ```
//!
//! Memory is read when it has polled its one endpoint, over HTTPS and in vain,
//! and has been left alone for a minute. It ends with an error if a figure
//! misses what is required of it.
//!
//! The peer is the sample of Dynatrace's SDK for Python under the same EEC, if
//! it is there: `tools/python_sample` in the folder that `EXTYPED_SHARED`
//! names, else in `../shared`, and a Python that has `dt-extensions-sdk`, which
//! `EXTYPED_PEER_PYTHON` names.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has nothing better to do than to say why"
)]

mod eec;
mod figures;
mod peer;
#[expect(dead_code, reason = "other benchmarks use the rest of it")]
#[path = "../../../../runtime/benches/shared/process.rs"]
mod process;

use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use self::eec::Eec;
use self::figures::Figures;
use self::peer::Peer;

/// The first poll is within a minute of the start. What comes after it, such
/// as idle connections that are closed, has some more time.
const LEFT_ALONE: Duration = Duration::from_secs(75);

/// A process that was started, and how it did.
struct Started {
    child: Child,
    id: String,
    heartbeat: Duration,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!(
            "footprint: skipped, run it with `cargo bench -p load-balancer --bench footprint`"
        );
        return ExitCode::SUCCESS;
    }
    if !process::can_be_measured() {
        println!("footprint: skipped, processes are measured through /proc of Linux");
        return ExitCode::SUCCESS;
    }
    let runs = arguments
        .iter()
        .position(|argument| argument == "--runs")
        .map_or(Some(7), |at| arguments.get(at + 1)?.parse().ok());
    let Some(runs) = runs.filter(|runs: &usize| *runs > 0) else {
        println!("--runs needs a number");
        return ExitCode::from(2);
    };
    measure(runs)
}

fn measure(runs: usize) -> ExitCode {
    let mut eec = Eec::start();
    let peer = Peer::find();
    println!("{runs} runs of each, the load is {}", process::load());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // One after the other, so that each has the machine to itself while it
    // starts. Then they are left alone together.
    for run in 0..runs {
        let example = Command::new(env!("CARGO_BIN_EXE_load-balancer"));
        ours.push(start(example, &mut eec, &format!("{}{run}", eec::EXAMPLE)));
        if let Some(peer) = &peer {
            theirs.push(start(
                peer.command(),
                &mut eec,
                &format!("{}{run}", eec::SAMPLE),
            ));
        }
    }
    thread::sleep(LEFT_ALONE);
    for Started { id, .. } in ours.iter().chain(&theirs) {
        assert!(eec.has_polled(id), "{id} did not poll");
    }
    let ours = Figures::of(ours);
    println!("{}", Figures::HEADING);
    println!("{:<24}{ours}", "this library");
    if let Some(peer) = peer {
        println!("{:<24}{}", peer.name, Figures::of(theirs));
    } else {
        println!("(no peer: {})", peer::MISSING);
    }
    println!("{:<24}{}", "required", Figures::REQUIRED);
    if ours.keep_what_is_required() {
        ExitCode::SUCCESS
    } else {
        println!("a figure misses what is required");
        ExitCode::FAILURE
    }
}

/// Starts a process and waits for its first heartbeat.
fn start(mut command: Command, eec: &mut Eec, id: &str) -> Started {
    let token = Path::new(env!("CARGO_TARGET_TMPDIR")).join("footprint-token");
    std::fs::write(&token, "dt0e01.token").unwrap();
    command
        .args(["--dsid", id, "--url", &eec.url])
        .arg("--idtoken")
        .arg(&token)
        .args(["--monitoring_config_id", id])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for proxy in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env_remove(proxy);
    }
    let began = Instant::now();
    let child = command.spawn().unwrap();
    let heartbeat = eec.heartbeat(id).duration_since(began);
    Started {
        child,
        id: id.to_owned(),
        heartbeat,
    }
}
