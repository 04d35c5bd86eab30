//! Ten thousand endpoints that take a second to answer, polled once a minute.
//!
//! ```sh
//! cargo bench -p extyped --bench endpoints -- --minutes 3
//! ```
//!
//! One process is the endpoints, another the extension, so that what is
//! measured is the extension alone. Each endpoint has an address of its own in
//! 127.0.0.0/8, as real ones have, and is polled through `cx.http()`. It ends
//! with an error if a figure misses what is required of it.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has nothing better to do than to say why"
)]

mod endpoint;
mod extension;
mod figures;
#[path = "../shared/process.rs"]
mod process;
mod settings;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use self::figures::{Figures, Run};
use self::settings::Settings;

/// Says to a child which part it plays.
const ROLE: &str = "EXTYPED_BENCH_ROLE";

fn main() -> ExitCode {
    let settings = match Settings::parse(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(mistake) => {
            println!("{mistake}");
            return ExitCode::from(2);
        }
    };
    match std::env::var(ROLE).as_deref() {
        Ok("endpoints") => endpoint::serve(&settings),
        Ok("extension") => extension::main(&settings),
        _ if !settings.bench => {
            println!("endpoints: skipped, run it with `cargo bench -p extyped --bench endpoints`");
            ExitCode::SUCCESS
        }
        _ if !process::can_be_measured() => {
            println!("endpoints: skipped, processes are measured through /proc of Linux");
            ExitCode::SUCCESS
        }
        _ => measure(&settings),
    }
}

fn measure(settings: &Settings) -> ExitCode {
    println!("{settings}");
    let mut runs = Vec::new();
    for number in 1..=settings.runs {
        let run = one(settings);
        println!("\nrun {number} of {}\n{run}", settings.runs);
        runs.push(run);
    }
    let figures = Figures::of(&runs);
    println!("\n{figures}");
    if figures.keep_what_is_required() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn one(settings: &Settings) -> Run {
    let mut endpoints = child("endpoints", settings);
    let mut said = BufReader::new(endpoints.stdout.take().unwrap());
    let mut port = String::new();
    said.read_line(&mut port).unwrap();

    let load = process::load();
    let with_port = Settings {
        port: port.trim().parse().unwrap(),
        ..settings.clone()
    };
    let started = Instant::now();
    let mut extension = child("extension", &with_port);
    let stdout = extension.stdout.take().unwrap();
    let report = thread::spawn(move || std::io::read_to_string(stdout));

    // The end of the run drains and sums up; what is asked for is the time
    // before it.
    let mut peak = process::Usage::default();
    while started.elapsed() < settings.duration() {
        thread::sleep(Duration::from_millis(500));
        let Some(usage) = process::usage(extension.id()) else {
            break;
        };
        peak = peak.worst(usage);
    }
    let ended = extension.wait().unwrap();
    assert!(ended.success(), "the extension ended with {ended}");
    endpoints.kill().unwrap();
    endpoints.wait().unwrap();
    let report = report.join().unwrap().unwrap();
    Run::new(settings, &report, peak, load)
}

/// This binary once more.
fn child(role: &str, settings: &Settings) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(settings.arguments())
        .env(ROLE, role)
        .stdout(Stdio::piped());
    for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    command.spawn().unwrap()
}
