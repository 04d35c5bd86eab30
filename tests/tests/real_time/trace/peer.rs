//! The stand-in for the EEC: a server of its own, independent of this project.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::recording::Trace;

/// Long enough for any machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the recorded extension found its EEC.
const RECORDED_AUTHORITY: &str = "127.0.0.1:14599";

/// What to do where they are elsewhere.
const NAME_IT: &str = "set EXTYPED_SHARED to the folder that has them";

/// Where the stand-in and the recordings are.
pub(crate) struct Peer {
    tools: PathBuf,
    reference: PathBuf,
}

/// A running stand-in.
pub(crate) struct Eec {
    pub(crate) authority: String,
    /// The file that holds the token.
    pub(crate) token: PathBuf,
    child: Child,
    /// A line for each request that was answered.
    requests: Receiver<String>,
    dir: TempDir,
}

impl Peer {
    /// `None`, with a word on standard error, where something is missing.
    pub(crate) fn find() -> Option<Self> {
        let shared = std::env::var_os("EXTYPED_SHARED").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
            PathBuf::from,
        );
        let peer = Peer {
            tools: shared.join("tools"),
            reference: shared.join("reference"),
        };
        let python = Command::new("python3").arg("--version").output();
        let missing = if !peer.tools.join("fake_eec.py").is_file() {
            format!("no tools/fake_eec.py in {}, {NAME_IT}", shared.display())
        } else if !peer.reference.join("eec-trace.jsonl").is_file() {
            format!(
                "no reference/eec-trace.jsonl in {}, {NAME_IT}",
                shared.display()
            )
        } else if !python.is_ok_and(|output| output.status.success()) {
            "no python3 that runs".to_owned()
        } else {
            return Some(peer);
        };
        // Not with `eprintln!`, which the test runner keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: the recorded trace is not compared, there is {missing}"
        );
        None
    }

    pub(crate) fn recording(&self, name: &str) -> Trace {
        Trace::read(&self.reference.join(name), RECORDED_AUTHORITY)
    }

    /// Starts it with the configuration of the recorded run.
    pub(crate) fn start(&self) -> Eec {
        // Between finding a free port and using it another process may.
        (0..3)
            .find_map(|_| self.try_to_start())
            .expect("fake_eec.py starts on a free port")
    }

    fn try_to_start(&self) -> Option<Eec> {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let free = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let port = free.local_addr().expect("it is bound").port();
        drop(free);
        let sample = self.tools.join("python_sample");
        let mut child = Command::new("python3")
            .arg(self.tools.join("fake_eec.py"))
            .args(["--port", &port.to_string()])
            .arg("--trace")
            .arg(dir.path().join("trace.jsonl"))
            .arg("--userconfig")
            .arg(sample.join("userconfig.json"))
            .arg("--extconfig")
            .arg(sample.join("extension/extension.yaml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 runs");
        let stdout = child.stdout.take().expect("it is piped");
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let mut eec = Eec {
            authority: format!("127.0.0.1:{port}"),
            token: sample.join("idtoken"),
            child,
            requests,
            dir,
        };
        eec.next(PATIENCE).map(|_| eec)
    }
}

impl Eec {
    /// Waits until each of these calls was answered.
    pub(crate) fn wait_for_all(&mut self, calls: &[&str]) {
        let mut seen: Vec<String> = Vec::new();
        let answered =
            |call: &&&str, seen: &[String]| seen.iter().any(|line| line.contains(**call));
        while !calls.iter().all(|call| answered(&call, &seen)) {
            let Some(line) = self.next(PATIENCE) else {
                panic!("not all of {calls:?} in {seen:#?}");
            };
            seen.push(line);
        }
    }

    /// Lets it answer for as long.
    pub(crate) fn follow(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while self
            .next(end.saturating_duration_since(Instant::now()))
            .is_some()
        {}
    }

    /// The next line it prints, or `None` if there is none in time.
    fn next(&mut self, within: Duration) -> Option<String> {
        self.requests.recv_timeout(within).ok()
    }

    /// What it was asked by an extension that has ended.
    pub(crate) fn trace(self) -> Trace {
        // It does one thing after the other: when this is answered, all that
        // was answered before is written down.
        let mut barrier = TcpStream::connect(&self.authority).expect("it listens");
        let request = b"GET /__stats HTTP/1.1\r\nConnection: close\r\n\r\n";
        barrier.write_all(request).expect("it reads");
        barrier.read_to_end(&mut Vec::new()).expect("it answers");
        Trace::read(&self.dir.path().join("trace.jsonl"), &self.authority)
    }
}

impl Drop for Eec {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
