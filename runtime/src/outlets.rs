//! From one report to the outboxes of every sink.

use std::sync::Arc;
use std::time::Duration;

use extyped_line::Lines;

use crate::board::Board;
use crate::outbox::{Outbox, Parcel};
use crate::redact::Redactor;
use crate::sink::{self, MetricBatch, Sink};
use crate::{Clock, Event, LogEvent, Status, text};

/// How much each stream of each sink may keep.
pub(crate) const METRIC_BYTES: usize = 16 * 1024 * 1024;
const LOG_BYTES: usize = 8 * 1024 * 1024;
const URGENT_LOG_BYTES: usize = 1024 * 1024;
const EVENT_BYTES: usize = 1024 * 1024;
const SELF_MONITORING_BYTES: usize = 1024 * 1024;

/// How long the status tells of what was dropped.
const TOLD: Duration = Duration::from_mins(10);

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
        }
    }

    /// How many items of all streams wait.
    pub(crate) fn waiting(&self) -> u64 {
        self.metrics.waiting()
            + self.logs.waiting()
            + self.urgent_logs.waiting()
            + self.events.waiting()
            + self.self_monitoring.waiting()
            + self.self_monitoring_logs.waiting()
    }
}

impl Outlets {
    /// Queues lines, and says how many are too long ever to be sent.
    pub(crate) fn metrics(&self, lines: Lines) -> usize {
        let (parcels, refused) = sink::parcels(lines);
        for outlet in &self.all {
            self.put(outlet, "line", &outlet.metrics, parcels.iter().cloned());
        }
        refused
    }

    pub(crate) fn event(&self, mut event: Event) {
        event.scrub(|text| self.redactor.scrub(text));
        for outlet in &self.all {
            self.put(outlet, "event", &outlet.events, [event.clone()]);
        }
    }

    pub(crate) fn log(&self, mut log: LogEvent) {
        log.scrub(|text| self.redactor.scrub(text));
        for outlet in &self.all {
            if log.is_urgent() {
                let urgent = &outlet.urgent_logs;
                self.put(outlet, "urgent log event", urgent, [log.clone()]);
            } else {
                self.put(outlet, "log event", &outlet.logs, [log.clone()]);
            }
        }
    }

    /// Queues lines in which the runtime tells of itself.
    pub(crate) fn self_monitoring(&self, lines: &Lines) {
        let (parcels, _) = sink::parcels(lines.clone());
        for outlet in &self.all {
            let parcels = parcels.iter().cloned();
            self.put(
                outlet,
                "self-monitoring line",
                &outlet.self_monitoring,
                parcels,
            );
        }
    }

    /// Queues a log event in which the runtime tells of itself, for all sinks.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "statuses are told to each sink by itself")
    )]
    pub(crate) fn self_monitoring_log(&self, log: &LogEvent) {
        for outlet in &self.all {
            self.self_monitoring_log_to(outlet, log.clone());
        }
    }

    /// Queues a log event in which the runtime tells of itself, for one sink.
    pub(crate) fn self_monitoring_log_to(&self, outlet: &Outlet, mut log: LogEvent) {
        log.scrub(|text| self.redactor.scrub(text));
        self.put(
            outlet,
            "self-monitoring log event",
            &outlet.self_monitoring_logs,
            [log],
        );
    }

    fn put<T: Parcel>(
        &self,
        outlet: &Outlet,
        noun: &str,
        outbox: &Outbox<T>,
        parcels: impl IntoIterator<Item = T>,
    ) {
        let before = outbox.counts().dropped;
        for parcel in parcels {
            outbox.push(parcel);
        }
        let dropped = outbox.counts().dropped;
        if dropped > before {
            let sink = outlet.sink.name();
            let message = format!(
                "{} dropped since the start, the oldest first: the buffer of {} is full because {sink} \
                 does not take them",
                text::count(dropped, noun),
                text::size(outbox.limit()),
            );
            if before == 0 {
                tracing::warn!(sink, "{message}");
            }
            self.board.trouble(
                &format!("{sink}, {noun}s"),
                Status::warning(message),
                Some(self.clock.now() + TOLD),
            );
        }
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
