//! The log of an extension in a test.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Layer as _;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::Clock;
use crate::levels::LogLevels;
use crate::redact::Redactor;

/// Keeps what is logged on this thread until it is dropped, and prints it,
/// which a test that fails shows.
pub(super) struct Log {
    lines: Lines,
    _listening: DefaultGuard,
}

#[derive(Clone)]
struct Lines {
    kept: Arc<Mutex<Vec<String>>>,
    redactor: Redactor,
}

impl Log {
    pub(super) fn start(levels: &LogLevels, redactor: &Redactor, clock: &Clock) -> Self {
        let lines = Lines {
            kept: Arc::default(),
            redactor: redactor.clone(),
        };
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .with_timer(Stamp(clock.clone()))
            .with_writer(move || writer.clone())
            .with_filter(levels.clone());
        let ours = tracing_subscriber::registry().with(layer);
        Log {
            lines,
            _listening: tracing::subscriber::set_default(ours),
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.kept().clone()
    }
}

/// The time of the test, which is not that of the machine.
struct Stamp(Clock);

impl FormatTime for Stamp {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0.timestamp().as_millis()) {
            Ok(moment) => write!(writer, "{moment}"),
            Err(_) => Ok(()),
        }
    }
}

impl Lines {
    fn kept(&self) -> MutexGuard<'_, Vec<String>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Lines {
    /// Gets a line at a time.
    #[expect(clippy::print_stdout, reason = "a test that fails shows it")]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let text = match self.redactor.scrubbed(&text) {
            Some(scrubbed) => scrubbed,
            None => text.into_owned(),
        };
        print!("{text}");
        self.kept().push(text.trim_end().to_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
