//! One poll of one endpoint, as the author sees it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use extyped_line::Lines;

use crate::context::Context;
use crate::{Event, Extension, HttpClient, LogEvent, Recorder, Timestamp, Untyped};

/// One poll of one endpoint: what it needs to know, and where it reports.
///
/// Everything reported through one cycle carries one timestamp, that of the
/// tick it belongs to, however late it is reported and from whichever task.
/// What was reported before a query failed, panicked or was canceled is sent
/// like everything else.
///
/// ```
/// # use extyped::{Cycle, Event, EventType, Extension, PollError, Status};
/// # fn example<E: Extension<Endpoint = String>>(cx: &Cycle<E>) {
/// if cx.is_enabled("Advanced") {
///     // ask for what only the feature set needs
/// }
/// cx.event(
///     Event::new(EventType::CustomInfo, "certificate renewed")
///         .with_property("host", cx.endpoint()),
/// );
/// # }
/// ```
pub struct Cycle<E: Extension> {
    context: Arc<Context<E>>,
    target: Arc<Target<E::Endpoint>>,
    recorder: Arc<Recorder>,
    untyped: Arc<Mutex<Lines>>,
    timestamp: Timestamp,
}

/// An endpoint as its cycles know it.
pub(crate) struct Target<T> {
    pub(crate) name: Arc<str>,
    pub(crate) value: T,
}

impl<E: Extension> Cycle<E> {
    pub(crate) fn new(
        context: Arc<Context<E>>,
        target: Arc<Target<E::Endpoint>>,
        recorder: Arc<Recorder>,
        untyped: Arc<Mutex<Lines>>,
        timestamp: Timestamp,
    ) -> Self {
        Cycle {
            context,
            target,
            recorder,
            untyped,
            timestamp,
        }
    }

    /// The monitoring configuration.
    pub fn config(&self) -> &E::Config {
        &self.context.config
    }

    /// The endpoint to poll.
    pub fn endpoint(&self) -> &E::Endpoint {
        &self.target.value
    }

    /// The endpoint's name; empty if it is the only one, made by
    /// [`Endpoints::one`](crate::Endpoints::one).
    pub fn endpoint_name(&self) -> &str {
        &self.target.name
    }

    /// The HTTP client of the process. It keeps its connections from one cycle
    /// to the next.
    pub fn http(&self) -> &HttpClient {
        &self.context.http
    }

    /// The tick this cycle belongs to, in cluster time.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Whether the activation turns this feature set on: if not, what only its
    /// metrics need is not worth asking for.
    pub fn is_enabled(&self, feature_set: &str) -> bool {
        self.context.is_enabled(feature_set)
    }

    /// Sends an event.
    ///
    /// Errors that `query` returns raise events by themselves; this is for
    /// what the endpoint tells, a deployment or a failover.
    pub fn event(&self, event: Event) {
        self.context.outlets.event(event);
    }

    /// Sends a log event. Without a time of its own it gets that of the cycle.
    pub fn log(&self, log: LogEvent) {
        self.context.outlets.log(log.or_at(self.timestamp));
    }

    /// The one door for metrics that the manifest cannot describe, such as
    /// those whose keys are found at run time.
    pub fn untyped(&self) -> Untyped<'_> {
        Untyped::new(&self.untyped, self.timestamp)
    }
}

impl<E: Extension> AsRef<Recorder> for Cycle<E> {
    fn as_ref(&self) -> &Recorder {
        &self.recorder
    }
}

// Neither configuration nor endpoint is shown: both may hold secrets.
impl<E: Extension> fmt::Debug for Cycle<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cycle")
            .field("endpoint", &self.target.name)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

/// Takes what was written through the untyped door.
pub(crate) fn take(untyped: &Mutex<Lines>) -> Lines {
    std::mem::take(&mut *untyped.lock().unwrap_or_else(PoisonError::into_inner))
}
