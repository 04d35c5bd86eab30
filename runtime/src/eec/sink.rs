//! The EEC as the receiver of everything that is reported.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::calls::LONG;
use super::client::Client;
use super::enrich::Identity;
use super::heartbeat::Heartbeat;
use super::levels;
use crate::levels::LogLevels;
use crate::sink::{MetricBatch, Receipt, Sending, Sink, SinkError, StatusRhythm};
use crate::{Event, LogEvent, StatusCode, StatusReport};

/// How long metrics and log events are gathered.
const PACE: Duration = Duration::from_secs(30);

/// Longer than any call takes: each has its own deadline, and may be made twice
/// when the token was renewed.
const DEADLINE: Duration = Duration::from_secs(2 * LONG.as_secs() + 5);

/// Sends to the EEC, and heeds what it answers to heartbeats.
pub(crate) struct EecSink {
    client: Arc<Client>,
    identity: Identity,
    enrich_logs: bool,
    levels: LogLevels,
    /// The level of the command line.
    default_level: LevelFilter,
    heard: Mutex<Heartbeat>,
}

impl EecSink {
    pub(crate) fn new(client: Arc<Client>, identity: Identity, levels: LogLevels) -> Self {
        EecSink {
            client,
            identity,
            enrich_logs: true,
            default_level: levels.get().extension,
            levels,
            heard: Mutex::default(),
        }
    }

    pub(crate) fn enriching_logs(mut self, enrich: bool) -> Self {
        self.enrich_logs = enrich;
        self
    }

    async fn heartbeat(&self, report: &StatusReport) -> Result<(), SinkError> {
        let beat = self.client.alive(report.status()).await;
        let heard = match beat {
            Ok(Ok(heard)) => heard,
            // Whoever answered, it was not the EEC.
            Ok(Err(problem)) => {
                self.client.mark_away();
                let error = SinkError::later(problem);
                return Err(error.with_code(StatusCode::EecConnectionError));
            }
            Err(error) => {
                self.client.mark_away();
                return Err(error);
            }
        };
        let name = &self.identity.extension;
        self.levels
            .set(levels::asked(&heard, name, self.default_level));
        let before = std::mem::replace(&mut *self.heard(), heard.clone());
        for task in heard
            .tasks
            .iter()
            .filter(|task| !before.tasks.contains(task))
        {
            tracing::info!("the EEC asks for the task `{task}`, which is none that is known here");
        }
        Ok(())
    }

    async fn send_logs(&self, batch: &[LogEvent]) -> Result<(), SinkError> {
        let config = self.heard().extension_configuration.clone();
        let logs: Vec<_> = batch
            .iter()
            .map(|log| self.identity.log(log, &config))
            .collect();
        self.client.logs("/logs", &logs, self.enrich_logs).await
    }

    async fn send_own_logs(&self, batch: &[LogEvent]) -> Result<(), SinkError> {
        if !self.identity.may_send_own_logs() {
            return Ok(());
        }
        let config = self.heard().extension_configuration.clone();
        let logs: Vec<_> = batch
            .iter()
            .map(|log| self.identity.own_log(log, &config))
            .collect();
        self.client.logs("/sfmlogs", &logs, true).await
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heartbeat> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for EecSink {
    fn name(&self) -> &'static str {
        "EEC"
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn status_rhythm(&self) -> StatusRhythm {
        StatusRhythm::Heartbeat
    }

    fn deadline(&self) -> Duration {
        DEADLINE
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        Box::pin(self.client.metrics(batch))
    }

    fn logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        Box::pin(self.send_logs(batch))
    }

    fn event<'a>(&'a self, event: &'a Event) -> Sending<'a, ()> {
        Box::pin(self.client.event(event))
    }

    fn self_monitoring<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        Box::pin(self.client.self_monitoring(batch))
    }

    fn self_monitoring_logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        Box::pin(self.send_own_logs(batch))
    }

    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        Box::pin(self.heartbeat(report))
    }
}
