//! What 100,000 lines cost in memory: while they wait because the EEC takes
//! none, and while they are sent.
//!
//! ```sh
//! cargo bench -p extyped --bench buffered
//! ```
//!
//! One process plays the EEC, another is the extension and is measured. It ends
//! with an error if a figure misses what is required of it.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has nothing better to do than to say why"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use extyped::{Cycle, Endpoints, Extension, Status, Verdict};

#[path = "shared/process.rs"]
#[allow(dead_code, reason = "another benchmark needs the rest")]
mod process;
#[path = "shared/reporter.rs"]
mod reporter;

use reporter::{NodeDimensions, node};

const LINES: usize = 100_000;
/// Each has eight metrics.
const NODES: usize = LINES / 8;

/// What is required, in MiB.
const BUFFERED: u64 = 30;

/// Says that this process is the extension.
const ROLE: &str = "EXTYPED_BENCH_ROLE";

fn main() -> ExitCode {
    if std::env::var(ROLE).is_ok() {
        return extyped::run(Nodes, &reporter::MANIFEST);
    }
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("buffered: skipped, run it with `cargo bench -p extyped --bench buffered`");
        return ExitCode::SUCCESS;
    }
    if !process::can_be_measured() {
        println!("buffered: skipped, processes are measured through /proc of Linux");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure())
}

/// Reports all lines in one cycle, and then no more.
struct Nodes;

impl Extension for Nodes {
    type Config = serde::de::IgnoredAny;
    type Endpoint = ();

    fn endpoints(&self, _: &Self::Config) -> Endpoints<()> {
        Endpoints::from_iter([extyped::Endpoint::new("all", ()).every(Duration::from_hours(1))])
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let values = reporter::values();
        let mut values = values.iter().cycle().copied();
        let mut value = || values.next().unwrap_or_default();
        for n in 0..NODES {
            let dimensions = NodeDimensions {
                device_address: "10.20.30.40",
                node_name: format_args!("web-frontend-{n:05}"),
                pool: "customer-facing",
                region: "eu-central-1",
            };
            node(cx.as_ref(), dimensions)
                .cpu(value())
                .memory(value())
                .connections(value())
                .latency(value())
                .load(value())
                .queue(value())
                .sessions(value())
                .temperature(value());
        }
        Ok(Status::ok())
    }
}

/// What the EEC was sent.
#[derive(Default)]
struct Eec {
    takes: AtomicBool,
    tries: AtomicUsize,
    requests: AtomicUsize,
    lines: AtomicUsize,
    bytes: AtomicUsize,
}

async fn answer(State(eec): State<Arc<Eec>>, uri: Uri, body: String) -> Response {
    let call = uri.path().split('/').nth(1).unwrap_or_default();
    match call {
        "userconfig" => {
            r#"{"version": "1.0.0", "enabled": true, "description": "nodes", "pythonRemote": {}}"#
                .into_response()
        }
        "timediffms" => r#"{"clusterDiffMs": 0}"#.into_response(),
        "alive" => r#"{"debugmode": "0", "runtime": {}, "tasks": []}"#.into_response(),
        "extconfig" if uri.query().is_some() => "{}".into_response(),
        "extconfig" => "name: custom:lb\nversion: 1.0.0\n".into_response(),
        "mint" if !eec.takes.load(Ordering::SeqCst) => {
            eec.tries.fetch_add(1, Ordering::SeqCst);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        "mint" => {
            let lines = body.lines().count();
            eec.requests.fetch_add(1, Ordering::SeqCst);
            eec.lines.fetch_add(lines, Ordering::SeqCst);
            eec.bytes.fetch_add(body.len(), Ordering::SeqCst);
            format!(r#"{{"linesOk": {lines}, "linesInvalid": 0}}"#).into_response()
        }
        _ => format!(
            r#"{{"linesOk": {}, "linesInvalid": 0}}"#,
            body.lines().count()
        )
        .into_response(),
    }
}

async fn measure() -> ExitCode {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let eec = Arc::new(Eec::default());
    let app = axum::Router::new()
        .fallback(answer)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Arc::clone(&eec));
    tokio::spawn(async move { axum::serve(listener, app).await });

    let folder = tempfile::tempdir().unwrap();
    let load = process::load();
    let mut extension = start(folder.path(), port);
    let rss = || process::usage(extension.id()).unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let idle = rss();

    println!("{LINES} lines, reported in one cycle within a minute");
    while eec.tries.load(Ordering::SeqCst) < 3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let buffered = rss();
    // From here on the peak is that of sending.
    fs::write(format!("/proc/{}/clear_refs", extension.id()), "5").unwrap();
    eec.takes.store(true, Ordering::SeqCst);
    while eec.lines.load(Ordering::SeqCst) < LINES {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let sent = rss();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = rss();
    extension.kill().unwrap();
    extension.wait().unwrap();

    let bytes = eec.bytes.load(Ordering::SeqCst);
    println!(
        "{} requests, {bytes} bytes, {} bytes a line",
        eec.requests.load(Ordering::SeqCst),
        bytes / LINES
    );
    let row = |what: &str, kib: u64| println!("{what:<34} {:>6.1} MiB", mib(kib));
    row("before the first cycle", idle.rss);
    row("most while reporting", buffered.peak_rss);
    row(&format!("waiting (at most {BUFFERED})"), buffered.rss);
    row("most while sending", sent.peak_rss);
    row("after", after.rss);
    println!("load {load}");
    if buffered.rss <= BUFFERED * 1024 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn start(folder: &Path, port: u16) -> Child {
    let token = folder.join("idtoken");
    fs::write(&token, "dt0e01.token").unwrap();
    let url = format!("http://127.0.0.1:{port}");
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--dsid",
            "1",
            "--url",
            &url,
            "--monitoring_config_id",
            "bench",
        ])
        .arg("--idtoken")
        .arg(token)
        .args(["--loglevel", "error"])
        .env(ROLE, "extension")
        .spawn()
        .unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "a figure to read")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
