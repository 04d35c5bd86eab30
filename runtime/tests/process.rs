//! A whole process: files, arguments, signals, exit codes.
//!
//! The process is this test binary once more, with a variable in its
//! environment that turns the one test `child` into the extension. The
//! arguments of the test harness are unknown to the extension and ignored.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use extyped::{Cycle, Endpoint, Endpoints, Extension, Manifest, PollError, Setup, Status, Verdict};
use tempfile::TempDir;

static MANIFEST: Manifest = Manifest::new("custom:probe", "1.0.0", &[], &[]);

const CHILD: &str = "EXTYPED_CHILD";

/// Long enough for any machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

struct Probe;

#[derive(serde::Deserialize)]
struct Config {
    token: String,
    hosts: Vec<String>,
}

impl Extension for Probe {
    type Config = Config;
    type Endpoint = String;

    fn endpoints(&self, config: &Config) -> Endpoints<String> {
        let hosts = config.hosts.iter();
        hosts
            .map(|host| Endpoint::new(host, host.clone()).every(Duration::from_secs(1)))
            .collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let host = cx.endpoint();
        cx.untyped().gauge("probe.polled", [("host", host)], 1)?;
        match host.as_str() {
            "hangs" => std::future::pending().await,
            "blocks 1" | "blocks 2" => loop {
                std::thread::park();
            },
            "floods" => {
                for _ in 0..1_000 {
                    tracing::info!("{}", "x".repeat(1_000));
                }
                Ok(Status::ok())
            }
            "repeats" => {
                tracing::warn!("the same as ever");
                tracing::debug!("in detail");
                Ok(Status::ok())
            }
            "tells" => {
                let token = std::env::var("DT_API_TOKEN").map_err(PollError::other)?;
                Err(PollError::other(format!("refused: {token}")))
            }
            "panics" => panic!("wrong token {}", cx.config().token),
            _ => Ok(Status::ok()),
        }
    }

    async fn fastcheck(&self, cx: &Setup<Self>) -> Verdict {
        match cx.config().hosts.first() {
            Some(host) if host == "unreachable" => Err(PollError::other("no route to it")),
            _ => Ok(Status::ok()),
        }
    }

    #[expect(clippy::print_stdout, reason = "the parent waits for it")]
    async fn shutdown(&self) {
        println!("the extension shuts down");
    }
}

#[test]
fn child() {
    if std::env::var_os(CHILD).is_some() {
        let code = extyped::run(Probe, &MANIFEST);
        let ok = code == std::process::ExitCode::SUCCESS;
        let usage = code == std::process::ExitCode::from(2);
        std::process::exit(if ok {
            0
        } else if usage {
            2
        } else {
            1
        });
    }
}

/// A running extension.
struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
    seen: Vec<String>,
    dir: TempDir,
}

impl Running {
    fn start(activation: &str, secrets: Option<&str>, arguments: &[&str]) -> Self {
        Running::start_with(activation, secrets, arguments, &[])
    }

    fn start_with(
        activation: &str,
        secrets: Option<&str>,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        write(dir.path(), "activation.json", activation);
        if let Some(secrets) = secrets {
            write(dir.path(), "secrets.json", secrets);
        }
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["child", "--exact", "--nocapture", "--"])
            .args(arguments)
            .env(CHILD, "1")
            .envs(variables.iter().copied())
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("this test runs again");
        let stdout = child.stdout.take().expect("it is piped");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Running {
            child,
            lines,
            seen: Vec::new(),
            dir,
        }
    }

    fn hosts(hosts: &[&str]) -> Self {
        let activation = serde_json::json!({
            "pythonRemote": {"token": "{{token}}", "hosts": hosts},
        });
        let secrets = r#"{"token": "dt0c01.hunter2"}"#;
        Running::start(&activation.to_string(), Some(secrets), &[])
    }

    /// Waits for a line of the console that contains the text.
    fn wait_for(&mut self, text: &str) {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no `{text}` in {:#?}", self.seen));
            self.seen.push(line);
            if self.seen.last().is_some_and(|line| line.contains(text)) {
                return;
            }
        }
    }

    fn signal(&self, name: &str) {
        let kill = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(kill.expect("every system has it").success());
    }

    /// Waits for the end: how it ended, what it printed, what it logged.
    fn end(self) -> (ExitStatus, String, String) {
        let (status, printed, log, _) = self.end_in();
        (status, printed, log)
    }

    /// The same, and the directory it ran in.
    fn end_in(mut self) -> (ExitStatus, String, String, TempDir) {
        let mut stderr = self.child.stderr.take().expect("it is piped");
        let (tell, log) = mpsc::channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let read = stderr.read_to_string(&mut text);
            let _ = tell.send(read.map(|_| text));
        });
        let Ok(log) = log.recv_timeout(PATIENCE) else {
            let _ = self.child.kill();
            panic!("it did not end after {:#?}", self.seen);
        };
        let log = log.expect("text");
        let status = self.child.wait().expect("it is ours");
        self.seen.extend(self.lines.iter());
        (status, self.seen.join("\n"), log, self.dir)
    }
}

fn write(dir: &Path, name: &str, text: &str) {
    std::fs::write(dir.join(name), text).expect("the directory is ours");
}

#[test]
fn both_signals_end_it_with_everything_sent_and_shutdown_called() {
    for signal in ["INT", "TERM"] {
        let mut running = Running::hosts(&["well", "hangs"]);
        running.wait_for("host=\"well\"");
        running.signal(signal);
        let (status, printed, log) = running.end();
        assert!(status.success(), "{signal}: {status} {log}");
        assert!(
            printed.contains("host=\"hangs\""),
            "what a canceled query reported is sent: {printed}"
        );
        assert!(printed.contains("the extension shuts down"), "{printed}");
    }
}

#[test]
fn extensions_that_block_every_thread_stop_neither_status_nor_shutdown() {
    let mut running = Running::hosts(&["blocks 1", "blocks 2"]);
    running.wait_for("Endpoints OK: 0 WARNING: 0 ERROR: 2");
    running.signal("TERM");
    let (status, _, log) = running.end();
    assert!(status.success(), "{status} {log}");
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let mut running = Running::hosts(&["floods", "well"]);
    // A megabyte a second is more than a pipe holds.
    for _ in 0..3 {
        running.wait_for("host=\"floods\"");
        running.wait_for("host=\"well\"");
    }
    running.signal("TERM");
    running.wait_for("the extension shuts down");
    let status = running.child.wait().expect("it is ours");
    assert!(status.success(), "{status}");
}

#[test]
fn a_repeated_log_line_is_written_each_time() {
    let mut running = Running::hosts(&["repeats"]);
    for _ in 0..4 {
        running.wait_for("host=\"repeats\"");
    }
    running.signal("TERM");
    let (_, _, log) = running.end();
    let times = log.matches("the same as ever").count();
    assert!(times >= 4, "{times}: {log}");
}

#[test]
fn the_log_has_the_level_that_was_asked_for() {
    for (arguments, there) in [(&["--loglevel", "debug"][..], true), (&[], false)] {
        let activation = r#"{"pythonRemote": {"token": "", "hosts": ["repeats"]}}"#;
        let mut running = Running::start(activation, None, arguments);
        running.wait_for("host=\"repeats\"");
        running.signal("TERM");
        let (_, _, log) = running.end();
        assert_eq!(log.contains("in detail"), there, "{arguments:?}: {log}");
    }
}

#[test]
fn a_secret_reaches_neither_console_nor_log_even_from_a_panic() {
    let mut running = Running::hosts(&["panics"]);
    running.wait_for("query panicked: wrong token ********");
    running.signal("TERM");
    let (_, printed, log) = running.end();
    assert!(log.contains("panic at "), "{log}");
    assert!(
        !format!("{printed}{log}").contains("hunter2"),
        "{printed}{log}"
    );
}

#[test]
fn a_broken_configuration_is_a_status_with_its_place_and_no_value() {
    let activation = "{\"pythonRemote\": {\"hosts\": [],\n \"token\": {\"x\": \"hunter2\"}}}";
    let (status, printed, log) = Running::start(activation, None, &[]).end();
    assert_eq!(status.code(), Some(1));
    assert!(
        printed.contains(
            "INVALID_CONFIG_ERROR activation.json, line 2 column 10, pythonRemote.token: an object \
             where a text is expected"
        ),
        "{printed}"
    );
    assert!(!format!("{printed}{log}").contains("hunter2"));
}

#[test]
fn a_missing_secret_is_named() {
    let activation = r#"{"pythonRemote": {"hosts": [], "token": "{{token}}"}}"#;
    let (status, printed, _) = Running::start(activation, None, &[]).end();
    assert_eq!(status.code(), Some(1));
    assert!(printed.contains("there is no secret `token`"), "{printed}");
}

#[test]
fn the_fastcheck_ends_with_its_status() {
    for (host, code, text) in [
        ("lb-1", 0, "status  OK"),
        ("unreachable", 1, "GENERIC_ERROR no route to it"),
    ] {
        let activation = serde_json::json!({"pythonRemote": {"token": "", "hosts": [host]}});
        let running = Running::start(&activation.to_string(), None, &["--fastcheck"]);
        let (status, printed, log) = running.end();
        assert_eq!(status.code(), Some(code), "{log}");
        assert!(printed.contains(text), "{printed}");
        assert!(!printed.contains("probe.polled"), "{printed}");
    }
}

#[test]
fn arguments_of_the_eec_are_answered_and_wrong_ones_explained() {
    for (arguments, code, text) in [
        (["--dsid", "7"], 2, "--url is missing: with --dsid"),
        (
            ["--loglevel", "loud"],
            2,
            "--loglevel is one of error, warn, info",
        ),
    ] {
        let (status, _, log) = Running::start("{}", None, &arguments).end();
        assert_eq!(status.code(), Some(code));
        assert!(log.contains(text), "{log}");
    }
}

#[test]
fn metrics_go_to_an_environment_and_a_file_if_a_developer_asks_for_them() {
    let (proxy, requests) = ingest();
    let hosts = ["well", "tells"];
    let activation = serde_json::json!({"pythonRemote": {"token": "", "hosts": hosts}});
    let arguments = [
        "--environment",
        // Nobody listens there: it is reached by the proxy.
        "http://127.0.0.1:1/e/abc",
        "--metrics-file",
        "metrics.mint",
    ];
    let variables = [
        ("DT_API_TOKEN", "dt0c01.hunter2\n"),
        ("HTTP_PROXY", proxy.as_str()),
        ("http_proxy", proxy.as_str()),
        ("NO_PROXY", ""),
        ("no_proxy", ""),
    ];
    let mut running = Running::start_with(&activation.to_string(), None, &arguments, &variables);
    running.wait_for("Endpoints OK: 1 WARNING: 0 ERROR: 1");
    running.signal("TERM");
    let (status, printed, log, dir) = running.end_in();
    assert!(status.success(), "{status} {log}");

    let requests: Vec<String> = requests.try_iter().collect();
    let sent = |path: &str| -> String {
        let head = format!("POST http://127.0.0.1:1/e/abc/api/v2/{path}/ingest HTTP/1.1\r\n");
        let requests = requests.iter();
        let bodies = requests
            .filter(|request| request.starts_with(&head))
            .filter_map(|request| request.split_once("\r\n\r\n"));
        bodies.map(|(_, body)| body).collect()
    };
    for request in &requests {
        assert!(request.contains("authorization: Api-Token dt0c01.hunter2\r\n"));
    }
    let file = dir.path().join("metrics.mint");
    let written = std::fs::read_to_string(file).expect("it is written");
    assert!(written.contains("probe.polled,host=\"well\" gauge,1 "));
    assert_eq!(sent("metrics"), written, "{log}");
    assert!(sent("events").contains("refused: ***"), "{requests:?}");
    assert!(printed.contains("tells - GENERIC_ERROR refused: ***"));
    let said = format!("{printed}{log}{}{}", sent("events"), sent("logs"));
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn an_environment_that_cannot_be_used_is_a_status_before_anything_runs() {
    let activation = serde_json::json!({"pythonRemote": {"token": "", "hosts": ["well"]}});
    let arguments = ["--environment", "https://abc12345.apps.dynatrace.com"];
    let variables = [("DT_API_TOKEN", "dt0c01.hunter2")];
    let running = Running::start_with(&activation.to_string(), None, &arguments, &variables);
    let (status, printed, log) = running.end();
    assert_eq!(status.code(), Some(1));
    assert!(
        printed.contains("write https://abc12345.live.dynatrace.com"),
        "{printed}"
    );
    assert!(!format!("{printed}{log}").contains("hunter2"));
}

/// Takes requests and tells of them.
fn ingest() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let (sender, requests) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            std::thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                while let Some(request) = request(&mut stream) {
                    let _ = sender.send(request);
                    let answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
                    // Whoever asked may be gone.
                    let _ = stream.get_mut().write_all(answer.as_bytes());
                }
            });
        }
    });
    (url, requests)
}

/// The next request, or `None` when the client is done.
fn request(stream: &mut impl BufRead) -> Option<String> {
    let (mut request, mut length) = (String::new(), 0);
    while !request.ends_with("\r\n\r\n") {
        let start = request.len();
        if stream.read_line(&mut request).ok()? == 0 {
            return None;
        }
        if let Some(value) = request[start..].strip_prefix("content-length: ") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    request.push_str(&String::from_utf8(body).ok()?);
    Some(request)
}
