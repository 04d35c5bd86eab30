//! A sink for tests: it keeps everything.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{MetricBatch, Receipt, Sending, Sink};
use crate::{Event, LogEvent, Status, StatusReport};

/// Keeps everything that is reported, for an author's tests. Clones share what
/// they keep: give one to the runtime, ask the other.
///
/// ```
/// use extyped::{Activation, Clock, Cycle, Endpoints, Extension, MemorySink, PollError, Runtime, Status};
/// # static MANIFEST: extyped::Manifest = extyped::Manifest::new("custom:x", "1.0.0", &[], &[]);
///
/// struct Fan;
///
/// impl Extension for Fan {
///     type Config = ();
///     type Endpoint = f64;
///
///     fn endpoints(&self, _: &()) -> Endpoints<f64> {
///         [("left", 1_200.0), ("right", 0.0)].into_iter().collect()
///     }
///
///     async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
///         cx.untyped().gauge("fan.speed", [("side", cx.endpoint_name())], *cx.endpoint())?;
///         if *cx.endpoint() > 0.0 { Ok(Status::ok()) } else { Ok(Status::warning("stands still")) }
///     }
/// }
///
/// # let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # tokio.block_on(async {
/// let sink = MemorySink::new();
/// Runtime::builder(Fan, &MANIFEST)
///     .activation(Activation::new(()))
///     .sink(sink.clone())
///     .cycles(1)
///     .build()?
///     .run(std::future::pending())
///     .await;
///
/// assert_eq!(sink.values_of("fan.speed"), [1_200.0, 0.0]);
/// assert_eq!(sink.endpoint_status("right"), Some(Status::warning("stands still")));
/// # Ok::<(), extyped::BuildError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemorySink {
    kept: Arc<Mutex<Kept>>,
    changed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: Vec<String>,
    logs: Vec<LogEvent>,
    events: Vec<Event>,
    self_monitoring: Vec<String>,
    self_monitoring_logs: Vec<LogEvent>,
    reports: Vec<StatusReport>,
}

impl MemorySink {
    /// A sink that holds nothing yet.
    pub fn new() -> Self {
        MemorySink::default()
    }

    /// All metric lines, in the order they came.
    pub fn lines(&self) -> Vec<String> {
        self.kept().lines.clone()
    }

    /// The lines of one metric.
    pub fn lines_of(&self, key: &str) -> Vec<String> {
        let kept = self.kept();
        let lines = kept.lines.iter().filter(|line| metric(line) == key);
        lines.cloned().collect()
    }

    /// The values of one metric: what a gauge showed, by how much a count
    /// grew. A summary has no single value; its lines are in
    /// [`lines_of`](Self::lines_of).
    pub fn values_of(&self, key: &str) -> Vec<f64> {
        let kept = self.kept();
        let lines = kept.lines.iter().filter(|line| metric(line) == key);
        lines.filter_map(|line| value(line)).collect()
    }

    /// All log events.
    pub fn logs(&self) -> Vec<LogEvent> {
        self.kept().logs.clone()
    }

    /// All events, the runtime's own and the extension's.
    pub fn events(&self) -> Vec<Event> {
        self.kept().events.clone()
    }

    /// All metric lines in which the runtime tells of itself.
    pub fn self_monitoring(&self) -> Vec<String> {
        self.kept().self_monitoring.clone()
    }

    /// All log events in which the runtime tells of itself.
    pub fn self_monitoring_logs(&self) -> Vec<LogEvent> {
        self.kept().self_monitoring_logs.clone()
    }

    /// All status reports. Statuses that follow each other at once may come as
    /// one, the latest.
    pub fn reports(&self) -> Vec<StatusReport> {
        self.kept().reports.clone()
    }

    /// The latest status of the extension as a whole, once there is one.
    pub fn status(&self) -> Option<Status> {
        self.kept().reports.last()?.status().cloned()
    }

    /// The latest status of an endpoint, once it has one.
    pub fn endpoint_status(&self, name: &str) -> Option<Status> {
        self.kept().reports.last()?.endpoint(name)
    }

    /// Waits until what is kept fulfills a condition. It is asked again after
    /// everything that comes in.
    pub async fn wait_for(&self, mut condition: impl FnMut(&Self) -> bool) {
        loop {
            let changed = self.changed.notified();
            if condition(self) {
                return;
            }
            changed.await;
        }
    }

    fn keep(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.kept());
        self.changed.notify_waiters();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for MemorySink {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn ingest_window(&self) -> Option<Duration> {
        None
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        self.keep(|kept| kept.lines.extend(batch.lines().map(str::to_owned)));
        super::done(Receipt::accepted())
    }

    fn logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        self.keep(|kept| kept.logs.extend_from_slice(batch));
        super::done(())
    }

    fn event<'a>(&'a self, event: &'a Event) -> Sending<'a, ()> {
        self.keep(|kept| kept.events.push(event.clone()));
        super::done(())
    }

    fn self_monitoring<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        self.keep(|kept| {
            kept.self_monitoring
                .extend(batch.lines().map(str::to_owned));
        });
        super::done(Receipt::accepted())
    }

    fn self_monitoring_logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        self.keep(|kept| kept.self_monitoring_logs.extend_from_slice(batch));
        super::done(())
    }

    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        self.keep(|kept| kept.reports.push(report.clone()));
        super::done(())
    }
}

fn metric(line: &str) -> &str {
    line.split([',', ' ']).next().unwrap_or_default()
}

/// The number after the last type word. Values of dimensions are quoted, so a
/// space outside quotes begins the payload.
fn value(line: &str) -> Option<f64> {
    let mut quoted = false;
    let mut escaped = false;
    let payload = line.char_indices().find_map(|(at, c)| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => return line.get(at + 1..),
            _ => {}
        }
        None
    })?;
    let (kind, number) = payload.split(' ').next()?.split_once(',')?;
    match kind {
        "gauge" => number.parse().ok(),
        "count" => number.strip_prefix("delta=")?.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn values_are_read_from_the_lines_of_their_metric() {
        let sink = MemorySink::new();
        let batch = MetricBatch::of(
            "a.b,x=\"1 gauge,9 \\\" 2\" gauge,1.5 1700000000000\n\
             a.bc gauge,7\n\
             a.b gauge,min=1,max=2,sum=3,count=2\n\
             c.count count,delta=5 1700000000000\n",
        );
        sink.metrics(&batch).await.expect("memory takes everything");
        assert_eq!(sink.values_of("a.b"), [1.5]);
        assert_eq!(sink.lines_of("a.b").len(), 2);
        assert_eq!(sink.values_of("c.count"), [5.0]);
        assert_eq!(sink.lines().len(), 4);
    }

    #[tokio::test]
    async fn waiting_ends_when_the_condition_holds() {
        let sink = MemorySink::new();
        let other = sink.clone();
        let waiting = tokio::spawn(async move {
            other.wait_for(|sink| sink.lines().len() == 2).await;
        });
        for _ in 0..2 {
            let batch = MetricBatch::of("a.b gauge,1\n");
            sink.metrics(&batch).await.expect("memory takes everything");
        }
        waiting.await.expect("it ends without a panic");
    }
}
