//! The extension as a process: started as an EEC starts it, and ended for
//! certain.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use extyped_manifest::render;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;

use super::args::StopSignal;
use super::group;
use crate::failure::Failure;

/// Most bytes of a line of output that are shown.
const LINE: usize = 4_096;

/// Lines of output that wait to be shown; beyond that the process waits.
const WAITING: usize = 256;

/// Whether a process can be asked to end. Windows knows no signals: there it is
/// ended, and how it ends says nothing of it.
pub(crate) const CAN_BE_ASKED: bool = cfg!(unix);

/// How often it is looked whether a group is empty.
const LOOK: Duration = Duration::from_millis(20);

/// A running extension, in a process group of its own: Ctrl-C reaches it only
/// through us, and what it started ends with it. Dropped, it is killed.
pub(crate) struct Child {
    process: tokio::process::Child,
    id: u32,
}

/// Starts `command` with `arguments` behind its own. What it writes comes line
/// by line, ready for a terminal.
pub(crate) fn start(
    command: &[OsString],
    arguments: &[OsString],
) -> Result<(Child, mpsc::Receiver<String>), Failure> {
    let Some((program, own)) = command.split_first() else {
        return Err(Failure::new("there is no command to start"));
    };
    let mut process = Command::new(program);
    process
        .args(own)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Python keeps back what it writes to a pipe; here somebody watches.
        .env("PYTHONUNBUFFERED", "1")
        .kill_on_drop(true);
    #[cfg(unix)]
    process.process_group(0);
    group::adopt();
    let mut process = process.spawn().map_err(|cause| {
        let failure = Failure::new(format!("{} cannot be started", program.display()));
        if cause.kind() == io::ErrorKind::NotFound {
            failure
                .cause(cause)
                .help("build it first, or write its path as seen from this folder")
        } else {
            failure.cause(cause)
        }
    })?;
    let (send, lines) = mpsc::channel(WAITING);
    if let Some(stream) = process.stdout.take() {
        tokio::spawn(read_lines(stream, send.clone()));
    }
    if let Some(stream) = process.stderr.take() {
        tokio::spawn(read_lines(stream, send));
    }
    let id = process.id().unwrap_or_default();
    Ok((Child { process, id }, lines))
}

impl Child {
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Done when the process has ended.
    pub(crate) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Whether something that the process started is still there. Asked once the
    /// process has ended.
    pub(crate) fn has_left_any(&self) -> bool {
        group::is_any(self.id)
    }

    /// Done when nothing is there any more that the process started. Asked once
    /// the process has ended.
    pub(crate) async fn all_ended(&self) {
        // No system tells when a group is empty.
        let mut looks = tokio::time::interval(LOOK);
        while self.has_left_any() {
            looks.tick().await;
        }
    }

    /// Asks the process, and what it started, to end; where it cannot be asked
    /// it is ended.
    pub(crate) fn ask(&mut self, signal: StopSignal) {
        #[cfg(unix)]
        group::signal(
            self.id,
            match signal {
                StopSignal::Int => rustix::process::Signal::INT,
                StopSignal::Term => rustix::process::Signal::TERM,
            },
        );
        #[cfg(not(unix))]
        {
            let _ = signal;
            self.kill();
        }
    }

    /// Ends the process and what it started, at once.
    pub(crate) fn kill(&mut self) {
        // It may have ended meanwhile; then there is nothing to do.
        let _ = self.process.start_kill();
        #[cfg(unix)]
        group::signal(self.id, rustix::process::Signal::KILL);
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How a process ended, as a person says it.
pub(crate) fn exit(status: ExitStatus) -> String {
    if let Some(signal) = signal(status) {
        let name = match signal {
            2 => "SIGINT".to_owned(),
            6 => "SIGABRT".to_owned(),
            9 => "SIGKILL".to_owned(),
            11 => "SIGSEGV".to_owned(),
            15 => "SIGTERM".to_owned(),
            other => format!("signal {other}"),
        };
        return format!("ended by {name}");
    }
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "no exit code".to_owned(),
    }
}

/// Whether this signal ended the process.
pub(crate) fn is_end_by(status: ExitStatus, wanted: StopSignal) -> bool {
    let number = match wanted {
        StopSignal::Int => 2,
        StopSignal::Term => 15,
    };
    signal(status) == Some(number)
}

/// The signal that ended a process, if one did.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> Option<i32> {
    None
}

async fn read_lines(stream: impl AsyncRead + Unpin, send: mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        let (used, is_end) = match reader.fill_buf().await {
            Ok([]) | Err(_) => break,
            Ok(chunk) => {
                let end = chunk.iter().position(|&byte| byte == b'\n');
                let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
                let room = LINE.saturating_sub(line.len()).min(part.len());
                line.extend_from_slice(part.get(..room).unwrap_or_default());
                (end.map_or(chunk.len(), |end| end + 1), end.is_some())
            }
        };
        reader.consume(used);
        if is_end && send.send(shown(&std::mem::take(&mut line))).await.is_err() {
            return;
        }
    }
    if !line.is_empty() {
        let _ = send.send(shown(&line)).await;
    }
}

/// A line without what a terminal would obey.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text = anstream::adapter::strip_str(text.trim_end()).to_string();
    render::harmless(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(text: &[u8]) -> Vec<String> {
        let (send, mut receive) = mpsc::channel(100);
        read_lines(text, send).await;
        let mut lines = Vec::new();
        while let Some(line) = receive.recv().await {
            lines.push(line);
        }
        lines
    }

    #[tokio::test]
    async fn output_comes_in_lines_without_what_steers_a_terminal() {
        assert_eq!(
            lines(b"one\r\n\n\x1b[31mred\x1b[0m\n\xff\x07 last").await,
            ["one", "", "red", "\u{fffd} last"]
        );
    }

    #[tokio::test]
    async fn a_line_without_end_is_cut() {
        let text = [vec![b'a'; 3 * LINE], b"\nnext".to_vec()].concat();
        let lines = lines(&text).await;
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].len(), LINE);
        assert_eq!(lines[1], "next");
    }
}
