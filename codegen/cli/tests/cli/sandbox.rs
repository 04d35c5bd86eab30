//! A folder of its own for each test, and the command run in it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) struct Sandbox {
    folder: TempDir,
}

/// What a run of the command left.
pub(crate) struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Long enough for any machine; a command that takes longer has hung.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a command to its end, its output piped. One that hangs is killed and
/// fails the test: what runs the tests would wait for it without a limit.
#[track_caller]
pub(crate) fn finished(command: &mut Command) -> Run {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    end_of(command.spawn().expect("the command starts"))
}

/// What a command that runs has still to say, and how it ends.
#[track_caller]
pub(crate) fn end_of(mut child: Child) -> Run {
    let until = Instant::now() + PATIENCE;
    let streams = [rest(child.stdout.take()), rest(child.stderr.take())];
    let mut texts = [String::new(), String::new()];
    for (text, stream) in texts.iter_mut().zip(streams) {
        let left = until.saturating_duration_since(Instant::now());
        match stream.recv_timeout(left) {
            Ok(whole) => *text = whole,
            Err(_) => hung(child),
        }
    }
    let [stdout, stderr] = texts;
    // Where nothing is piped it has yet to end.
    let status = loop {
        match child.try_wait().expect("a process of ours") {
            Some(status) => break status,
            None if Instant::now() < until => thread::yield_now(),
            None => hung(child),
        }
    };
    Run {
        code: status.code(),
        stdout,
        stderr,
    }
}

#[track_caller]
fn hung(mut child: Child) -> ! {
    let _ = child.kill();
    let _ = child.wait();
    panic!("the command did not end within {PATIENCE:?}");
}

fn rest(stream: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (send, text) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).expect("a pipe");
        }
        let _ = send.send(String::from_utf8(bytes).expect("UTF-8"));
    });
    text
}

const SCHEMA: &str = "activationSchema.json";

/// The text of a file below `tests/fixtures`.
pub(crate) fn fixture(path: &str) -> String {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read_to_string(fixtures.join(path)).expect("a fixture")
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Sandbox {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// A sandbox with a manifest, `extension.yaml`.
    pub(crate) fn with_manifest(text: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("extension.yaml", text);
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; beside a manifest the activation schema that it names.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        let folder = path.parent().expect("a folder above the file");
        fs::create_dir_all(folder).expect("the folder");
        let schema = folder.join(SCHEMA);
        if name.ends_with("extension.yaml") && text.contains(SCHEMA) && !schema.exists() {
            fs::write(schema, fixture("clean/activationSchema.json")).expect("the schema");
        }
        fs::write(path, text).expect("the file");
    }

    /// Makes a named pipe that nobody writes to: who opens it waits for ever.
    #[cfg(unix)]
    pub(crate) fn pipe(&self, name: &str) {
        let made = Command::new("mkfifo").arg(self.path(name)).status();
        assert!(made.expect("mkfifo").success(), "{name}");
    }

    /// Makes a link to a path as seen from where the link lies.
    #[cfg(unix)]
    pub(crate) fn link(&self, name: &str, target: &str) {
        std::os::unix::fs::symlink(target, self.path(name)).expect("a link");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file")
    }

    /// The names of all files at the top.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Runs `extyped` here, its output piped, on whatever machine alike.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finished(&mut self.command(arguments))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_extyped"));
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .stdin(Stdio::null());
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(variable);
        }
        command
    }
}
