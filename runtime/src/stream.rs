//! The tasks that send: one for each stream of each sink.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::outbox::{Outbox, Parcel};
use crate::outlets::Outlet;
use crate::sink::{Again, MetricBatch, Receipt, Sending, Sink, SinkError};
use crate::{Clock, Event, LogEvent, Status, StatusCode, text};

/// The first and the longest wait after a send that failed. Each is varied at
/// random, so that many extensions do not come back at the same moment.
pub(crate) const MIN_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// How many invalid lines the status names; the rest is counted.
const NAMED: usize = 3;

/// What is sent, and how much of it at once.
pub(crate) trait Stream {
    type Parcel: Parcel + Send + Sync;
    const NAME: &'static str;
    const MAX_ITEMS: u64;
    const MAX_BYTES: usize;
    /// Whether it is gathered at the pace of the sink, or sent as it comes.
    const GATHERED: bool;

    fn outbox(outlet: &Outlet) -> &Outbox<Self::Parcel>;

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [Self::Parcel]) -> Sending<'a, Receipt>;
}

pub(crate) struct Metrics;
pub(crate) struct Logs;
pub(crate) struct UrgentLogs;
pub(crate) struct Events;
pub(crate) struct SelfMonitoring;
pub(crate) struct SelfMonitoringLogs;

const LOG_ITEMS: u64 = 50_000;
const LOG_BYTES: usize = 5_000_000;

impl Stream for Metrics {
    type Parcel = MetricBatch;
    const NAME: &'static str = "metrics";
    const MAX_ITEMS: u64 = extyped_line::limits::BATCH_LINES as u64;
    const MAX_BYTES: usize = extyped_line::limits::BATCH_BYTES;
    const GATHERED: bool = true;

    fn outbox(outlet: &Outlet) -> &Outbox<MetricBatch> {
        &outlet.metrics
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [MetricBatch]) -> Sending<'a, Receipt> {
        Box::pin(async move { sink.metrics(&MetricBatch::join(parcels)).await })
    }
}

impl Stream for Logs {
    type Parcel = LogEvent;
    const NAME: &'static str = "log events";
    const MAX_ITEMS: u64 = LOG_ITEMS;
    const MAX_BYTES: usize = LOG_BYTES;
    const GATHERED: bool = true;

    fn outbox(outlet: &Outlet) -> &Outbox<LogEvent> {
        &outlet.logs
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [LogEvent]) -> Sending<'a, Receipt> {
        Box::pin(async move { sink.logs(parcels).await.map(|()| Receipt::accepted()) })
    }
}

impl Stream for UrgentLogs {
    type Parcel = LogEvent;
    const NAME: &'static str = "urgent log events";
    const MAX_ITEMS: u64 = LOG_ITEMS;
    const MAX_BYTES: usize = LOG_BYTES;
    const GATHERED: bool = false;

    fn outbox(outlet: &Outlet) -> &Outbox<LogEvent> {
        &outlet.urgent_logs
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [LogEvent]) -> Sending<'a, Receipt> {
        Logs::send(sink, parcels)
    }
}

impl Stream for Events {
    type Parcel = Event;
    const NAME: &'static str = "events";
    const MAX_ITEMS: u64 = 1;
    const MAX_BYTES: usize = usize::MAX;
    const GATHERED: bool = false;

    fn outbox(outlet: &Outlet) -> &Outbox<Event> {
        &outlet.events
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [Event]) -> Sending<'a, Receipt> {
        Box::pin(async move {
            for event in parcels {
                sink.event(event).await?;
            }
            Ok(Receipt::accepted())
        })
    }
}

impl Stream for SelfMonitoring {
    type Parcel = MetricBatch;
    const NAME: &'static str = "self-monitoring";
    const MAX_ITEMS: u64 = Metrics::MAX_ITEMS;
    const MAX_BYTES: usize = Metrics::MAX_BYTES;
    const GATHERED: bool = false;

    fn outbox(outlet: &Outlet) -> &Outbox<MetricBatch> {
        &outlet.self_monitoring
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [MetricBatch]) -> Sending<'a, Receipt> {
        Box::pin(async move { sink.self_monitoring(&MetricBatch::join(parcels)).await })
    }
}

impl Stream for SelfMonitoringLogs {
    type Parcel = LogEvent;
    const NAME: &'static str = "self-monitoring logs";
    const MAX_ITEMS: u64 = LOG_ITEMS;
    const MAX_BYTES: usize = LOG_BYTES;
    const GATHERED: bool = false;

    fn outbox(outlet: &Outlet) -> &Outbox<LogEvent> {
        &outlet.self_monitoring_logs
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [LogEvent]) -> Sending<'a, Receipt> {
        Box::pin(async move {
            sink.self_monitoring_logs(parcels)
                .await
                .map(|()| Receipt::accepted())
        })
    }
}

/// Sends one stream of one sink until it is told to drain, and then what is
/// left. Dropping the future at any point loses and doubles nothing but the
/// send that is on its way.
pub(crate) struct Pump {
    pub(crate) outlet: Arc<Outlet>,
    pub(crate) board: Arc<Board>,
    pub(crate) clock: Clock,
    pub(crate) drain: CancellationToken,
}

impl Pump {
    pub(crate) async fn run<S: Stream>(self) {
        let outbox = S::outbox(&self.outlet);
        let pace = if S::GATHERED {
            self.outlet.sink.pace()
        } else {
            Duration::ZERO
        };
        let start = self.clock.now();
        let mut failures = Failures::new(self.trouble_name::<S>());
        loop {
            tokio::select! {
                () = outbox.filled() => {}
                () = self.drain.cancelled() => {}
            }
            if !pace.is_zero() {
                tokio::select! {
                    () = self.clock.sleep_until(next_multiple(start, pace, self.clock.now())) => {}
                    () = outbox.hurried() => {}
                    () = self.drain.cancelled() => {}
                }
            }
            self.send_all::<S>(&mut failures).await;
            outbox.flushed();
            if self.drain.is_cancelled() && outbox.waiting() == 0 {
                return;
            }
        }
    }

    /// Sends until nothing waits, however long that takes.
    async fn send_all<S: Stream>(&self, failures: &mut Failures) {
        let sink = self.outlet.sink.as_ref();
        let outbox = S::outbox(&self.outlet);
        while let Some(batch) = outbox.take(S::MAX_ITEMS, S::MAX_BYTES) {
            let sent = send_within(sink.deadline(), S::send(sink, batch.parcels())).await;
            match sent {
                Ok(receipt) => {
                    batch.accept();
                    failures.recovered(self);
                    self.note::<S>(&receipt);
                }
                Err(error) => {
                    let wait = failures.failed(self, &error);
                    match wait {
                        None => batch.refuse(),
                        Some(wait) => {
                            drop(batch);
                            self.wait(wait).await;
                        }
                    }
                }
            }
        }
    }

    /// Waits before the next try. When draining begins it is made at once;
    /// those after it wait again.
    async fn wait(&self, wait: Duration) {
        if self.drain.is_cancelled() {
            tokio::time::sleep(wait.min(MIN_BACKOFF)).await;
        } else {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.drain.cancelled() => {}
            }
        }
    }

    /// Tells of lines that arrived and were not valid.
    fn note<S: Stream>(&self, receipt: &Receipt) {
        let sink = self.outlet.sink.name();
        for warning in receipt.warnings() {
            tracing::warn!(sink, "the ingest remarks: {warning}");
        }
        let about = format!("{sink}, {}", S::NAME);
        if receipt.invalid_count() == 0 {
            self.board.clear_trouble(&about);
            return;
        }
        for line in receipt.invalid_lines() {
            tracing::warn!(
                sink,
                metric = line.metric,
                "a line is not valid: {}",
                line.reason
            );
        }
        let named: Vec<String> = receipt
            .invalid_lines()
            .iter()
            .take(NAMED)
            .map(|line| match line.metric.as_str() {
                "" => line.reason.clone(),
                metric => format!("`{metric}` {}", line.reason),
            })
            .collect();
        let count = text::count(receipt.invalid_count(), "line");
        let verb = if receipt.invalid_count() == 1 {
            "was"
        } else {
            "were"
        };
        self.board.trouble(
            &about,
            Status::warning(format!("{count} {verb} not valid: {}", named.join(", "))),
            None,
        );
    }

    fn trouble_name<S: Stream>(&self) -> String {
        format!("{}, sending {}", self.outlet.sink.name(), S::NAME)
    }
}

/// The first multiple of `pace` after `start` that is still to come.
pub(crate) fn next_multiple(start: Duration, pace: Duration, now: Duration) -> Duration {
    let gone = now.saturating_sub(start).as_nanos();
    let ahead = pace.as_nanos() - gone % pace.as_nanos().max(1);
    now + Duration::from_nanos(u64::try_from(ahead).unwrap_or(u64::MAX))
}

pub(crate) async fn send_within<T>(
    deadline: Duration,
    sending: Sending<'_, T>,
) -> Result<T, SinkError> {
    match tokio::time::timeout(deadline, sending).await {
        Ok(sent) => sent,
        Err(_) => Err(SinkError::later(format!(
            "no answer within {}",
            text::duration(deadline)
        ))),
    }
}

/// The failures of one stream in a row.
pub(crate) struct Failures {
    about: String,
    backoff: Option<ExponentialBackoff>,
}

impl Failures {
    pub(crate) fn new(about: String) -> Self {
        Failures {
            about,
            backoff: None,
        }
    }

    pub(crate) fn is_failing(&self) -> bool {
        self.backoff.is_some()
    }

    /// Tells of a failure, once, and says how long to wait before the next
    /// try, or `None` if there should be none.
    pub(crate) fn failed(&mut self, pump: &Pump, error: &SinkError) -> Option<Duration> {
        let sink = pump.outlet.sink.name();
        if self.backoff.is_none() {
            tracing::warn!(sink, "{}: {error}", self.about);
        }
        let code = match error.code() {
            StatusCode::Ok => StatusCode::GenericError,
            code => code,
        };
        let status = Status::new(code, error.message().to_owned());
        pump.board.trouble(&self.about, status, None);
        let backoff = self.backoff.get_or_insert_with(|| {
            ExponentialBuilder::new()
                .with_min_delay(MIN_BACKOFF)
                .with_max_delay(MAX_BACKOFF)
                .with_jitter()
                .without_max_times()
                .build()
        });
        match error.again {
            Again::Later => Some(backoff.next().unwrap_or(MAX_BACKOFF)),
            Again::After(wait) => Some(wait),
            Again::Never => None,
        }
    }

    pub(crate) fn recovered(&mut self, pump: &Pump) {
        if self.backoff.take().is_some() {
            tracing::info!(
                sink = pump.outlet.sink.name(),
                "{}: works again",
                self.about
            );
            pump.board.clear_trouble(&self.about);
        }
    }
}
