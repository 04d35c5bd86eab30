//! The log of the process: to standard error, without secrets, and without
//! ever waiting for whoever reads it.

use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing_subscriber::Layer as _;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::levels::LogLevels;
use crate::redact::Redactor;

/// How many lines may wait for standard error.
const WAITING: usize = 1_024;

/// How long the end of the process waits for them.
const PATIENCE: Duration = Duration::from_millis(500);

/// The log of the process. Dropping it writes what waits.
pub(crate) struct Log {
    lines: SyncSender<Piece>,
}

enum Piece {
    Line(String),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

/// Sets up logging, unless the program already has its own. Panics are logged
/// as well: the usual message would show what a panic quotes.
pub(crate) fn start(levels: &LogLevels, redactor: &Redactor) -> Log {
    let (lines, pieces) = sync_channel(WAITING);
    let thread = std::thread::Builder::new().name("log".to_owned());
    // Without a thread nothing is logged; there is nobody to tell.
    let _ = thread.spawn(move || write_all(&pieces));
    let ours = tracing_subscriber::fmt::layer()
        .with_ansi(io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false)
        .with_writer(Scrubbing {
            redactor: redactor.clone(),
            lines: lines.clone(),
            lost: AtomicU64::new(0),
        })
        .with_filter(levels.clone());
    let ours = tracing_subscriber::registry().with(ours);
    if tracing::subscriber::set_global_default(ours).is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
    Log { lines }
}

impl Drop for Log {
    fn drop(&mut self) {
        let (written, done) = sync_channel(1);
        if self.lines.try_send(Piece::Flush(written)).is_ok() {
            // If nobody reads standard error, the process ends all the same.
            let _ = done.recv_timeout(PATIENCE);
        }
    }
}

/// Writing to a pipe that nobody reads blocks for ever, so it happens here and
/// nowhere else.
fn write_all(pieces: &Receiver<Piece>) {
    let mut stderr = io::stderr();
    for piece in pieces {
        match piece {
            // A log that cannot be written must not stop what it tells of.
            Piece::Line(line) => drop(stderr.write_all(line.as_bytes())),
            Piece::Flush(written) => drop(written.send(())),
        }
    }
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let words = panic.payload_as_str().unwrap_or("without a message");
    tracing::error!("panic at {place}: {words}");
}

/// Cuts secrets out of every log line, and hands it on without waiting.
struct Scrubbing {
    redactor: Redactor,
    lines: SyncSender<Piece>,
    lost: AtomicU64,
}

struct Line<'s> {
    to: &'s Scrubbing,
    text: Vec<u8>,
}

impl<'s> MakeWriter<'s> for Scrubbing {
    type Writer = Line<'s>;

    fn make_writer(&'s self) -> Line<'s> {
        Line {
            to: self,
            text: Vec::new(),
        }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// The whole line has to be there before a secret in it can be found.
impl Drop for Line<'_> {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.text);
        let mut line = match self.to.redactor.scrubbed(&text) {
            Some(scrubbed) => scrubbed,
            None => text.into_owned(),
        };
        let lost = self.to.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            line.insert_str(
                0,
                &format!("{lost} lines of this log were lost: nobody read it\n"),
            );
        }
        if self.to.lines.try_send(Piece::Line(line)).is_err() {
            self.to.lost.fetch_add(lost + 1, Ordering::Relaxed);
        }
    }
}
