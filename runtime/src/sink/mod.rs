//! Where reports go.

mod answer;
mod batch;
mod environment;
mod file;
mod ingest;
mod local_ingest;
mod memory;
mod paint;
mod stdout;
mod warnings;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use extyped_line::timestamp;

pub use answer::{InvalidLine, Receipt, RenamedMetric};
pub use batch::MetricBatch;
pub(crate) use batch::parcels;
pub use environment::{EnvironmentOptions, EnvironmentSink};
pub use file::{FileOptions, FileSink};
pub use local_ingest::LocalIngestSink;
pub use memory::MemorySink;
pub use stdout::StdoutSink;

use serde::Serialize;

use crate::{Event, LogEvent, StatusCode, StatusReport};

/// A send on its way.
pub type Sending<'a, T> = Pin<Box<dyn Future<Output = Result<T, SinkError>> + Send + 'a>>;

/// When a sink wants the status of the extension. In either case it gets the
/// first one at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusRhythm {
    /// Every 50 seconds, after every change, and at the end.
    OnChange,
    /// Every 50 seconds and never in between; and not at the end, unless it got
    /// none before.
    Heartbeat,
}

/// A receiver of everything an extension reports: the console, a test, the
/// `OneAgent`.
///
/// The runtime keeps a bounded queue for each stream of each sink and sends
/// from a task of its own, so a slow sink never holds back reporting, the
/// other streams or the other sinks. It gives every send a deadline, after
/// which the future is dropped. Streams that a sink does not implement are
/// discarded.
///
/// # What comes again
/// A batch whose send failed, or took longer than the deadline, comes again:
/// the same lines in the same order with the same timestamps, byte for byte,
/// less those that got too old meanwhile or for which the buffer had no room.
/// One that the sink took never comes again.
///
/// A batch can so arrive twice, if the target took it and its answer was lost:
/// from here that cannot be told from a batch that was lost. A gauge keeps its
/// average, minimum and maximum when the same value of the same moment is
/// stored twice; the delta of a count is then counted twice. Nothing in the
/// ingest protocol would let a target know a batch again.
///
/// Tries begin a second apart and end at one to two minutes, at random, so that
/// many processes do not come back at the same moment; a sink that says
/// [how long to wait](SinkError::with_retry_after) is left alone so long. When
/// the process ends there is one more try at once.
///
/// What is not taken is counted by cause, in the status, in the log and in
/// [`Finished::tallies`](crate::Finished::tallies).
///
/// ```
/// use extyped::{MetricBatch, Receipt, Sending, Sink};
///
/// /// Counts lines and forgets them.
/// #[derive(Default)]
/// struct Counter(std::sync::atomic::AtomicUsize);
///
/// impl Sink for Counter {
///     fn name(&self) -> &str {
///         "counter"
///     }
///
///     fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
///         Box::pin(async move {
///             self.0.fetch_add(batch.len(), std::sync::atomic::Ordering::Relaxed);
///             Ok(Receipt::accepted())
///         })
///     }
/// }
/// ```
pub trait Sink: Send + Sync + 'static {
    /// What statuses and logs call it.
    fn name(&self) -> &str;

    /// How long metrics and log events are gathered before they are sent; zero
    /// sends them as they come. Sends are at multiples of it after the start.
    /// All other streams are sent as they come.
    fn pace(&self) -> Duration {
        Duration::ZERO
    }

    /// When it wants the status: on change as well if nothing is said.
    fn status_rhythm(&self) -> StatusRhythm {
        StatusRhythm::OnChange
    }

    /// How long one send may take.
    fn deadline(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// How old a metric line may be when it is sent: one hour, as the ingest
    /// asks for, if nothing is said. Older lines are dropped and counted instead
    /// of sent again for ever. `None` sends all.
    fn ingest_window(&self) -> Option<Duration> {
        Some(timestamp::OLDEST)
    }

    /// Takes metric lines, within the limits of one request.
    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        let _ = batch;
        done(Receipt::accepted())
    }

    /// Takes log events, within the limits of one request.
    fn logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        let _ = batch;
        done(())
    }

    /// Takes an event.
    fn event<'a>(&'a self, event: &'a Event) -> Sending<'a, ()> {
        let _ = event;
        done(())
    }

    /// Takes metric lines in which the runtime tells of itself, within the
    /// limits of one request.
    fn self_monitoring<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        let _ = batch;
        done(Receipt::accepted())
    }

    /// Takes log events in which the runtime tells of itself, within the limits
    /// of one request.
    fn self_monitoring_logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        let _ = batch;
        done(())
    }

    /// Takes the status of the extension, the latest only: at the start and
    /// every 50 seconds, and after every change if the
    /// [rhythm](Self::status_rhythm) says so.
    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        let _ = report;
        done(())
    }

    /// Hands on what the sink itself still holds; called last.
    fn finish(&self) -> Sending<'_, ()> {
        done(())
    }
}

/// What is reported as JSON. It is plain data, which every serializer takes.
pub(crate) fn json(value: &impl Serialize) -> Result<String, SinkError> {
    serde_json::to_string(value)
        .map_err(|error| SinkError::never(format!("cannot be written as JSON: {error}")))
}

fn done<'a, T: Send + 'a>(value: T) -> Sending<'a, T> {
    Box::pin(std::future::ready(Ok(value)))
}

/// Why a sink did not take something, and whether trying again can help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkError {
    message: Cow<'static, str>,
    code: StatusCode,
    pub(crate) again: Again,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    Later,
    After(Duration),
    Never,
}

impl SinkError {
    /// The sink cannot take it now. The batch is kept and tried again, at
    /// growing distances.
    pub fn later(message: impl Into<Cow<'static, str>>) -> Self {
        SinkError {
            message: message.into(),
            code: StatusCode::GenericError,
            again: Again::Later,
        }
    }

    /// The sink will never take it. The batch is counted and discarded.
    pub fn never(message: impl Into<Cow<'static, str>>) -> Self {
        SinkError {
            again: Again::Never,
            ..SinkError::later(message)
        }
    }

    /// Says how long the sink asked to be left alone.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.again = Again::After(wait);
        self
    }

    /// Says which status code it becomes, instead of `GENERIC_ERROR`.
    #[must_use]
    pub fn with_code(mut self, code: StatusCode) -> Self {
        self.code = code;
        self
    }

    /// What is wrong, and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The status code it becomes.
    pub fn code(&self) -> StatusCode {
        self.code
    }
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SinkError {}
