//! Counts that the EEC turns into differences: told to it at the start, and
//! signaled when an extension wants the differences now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::client::Client;
use crate::RegisteredCount;
use crate::board::Board;
use crate::outbox::Outbox;
use crate::{MetricBatch, Status};

/// How long after a registration that failed the next is tried.
const AGAIN: Duration = Duration::from_secs(10);

/// What the status calls it.
const ABOUT: &str = "EEC, registering counts";

/// Registers the counts, and does so again whenever the EEC is back.
pub(crate) async fn keep_registered(client: &Client, counts: &[RegisteredCount], board: &Board) {
    let counts: BTreeMap<&str, &RegisteredCount> = counts
        .iter()
        .map(|count| (count.metric.as_str(), count))
        .collect();
    loop {
        while let Err(error) = client.register_counts(&counts).await {
            let message = format!(
                "{} cannot be registered, so the EEC does not work out what was added: {error}",
                counts.keys().copied().collect::<Vec<_>>().join(", ")
            );
            tracing::warn!("{message}");
            board.trouble(ABOUT, Status::new(error.code(), message), None);
            tokio::time::sleep(AGAIN).await;
        }
        board.clear_trouble(ABOUT);
        client.back().await;
    }
}

/// The counts whose differences an extension wants now.
#[derive(Debug, Default)]
pub(crate) struct CountSignals {
    wanted: Mutex<BTreeSet<String>>,
    wake: Notify,
}

impl CountSignals {
    pub(crate) fn add(&self, keys: BTreeSet<String>) {
        if !keys.is_empty() {
            self.wanted().extend(keys);
            self.wake.notify_one();
        }
    }

    fn wanted(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends what waits of the metrics and then the signal. A refusal is normal as
/// long as the EEC has not seen a count twice, so nothing is made of it.
pub(crate) async fn send_signals(
    client: &Client,
    signals: &CountSignals,
    metrics: &Outbox<MetricBatch>,
) {
    loop {
        signals.wake.notified().await;
        metrics.flush().await;
        let keys = std::mem::take(&mut *signals.wanted());
        if let Err(error) = client.signal_counts(&keys).await {
            tracing::debug!("the EEC takes no signal for {keys:?}: {error}");
        }
    }
}
