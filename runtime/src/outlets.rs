//! From one report to the outboxes of every sink.

use std::sync::Arc;
use std::time::Duration;

use extyped_line::Lines;

use crate::board::Board;
use crate::drops::{Circumstances, Drops, News, TOLD};
use crate::outbox::{Outbox, Parcel};
use crate::redact::Redactor;
use crate::sink::{self, MetricBatch, Sink};
use crate::stream::{
    Events, Logs, Metrics, SelfMonitoring, SelfMonitoringLogs, Stream, UrgentLogs,
};
use crate::tally::Tally;
use crate::{Clock, Event, LogEvent, Status};

/// How much each stream of each sink may keep.
pub(crate) const METRIC_BYTES: usize = 16 * 1024 * 1024;
const LOG_BYTES: usize = 8 * 1024 * 1024;
const URGENT_LOG_BYTES: usize = 1024 * 1024;
const EVENT_BYTES: usize = 1024 * 1024;
const SELF_MONITORING_BYTES: usize = 1024 * 1024;

/// The queues of all sinks. Putting something in never waits.
#[derive(Clone)]
pub(crate) struct Outlets {
    pub(crate) all: Vec<Arc<Outlet>>,
    pub(crate) board: Arc<Board>,
    pub(crate) clock: Clock,
    pub(crate) redactor: Redactor,
}

/// The queues of one sink.
pub(crate) struct Outlet {
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) metrics: Outbox<MetricBatch>,
    pub(crate) logs: Outbox<LogEvent>,
    pub(crate) urgent_logs: Outbox<LogEvent>,
    pub(crate) events: Outbox<Event>,
    pub(crate) self_monitoring: Outbox<MetricBatch>,
    pub(crate) self_monitoring_logs: Outbox<LogEvent>,
    drops: Drops,
    /// What it has on disk.
    #[cfg(feature = "spool")]
    pub(crate) backlog: std::sync::OnceLock<crate::spool::Backlog>,
}

impl Outlet {
    pub(crate) fn new(sink: Arc<dyn Sink>, metric_bytes: usize) -> Self {
        Outlet {
            sink,
            metrics: Outbox::new(metric_bytes),
            logs: Outbox::new(LOG_BYTES),
            urgent_logs: Outbox::new(URGENT_LOG_BYTES),
            events: Outbox::new(EVENT_BYTES),
            self_monitoring: Outbox::new(SELF_MONITORING_BYTES),
            self_monitoring_logs: Outbox::new(SELF_MONITORING_BYTES),
            drops: Drops::default(),
            #[cfg(feature = "spool")]
            backlog: std::sync::OnceLock::new(),
        }
    }

    /// What became of what was given to each stream.
    pub(crate) fn tallies(&self) -> [Tally; 6] {
        [
            self.tally::<Metrics>(),
            self.tally::<Logs>(),
            self.tally::<UrgentLogs>(),
            self.tally::<Events>(),
            self.tally::<SelfMonitoring>(),
            self.tally::<SelfMonitoringLogs>(),
        ]
    }

    fn tally<S: Stream>(&self) -> Tally {
        let outbox = S::outbox(self);
        Tally {
            sink: self.sink.name().to_owned(),
            stream: S::NAME,
            counts: outbox.counts(),
            waiting: outbox.waiting(),
            spooled: outbox.spooled(),
        }
    }

    /// Tells in status and log what was dropped since the last time.
    pub(crate) fn tell_dropped<S: Stream>(&self, board: &Board, now: Duration) {
        let outbox = S::outbox(self);
        let sink = self.sink.name();
        #[cfg(feature = "spool")]
        let spool = S::backlog(self).map_or(0, crate::spool::Backlog::limit);
        #[cfg(not(feature = "spool"))]
        let spool = 0;
        let circumstances = Circumstances {
            sink,
            buffer: outbox.limit(),
            spool,
            window: self.sink.ingest_window(),
        };
        let dropped = outbox.counts().dropped;
        let news = self.drops.news(S::ITEM, &dropped, circumstances, now);
        let Some(News { message, log }) = news else {
            return;
        };
        if log {
            tracing::warn!(sink, "{message}");
        }
        let about = format!("{sink}, dropping {}", S::NAME);
        board.trouble(&about, Status::warning(message), Some(now + TOLD));
    }

    /// Queues parcels, but for those that alone are more than a request.
    fn put<S: Stream>(&self, parcels: impl IntoIterator<Item = S::Parcel>) {
        let outbox = S::outbox(self);
        for parcel in parcels {
            if parcel.bytes() > S::MAX_BYTES.min(outbox.limit()) {
                outbox.too_long(parcel.items());
            } else {
                outbox.push(parcel);
            }
        }
    }
}

impl Outlets {
    /// Queues lines, and says how many are too long ever to be sent.
    pub(crate) fn metrics(&self, lines: Lines) -> usize {
        let (parcels, too_long) = sink::parcels(lines);
        for outlet in &self.all {
            outlet.metrics.too_long(too_long as u64);
            self.put::<Metrics>(outlet, parcels.iter().cloned());
        }
        too_long
    }

    pub(crate) fn event(&self, mut event: Event) {
        event.scrub(|text| self.redactor.scrub(text));
        for outlet in &self.all {
            self.put::<Events>(outlet, [event.clone()]);
        }
    }

    pub(crate) fn log(&self, mut log: LogEvent) {
        log.scrub(|text| self.redactor.scrub(text));
        for outlet in &self.all {
            if log.is_urgent() {
                self.put::<UrgentLogs>(outlet, [log.clone()]);
            } else {
                self.put::<Logs>(outlet, [log.clone()]);
            }
        }
    }

    /// Queues lines in which the runtime tells of itself.
    pub(crate) fn self_monitoring(&self, lines: &Lines) {
        let (parcels, too_long) = sink::parcels(lines.clone());
        for outlet in &self.all {
            outlet.self_monitoring.too_long(too_long as u64);
            self.put::<SelfMonitoring>(outlet, parcels.iter().cloned());
        }
    }

    /// Queues a log event in which the runtime tells of itself, for one sink.
    pub(crate) fn self_monitoring_log(&self, outlet: &Outlet, mut log: LogEvent) {
        log.scrub(|text| self.redactor.scrub(text));
        self.put::<SelfMonitoringLogs>(outlet, [log]);
    }

    fn put<S: Stream>(&self, outlet: &Outlet, parcels: impl IntoIterator<Item = S::Parcel>) {
        outlet.put::<S>(parcels);
        outlet.tell_dropped::<S>(&self.board, self.clock.now());
    }
}

impl Parcel for LogEvent {
    fn bytes(&self) -> usize {
        self.weight()
    }

    fn items(&self) -> u64 {
        1
    }
}

impl Parcel for Event {
    fn bytes(&self) -> usize {
        self.weight()
    }

    fn items(&self) -> u64 {
        1
    }
}
