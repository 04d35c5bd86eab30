//! What all callbacks of a process share.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::eec::CountSignals;
use crate::outlets::Outlets;
use crate::report::EnabledMetrics;
use crate::self_monitoring::{self, SelfMonitoring};
use crate::{Clock, Extension, FirstRuns, HttpClient, Manifest, PollError};

/// One per process.
pub(crate) struct Context<E: Extension> {
    pub(crate) extension: E,
    pub(crate) config: E::Config,
    pub(crate) manifest: &'static Manifest,
    pub(crate) enabled: EnabledMetrics,
    /// Feature sets that are on and that only the installed extension has.
    pub(crate) installed_feature_sets: BTreeSet<String>,
    /// Which metrics' running totals the EEC turns into differences.
    pub(crate) registered: Arc<[bool]>,
    pub(crate) count_signals: Arc<CountSignals>,
    pub(crate) http: HttpClient,
    pub(crate) clock: Clock,
    pub(crate) first_runs: FirstRuns,
    /// Where the snapshot of processes is, if not where the `OneAgent` has it.
    pub(crate) snapshot_file: Option<PathBuf>,
    pub(crate) outlets: Outlets,
    pub(crate) self_monitoring: SelfMonitoring,
    /// Where the author's code runs, if that is not where the runtime does.
    pub(crate) threads: Option<Handle>,
}

impl<E: Extension> Context<E> {
    /// Where the author's code runs.
    pub(crate) fn threads(&self) -> Handle {
        self.threads.clone().unwrap_or_else(Handle::current)
    }

    /// Queues what there is to tell of the callbacks.
    pub(crate) fn tell_of_callbacks(&self) {
        let threads = self_monitoring::threads([&Handle::current(), &self.threads()]);
        let lines = self.self_monitoring.lines(threads);
        self.outlets.self_monitoring(&lines);
    }

    /// Does so at the start and every minute.
    pub(crate) async fn keep_telling_of_callbacks(&self) {
        let mut next = self.clock.now();
        loop {
            self.tell_of_callbacks();
            next += self_monitoring::PACE;
            self.clock.sleep_until(next).await;
        }
    }

    /// Whether the EEC works out what is added to this count.
    pub(crate) fn is_registered(&self, metric: &str) -> bool {
        let metrics = self.manifest.metrics.iter().zip(self.registered.iter());
        metrics
            .into_iter()
            .any(|(known, registered)| *registered && known.key == metric)
    }

    pub(crate) fn is_enabled(&self, feature_set: &str) -> bool {
        feature_set == "default"
            || self
                .manifest
                .feature_sets
                .iter()
                .position(|name| *name == feature_set)
                .is_some_and(|index| self.enabled.feature_set(index))
            || self.installed_feature_sets.contains(feature_set)
    }
}

/// An error of the author's own making is no fault of an endpoint.
pub(crate) fn mistake(message: String) -> PollError {
    PollError::other(message).with_event(false)
}
