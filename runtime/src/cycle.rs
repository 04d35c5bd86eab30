//! One poll of one endpoint, as the author sees it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use extyped_line::Lines;

use crate::board::Reported;
use crate::context::Context;
use crate::shared_dimensions::SharedDimensions;
use crate::snapshot::{self, Snapshot, SnapshotError};
use crate::{Event, Extension, HttpClient, LogEvent, Recorder, Status, Timestamp, Untyped};

/// One poll of one endpoint: what it needs to know, and where it reports.
///
/// Everything reported through one cycle carries one timestamp, that of the
/// tick it belongs to, however late it is reported and from whichever task.
/// What was reported before a query failed, panicked or was canceled is sent
/// like everything else.
///
/// A clone is the same cycle: give one to a task or a thread that the query
/// starts. What that reports after the query is done is sent with the next.
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
    scratch: Arc<Scratch>,
    timestamp: Timestamp,
}

/// What a callback reports beside its typed metrics, from one run to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    untyped: Mutex<Lines>,
    endpoints: Mutex<Reported>,
    signals: Mutex<BTreeSet<String>>,
}

/// An endpoint as its cycles know it.
pub(crate) struct Target<T> {
    pub(crate) name: Arc<str>,
    pub(crate) value: T,
    pub(crate) dimensions: SharedDimensions,
}

impl<E: Extension> Cycle<E> {
    pub(crate) fn new(
        context: Arc<Context<E>>,
        target: Arc<Target<E::Endpoint>>,
        recorder: Arc<Recorder>,
        scratch: Arc<Scratch>,
        timestamp: Timestamp,
    ) -> Self {
        Cycle {
            context,
            target,
            recorder,
            scratch,
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

    /// The processes of this machine, as the `OneAgent` wrote them down last.
    /// `None` if there is no `OneAgent`, or if it has not written any. In
    /// development mode it is the file `snapshot.json`.
    ///
    /// The file can be large: read it once in a while, not in every cycle.
    pub async fn snapshot(&self) -> Result<Option<Snapshot>, SnapshotError> {
        snapshot::of_this_machine(self.context.snapshot_file.clone()).await
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

    /// Asks the EEC to work out now what was added to counts that were
    /// [registered](crate::RegisteredCount), instead of when it does so by
    /// itself. The signal goes when the cycle ends, after what it reported and
    /// all that still waits. For others, and where no EEC is, nothing happens.
    pub fn signal_counts<K: Into<String>>(&self, metrics: impl IntoIterator<Item = K>) {
        let metrics = metrics.into_iter().map(Into::into);
        locked(&self.scratch.signals).extend(metrics);
    }

    /// The one door for metrics that the manifest cannot describe, such as
    /// those whose keys are found at run time.
    pub fn untyped(&self) -> Untyped<'_> {
        Untyped::new(&self.scratch.untyped, self.timestamp)
    }

    /// Says how an endpoint is that this cycle asked beside its own: a poll of
    /// a gateway knows of every device behind it. In the status of the
    /// extension it stands among the endpoints, under this name.
    ///
    /// It is put up when the cycle ends. Report all of them in each cycle:
    /// after one that returned `Ok`, and reported any, those it left out are
    /// gone. A cycle that fails leaves the others as they were. Of more than
    /// 20,000 the rest is ignored, with a warning in the log.
    ///
    /// ```
    /// # use extyped::{Cycle, Extension, PollError, Status, StatusCode};
    /// # struct Device { address: String, answers: bool }
    /// # fn example<E: Extension>(cx: &Cycle<E>, devices: &[Device]) {
    /// for device in devices {
    ///     cx.endpoint_status(&device.address, match device.answers {
    ///         true => Status::ok(),
    ///         false => Status::new(StatusCode::DeviceConnectionError, "no answer"),
    ///     });
    /// }
    /// # }
    /// ```
    pub fn endpoint_status(&self, name: impl AsRef<str>, status: Status) {
        let name = name.as_ref();
        if !locked(&self.scratch.endpoints).set(name, status) {
            tracing::warn!(
                endpoint = name,
                "more endpoints were reported than a status can hold: this one is left out"
            );
        }
    }
}

// Not derived, because the extension itself need not be.
impl<E: Extension> Clone for Cycle<E> {
    fn clone(&self) -> Self {
        Cycle {
            context: Arc::clone(&self.context),
            target: Arc::clone(&self.target),
            recorder: Arc::clone(&self.recorder),
            scratch: Arc::clone(&self.scratch),
            timestamp: self.timestamp,
        }
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

impl Scratch {
    /// Takes what was written through the untyped door.
    pub(crate) fn untyped(&self) -> Lines {
        std::mem::take(&mut *locked(&self.untyped))
    }

    /// Takes the counts whose differences are wanted now.
    pub(crate) fn signals(&self) -> BTreeSet<String> {
        std::mem::take(&mut *locked(&self.signals))
    }

    /// Takes what was said of other endpoints.
    pub(crate) fn endpoints(&self) -> Reported {
        std::mem::take(&mut *locked(&self.endpoints))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
