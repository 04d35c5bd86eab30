//! What is sent to a sink: streams of their own, so that none waits for
//! another.

use crate::outbox::{Left, Outbox, Parcel};
use crate::outlets::Outlet;
use crate::sink::{MetricBatch, Receipt, Sending, Sink};
use crate::{Event, LogEvent, Timestamp};

/// What is sent, and how much of it at once.
pub(crate) trait Stream {
    type Parcel: Parcel + Send + Sync;
    const NAME: &'static str;
    /// One of the things that it carries.
    const ITEM: &'static str;
    const MAX_ITEMS: u64;
    const MAX_BYTES: usize;
    /// Whether it is gathered at the pace of the sink, or sent as it comes.
    const GATHERED: bool;

    fn outbox(outlet: &Outlet) -> &Outbox<Self::Parcel>;

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [Self::Parcel]) -> Sending<'a, Receipt>;

    /// What it has on disk.
    #[cfg(feature = "spool")]
    fn backlog(_: &Outlet) -> Option<&crate::spool::Backlog> {
        None
    }

    /// What there is of a parcel without what is older than this.
    fn since(_: &Self::Parcel, _: Timestamp) -> Left<Self::Parcel> {
        Left::All
    }

    /// Whether any of the parcels has lines of this metric.
    fn has_metric(_: &[Self::Parcel], _: &str) -> bool {
        false
    }
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
    const ITEM: &'static str = "line";
    const MAX_ITEMS: u64 = extyped_line::limits::BATCH_LINES as u64;
    const MAX_BYTES: usize = extyped_line::limits::BATCH_BYTES;
    const GATHERED: bool = true;

    fn outbox(outlet: &Outlet) -> &Outbox<MetricBatch> {
        &outlet.metrics
    }

    #[cfg(feature = "spool")]
    fn backlog(outlet: &Outlet) -> Option<&crate::spool::Backlog> {
        outlet.backlog.get()
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [MetricBatch]) -> Sending<'a, Receipt> {
        Box::pin(async move { sink.metrics(&MetricBatch::join(parcels)).await })
    }

    fn since(parcel: &MetricBatch, oldest: Timestamp) -> Left<MetricBatch> {
        parcel.since(oldest)
    }

    fn has_metric(parcels: &[MetricBatch], key: &str) -> bool {
        parcels.iter().any(|parcel| parcel.has_metric(key))
    }
}

impl Stream for Logs {
    type Parcel = LogEvent;
    const NAME: &'static str = "log events";
    const ITEM: &'static str = "log event";
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
    const ITEM: &'static str = "urgent log event";
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
    const ITEM: &'static str = "event";
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
    const ITEM: &'static str = "self-monitoring line";
    const MAX_ITEMS: u64 = Metrics::MAX_ITEMS;
    const MAX_BYTES: usize = Metrics::MAX_BYTES;
    const GATHERED: bool = false;

    fn outbox(outlet: &Outlet) -> &Outbox<MetricBatch> {
        &outlet.self_monitoring
    }

    fn send<'a>(sink: &'a dyn Sink, parcels: &'a [MetricBatch]) -> Sending<'a, Receipt> {
        Box::pin(async move { sink.self_monitoring(&MetricBatch::join(parcels)).await })
    }

    fn since(parcel: &MetricBatch, oldest: Timestamp) -> Left<MetricBatch> {
        Metrics::since(parcel, oldest)
    }

    fn has_metric(parcels: &[MetricBatch], key: &str) -> bool {
        Metrics::has_metric(parcels, key)
    }
}

impl Stream for SelfMonitoringLogs {
    type Parcel = LogEvent;
    const NAME: &'static str = "self-monitoring logs";
    const ITEM: &'static str = "self-monitoring log event";
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
