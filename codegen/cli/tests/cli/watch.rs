//! `extyped check --watch`.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::sandbox::{Sandbox, fixture};

/// A command that goes on by itself, and the lines of each of its streams:
/// which of two streams comes first is not said.
struct Watch {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    lines
}

/// Reads until a line contains `wanted`. The limit only ends a test that has
/// failed.
fn until(lines: &Receiver<String>, wanted: &str) {
    loop {
        let line = lines.recv_timeout(Duration::from_secs(30));
        if line.expect(wanted).contains(wanted) {
            return;
        }
    }
}

impl Watch {
    fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let mut child = sandbox
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("extyped starts");
        Watch {
            stdout: lines(child.stdout.take().expect("a pipe")),
            stderr: lines(child.stderr.take().expect("a pipe")),
            child,
        }
    }

    fn until(&self, wanted: &str) {
        until(&self.stdout, wanted);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_change_of_any_file_that_counts_is_seen() {
    let sandbox = Sandbox::with_manifest(&fixture("clean/extension.yaml"));
    let watch = Watch::start(&sandbox, &["check", "--watch"]);
    watch.until("extension.yaml: no findings");
    watch.until("watching 2 files");
    sandbox.write("extension.yaml", &fixture("broken/extension.yaml"));
    watch.until("error[EXT001]");
    watch.until("watching");
    sandbox.write("extension.yaml", &fixture("counters/extension.yaml"));
    watch.until("warning[EXT033]");
    watch.until("watching");
    sandbox.write("extyped.toml", "[lints]\nEXT033 = \"deny\"\n");
    watch.until("error[EXT033]");
    watch.until("watching 3 files");
    sandbox.write("activationSchema.json", "[]\n");
    watch.until("--> activationSchema.json:1:1");
    watch.until("watching 3 files");
}

#[test]
fn a_manifest_that_is_not_there_yet_is_waited_for() {
    let sandbox = Sandbox::new();
    let watch = Watch::start(&sandbox, &["check", "--watch"]);
    until(&watch.stderr, "no extension.yaml");
    watch.until("watching 0 files");
    sandbox.write("extension.yaml", &fixture("clean/extension.yaml"));
    watch.until("extension.yaml: no findings");
}

#[test]
fn a_manifest_that_appears_beside_others_is_checked_too() {
    let sandbox = Sandbox::new();
    sandbox.write("one/extension.yaml", &fixture("clean/extension.yaml"));
    sandbox.write("more/notes.txt", "soon\n");
    let watch = Watch::start(&sandbox, &["check", "--watch"]);
    watch.until("one/extension.yaml: no findings");
    watch.until("watching 2 files");
    // In a folder that was there, and in one that was not.
    sandbox.write("more/extension.yaml", &fixture("clean/extension.yaml"));
    watch.until("more/extension.yaml: no findings");
    watch.until("watching 4 files");
    sandbox.write(
        "some/depth/extension/extension.yaml",
        &fixture("broken/extension.yaml"),
    );
    watch.until("some/depth/extension/extension.yaml");
    watch.until("watching");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it() {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    let sandbox = Sandbox::with_manifest(&fixture("clean/extension.yaml"));
    let mut watch = Watch::start(&sandbox, &["check", "--watch"]);
    watch.until("watching");
    let process = watch.child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status();
    assert!(sent.expect("kill can be run").success());
    let status = watch.child.wait().expect("it ends");
    assert_eq!(status.signal(), Some(2));
}
