//! What an extension is started with.

use std::sync::{Arc, OnceLock};

use extyped_simulator::Simulator;
use serde::Serialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::level_filters::LevelFilter;

use super::Eec;
use super::log::Log;
use super::pipe::Pipe;
use crate::data_source::{DataSource, Served};
use crate::eec::{Client, Token};
use crate::levels::{Levels, LogLevels};
use crate::paused_clock::is_paused;
use crate::redact::Redactor;
use crate::{Clock, Extension, FirstRuns, Manifest, Timestamp};

/// 2027-01-15, 08:00:00 UTC.
const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// How many bytes of what came in are kept, at most: room for some million
/// lines. Nothing is taken before it is needed.
const MEMORY: usize = 1024 * 1024 * 1024;

/// Gathers what an extension is started with; from [`Eec::builder`].
#[derive(Debug)]
pub struct Builder {
    manifest: &'static Manifest,
    config: Value,
    feature_sets: Vec<String>,
    start: Timestamp,
    first_runs: FirstRuns,
}

impl Builder {
    pub(super) fn new(manifest: &'static Manifest) -> Self {
        let feature_sets = manifest.feature_sets.iter();
        Builder {
            manifest,
            config: json!({}),
            feature_sets: feature_sets.map(|&set| set.to_owned()).collect(),
            start: START,
            // Half a minute after the start, so that after some minutes there
            // were as many polls, and all is sent.
            first_runs: FirstRuns::spread_from(25),
        }
    }

    /// What the operator filled in: the content of `pythonRemote` in the
    /// activation, `{}` if nothing is said.
    ///
    /// # Panics
    ///
    /// If it cannot be written as JSON.
    #[must_use]
    pub fn config(mut self, config: impl Serialize) -> Self {
        self.config = serde_json::to_value(config)
            .unwrap_or_else(|error| panic!("the configuration is none in JSON: {error}"));
        self
    }

    /// The feature sets that the activation turns on, besides `default`: all
    /// if nothing is said.
    ///
    /// # Panics
    ///
    /// If the manifest does not have one of them.
    #[must_use]
    #[track_caller]
    pub fn feature_sets<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.feature_sets = names.into_iter().map(Into::into).collect();
        let known = self.manifest.feature_sets;
        for name in &self.feature_sets {
            assert!(
                known.contains(&name.as_str()),
                "the manifest has no feature set `{name}`: it has {known:?}"
            );
        }
        self
    }

    /// What time it is when the test begins: 08:00 UTC of a day in January
    /// 2027 if nothing is said.
    #[must_use]
    pub fn starting_at(mut self, time: Timestamp) -> Self {
        self.start = time;
        self
    }

    /// When each callback runs for the first time: spread over the first
    /// minute, always in the same way, if nothing is said. The callback of a
    /// single endpoint runs at second 30 of each minute then, so that after
    /// three minutes it was polled three times, and all of it was sent.
    #[must_use]
    pub fn first_runs(mut self, first_runs: FirstRuns) -> Self {
        self.first_runs = first_runs;
        self
    }

    /// Starts the extension. Nothing happens before the test awaits something,
    /// so that faults injected now are there from the first call on.
    ///
    /// # Panics
    ///
    /// If the clock of the test is not paused.
    #[track_caller]
    pub fn start<E: Extension>(self, extension: E) -> Eec {
        let manifest = self.manifest;
        self.launch(move |source, shutdown| async move {
            let shutdown = shutdown.cancelled();
            source.run(extension, manifest, shutdown).await
        })
    }

    /// Starts the extension for a fastcheck, and waits for its end.
    /// [`Eec::status`] is what it said.
    ///
    /// # Panics
    ///
    /// If the clock of the test is not paused.
    #[track_caller]
    pub fn fastcheck<E: Extension>(self, extension: E) -> impl Future<Output = Eec> {
        let manifest = self.manifest;
        let eec = self
            .launch(move |source, _| async move { source.fastcheck(extension, manifest).await });
        async move {
            eec.end().await;
            eec
        }
    }

    #[track_caller]
    fn launch<F>(self, run: impl FnOnce(DataSource, CancellationToken) -> F) -> Eec
    where
        F: Future<Output = Served> + Send + 'static,
    {
        assert!(
            is_paused(),
            "the clock of this test is not paused, so that an hour would take one: write \
             #[tokio::test(start_paused = true)]"
        );
        let simulator = self.simulator();
        let redactor = Redactor::default();
        let levels = LogLevels::new(Levels::both(LevelFilter::INFO));
        let clock = Clock::starting_at(self.start);
        let log = Log::start(&levels, &redactor, &clock);
        let source = DataSource {
            client: Arc::new(client(&simulator)),
            configuration_id: "test".to_owned(),
            levels,
            redactor,
            callbacks: None,
            clock: clock.clone(),
            first_runs: self.first_runs,
        };
        let shutdown = CancellationToken::new();
        let running = run(source, shutdown.clone());
        let served = Arc::new(OnceLock::new());
        let slot = Arc::clone(&served);
        let ended = CancellationToken::new();
        let guard = ended.clone().drop_guard();
        let task = tokio::spawn(async move {
            // Also when it panics.
            let _guard = guard;
            let _ = slot.set(running.await);
        });
        Eec::new(
            simulator,
            self.manifest,
            self.feature_sets,
            log,
            clock,
            super::eec::Process {
                shutdown,
                served,
                ended,
                _task: AbortOnDropHandle::new(task),
            },
        )
    }

    fn simulator(&self) -> Simulator {
        let manifest = self.manifest;
        let Manifest { name, version, .. } = manifest;
        let activation = json!({
            "enabled": true,
            "description": "test",
            "version": version,
            "featureSets": self.feature_sets,
            "pythonRemote": self.config,
        });
        let keys = manifest.metrics.iter().map(|metric| metric.key);
        let mut builder = Simulator::builder()
            .activation(activation.to_string())
            .extension_yaml(format!("name: {name}\nversion: {version}\n"))
            .extension_name(*name)
            .metrics(keys)
            .starting_at(self.start.as_millis())
            .memory(MEMORY);
        for (index, set) in manifest.feature_sets.iter().enumerate() {
            let metrics = manifest.metrics.iter();
            let of_set = metrics.filter(|metric| metric.feature_sets.contains(&index));
            builder = builder.feature_set(*set, of_set.map(|metric| metric.key));
        }
        builder.build()
    }
}

/// The client of the extension. The simulator renews the token as an EEC
/// renews its file.
fn client(simulator: &Simulator) -> Client {
    let file = simulator.clone();
    let client = Token::read_by(move || Ok(file.token())).and_then(|token| {
        let pipe = Arc::new(Pipe(simulator.clone()));
        let id = simulator.data_source_id();
        Client::new(pipe, &simulator.url("eec.test"), id, token)
    });
    client.unwrap_or_else(|error| panic!("a mistake in extyped: {error}"))
}
