//! An extension of ours under `extyped simulate`: the two sides of the protocol
//! as their users start them, with files that are named.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::programs;

/// The first polls are spread over a minute, evenly for all endpoints: with as
/// many as these one of them is soon.
const HOSTS: usize = 50;

const POLLS: usize = 3;

const TOKEN: &str = "hunter2-hunter2";

const HEALTH: &str = r#"{
    "connections": 12,
    "nodes": [{
        "name": "node-a", "cpu_percent": 99.5, "memory_bytes": 1024,
        "bytes_in": 1, "bytes_out": 2
    }],
    "pools": [{"name": "web", "members": 2, "members_up": 1}]
}"#;

/// Only ends a test that has failed.
const PATIENCE: Duration = Duration::from_mins(3);

/// Load balancers that answer over TLS.
struct LoadBalancers {
    port: u16,
    /// The certificate to trust.
    ca_pem: String,
    /// Says whenever one of them has been polled.
    polls: Receiver<()>,
}

fn load_balancers() -> LoadBalancers {
    let ca_key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).expect("a certificate").pem();
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
        .and_then(|params| params.signed_by(&key, &Issuer::new(ca, ca_key)))
        .expect("a certificate");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .expect("a matching key");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let (polled, polls) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, polled) = (Arc::clone(&config), polled.clone());
            thread::spawn(move || {
                // What goes wrong here is seen by the one who asked.
                if answer(stream, config).is_ok() {
                    let _ = polled.send(());
                }
            });
        }
    });
    LoadBalancers {
        port,
        ca_pem,
        polls,
    }
}

/// Answers one request whose token is right.
fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> io::Result<()> {
    let session = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(session, stream);
    let mut request = Vec::new();
    let mut some = [0; 1_024];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut some)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => request.extend(some.iter().take(length)),
        }
    }
    let request = String::from_utf8_lossy(&request).to_lowercase();
    let status = if request.contains(&format!("authorization: bearer {TOKEN}\r\n")) {
        "200 OK"
    } else {
        "401 Unauthorized"
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{HEALTH}",
        HEALTH.len()
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A run, and what it says.
struct Run {
    process: Child,
    lines: Receiver<String>,
}

impl Run {
    fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let stdout = process.stdout.take().expect("a pipe");
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        Run { process, lines }
    }

    /// All that it says until its end.
    fn rest(&self) -> String {
        let lines = std::iter::from_fn(|| self.lines.recv_timeout(PATIENCE).ok());
        lines.map(|line| line + "\n").collect()
    }

    /// As Ctrl-C does.
    fn interrupt(&self) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill").success());
    }

    fn code(&mut self) -> Option<i32> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.process.try_wait().expect("a process of ours") {
                Some(status) => return status.code(),
                None if Instant::now() > until => return None,
                None => thread::yield_now(),
            }
        }
    }
}

impl Drop for Run {
    /// Whatever has failed, the extension ends as well.
    fn drop(&mut self) {
        if self.process.try_wait().is_ok_and(|status| status.is_none()) {
            self.interrupt();
            if self.code().is_none() {
                let _ = self.process.kill();
            }
        }
    }
}

#[test]
fn the_load_balancers_are_polled_under_a_controller() {
    let LoadBalancers {
        port,
        ca_pem,
        polls,
    } = load_balancers();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    let hosts: Vec<String> = (0..HOSTS)
        .map(|host| format!("\"127.0.0.1:{port}/lb-{host}\""))
        .collect();
    let activation = format!(
        r#"{{"featureSets": ["Pools"],
            "pythonRemote": {{"hosts": [{}], "api_token": "{{{{api_token}}}}"}}}}"#,
        hosts.join(", ")
    );
    let manifest =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/load-balancer/extension");
    let mut run = Run::start(
        Command::new(programs::extyped())
            // Nothing is found here that is not named.
            .current_dir(folder.path())
            .env("SSL_CERT_FILE", write("ca.pem", &ca_pem))
            .env("NO_PROXY", "*")
            .arg("simulate")
            .arg("--manifest")
            .arg(manifest)
            .arg("--activation")
            .arg(write("of-today.json", &activation))
            .arg("--secrets")
            .arg(write(
                "vault.json",
                &format!(r#"{{"api_token": "{TOKEN}"}}"#),
            ))
            .args([
                "--expect-all",
                "--expect=lb.device.connections",
                "--expect=lb.node.cpu,node.name=node-a",
                "--expect=lb.pool.health,pool.name=web",
                "--expect-status=OK",
                "--forbid-invalid",
                "--forbid-remarks",
                "--",
            ])
            .arg(programs::load_balancer()),
    );
    // Its lines are sent once a minute, and at the end. What the first polls
    // brought is among them once there are more.
    for poll in 0..POLLS {
        let has_come = polls.recv_timeout(PATIENCE);
        if has_come.is_err() {
            run.interrupt();
            panic!("poll {poll} did not come\n{}", run.rest());
        }
    }
    run.interrupt();
    let told = run.rest();
    assert_eq!(run.code(), Some(0), "{told}");
    for part in [
        "feature sets default, Pools\n",
        "was asked to end: exit code 0\n",
        "lb.node.cpu ",
        "feature sets that are off: Traffic\n",
        "invalid     nothing\n",
        "all that was asked for holds\n",
    ] {
        assert!(told.contains(part), "no `{part}` in\n{told}");
    }
    assert!(!told.contains(TOKEN), "{told}");
}
