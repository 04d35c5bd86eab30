//! Where the lines of a callback collect.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use extyped_line::{Lines, timestamp};

use super::EnabledMetrics;
use super::buffer::Buffer;
use super::refusal::{Refusal, Refusals, Refused};
use super::series::Series;
use crate::Manifest;

/// How many bytes of lines one cycle can hold: some 100,000 lines, which is
/// what a `OneAgent` takes in a minute. What is reported beyond is refused.
pub const CYCLE_BYTES: usize = 16 * 1024 * 1024;

/// Collects the lines of one callback of one endpoint, and remembers its
/// running totals from one cycle to the next.
///
/// The runtime owns one for each endpoint and calls [`begin`](Self::begin) at
/// each tick and [`drain`](Self::drain) after it. Authors reach it through the
/// generated `Metrics::of`; in a test of their own they can make one:
///
/// ```
/// use extyped::report::{EnabledMetrics, Recorder};
/// # static MANIFEST: extyped::Manifest =
/// #     extyped::Manifest::new("custom:lb", "1.0.0", &[], &[]);
///
/// let recorder = Recorder::new(&MANIFEST, EnabledMetrics::all(&MANIFEST));
/// recorder.begin(Some(1_700_000_000_000));
/// // Metrics::of(&recorder).node(…).cpu(12.5);
/// assert!(recorder.drain().lines.is_empty());
/// ```
pub struct Recorder {
    manifest: &'static Manifest,
    enabled: EnabledMetrics,
    registered: Arc<[bool]>,
    state: Mutex<State>,
}

/// What a cycle reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// What to send.
    pub lines: Lines,
    /// What was not sent, by metric and cause.
    pub refused: Vec<Refused>,
}

#[derive(Debug)]
struct State {
    /// What ends a line: the timestamp of the cycle and a newline.
    ending: String,
    /// Counts the cycles, so that a buffer knows whether its ending is of this
    /// one.
    cycle: u64,
    /// Buffers that no set holds at the moment. With sets opened one after the
    /// other, the usual case, it is always the same one.
    #[expect(clippy::vec_box, reason = "sets hold them in a box, too")]
    buffers: Vec<Box<Buffer>>,
    /// Bytes in these buffers.
    bytes: usize,
    refusals: Refusals,
    series: Series,
}

impl Recorder {
    /// A recorder for the metrics that are on.
    pub fn new(manifest: &'static Manifest, enabled: EnabledMetrics) -> Self {
        Recorder {
            manifest,
            enabled,
            registered: Arc::default(),
            state: Mutex::new(State {
                ending: String::from("\n"),
                cycle: 1,
                buffers: Vec::new(),
                bytes: 0,
                refusals: Refusals::default(),
                series: Series::new(Instant::now()),
            }),
        }
    }

    /// Sends running totals of some metrics as they are, by index of
    /// [`Manifest::metrics`], for the EEC to work out the differences.
    pub(crate) fn with_registered(mut self, registered: Arc<[bool]>) -> Self {
        self.registered = registered;
        self
    }

    /// The manifest whose metrics are reported.
    pub fn manifest(&self) -> &'static Manifest {
        self.manifest
    }

    /// Begins a cycle: lines carry this timestamp from here on, in
    /// milliseconds since 1970. Without one, or with one that is not
    /// [plausible](timestamp::is_plausible), the receiver stamps the lines.
    pub fn begin(&self, timestamp: Option<i64>) {
        self.begin_at(timestamp, Instant::now());
    }

    /// [`begin`](Self::begin) at a time that the caller tells, for a runtime
    /// whose clock is not the machine's. Idle series are forgotten by it.
    pub fn begin_at(&self, timestamp: Option<i64>, now: Instant) {
        let mut state = self.state();
        state.series.tick(now);
        state.cycle += 1;
        state.ending.clear();
        if let Some(timestamp) = timestamp.filter(|&ms| timestamp::is_plausible(ms)) {
            state.ending.push(' ');
            timestamp::write(&mut state.ending, timestamp);
        }
        state.ending.push('\n');
    }

    /// Takes out what was reported so far. Lines of a reporter that is still
    /// open come with the next call.
    pub fn drain(&self) -> Recorded {
        let mut state = self.state();
        state.bytes = 0;
        let mut lines = Lines::new();
        for buffer in &mut state.buffers {
            lines.append(buffer.take());
        }
        Recorded {
            lines,
            refused: state.refusals.take(),
        }
    }

    /// Whether the metric at this index of [`Manifest::metrics`] is on.
    #[inline]
    pub fn is_metric_enabled(&self, index: usize) -> bool {
        self.enabled.metric(index)
    }

    /// Whether the feature set at this index of [`Manifest::feature_sets`] is
    /// on.
    pub fn is_feature_set_enabled(&self, index: usize) -> bool {
        self.enabled.feature_set(index)
    }

    /// A buffer for a set, with the lines of earlier sets still in it.
    pub(super) fn lend(&self) -> Box<Buffer> {
        let mut state = self.state();
        let mut buffer = match state.buffers.pop() {
            Some(buffer) => buffer,
            None => Box::new(Buffer::new(Arc::clone(&self.registered))),
        };
        state.bytes -= buffer.lines.len();
        let room = CYCLE_BYTES.saturating_sub(state.bytes);
        buffer.open(state.cycle, &state.ending, room);
        buffer
    }

    /// Takes a buffer back, and writes what had to wait for the lock.
    pub(super) fn take_back(&self, mut buffer: Box<Buffer>) {
        let mut guard = self.state();
        let state = &mut *guard;
        buffer.settle(&mut state.series, &mut state.refusals);
        // Sets that were open at the same time each had all the room.
        let room = CYCLE_BYTES.saturating_sub(state.bytes);
        buffer.shrink_to(room, &mut state.refusals);
        state.bytes += buffer.lines.len();
        state.buffers.push(buffer);
    }

    /// Writes the running totals of a set that is still open.
    #[cold]
    pub(super) fn settle(&self, buffer: &mut Buffer) {
        let mut guard = self.state();
        let state = &mut *guard;
        buffer.settle(&mut state.series, &mut state.refusals);
    }

    #[cold]
    pub(super) fn refuse(&self, metric: Cow<'static, str>, cause: Refusal) {
        self.state().refusals.add(metric, cause);
    }

    /// No code of an author runs under the lock, so it cannot be poisoned by
    /// one that panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsRef<Recorder> for Recorder {
    fn as_ref(&self) -> &Recorder {
        self
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("extension", &self.manifest.name)
            .finish_non_exhaustive()
    }
}
