//! The runtime: what it is built from, and how it runs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::context::Context;
use crate::eec::CountSignals;
use crate::outlets::{METRIC_BYTES, Outlet, Outlets};
#[cfg(feature = "spool")]
use crate::poll::attempt;
use crate::redact::Redactor;
use crate::report::{EnabledMetrics, is_on};
use crate::self_monitoring::{self, SelfMonitoring};
use crate::senders::Senders;
use crate::setup;
use crate::sink::Sink;
#[cfg(feature = "spool")]
use crate::spool::SpoolChoice;
use crate::suggest::closest;
use crate::supervise;
use crate::{
    Activation, Clock, Extension, FirstRuns, HttpClient, Manifest, PollError, Status, StatusCode,
    Tally,
};

/// How long the end may take if nothing else is said.
const SHUTDOWN_DEADLINE: Duration = Duration::from_secs(5);

/// An extension with everything it needs to run.
///
/// [`run`](crate::run) is all that a `main` needs; this is for tests,
/// demonstrations and programs that run an extension as one part of several.
/// See [`MemorySink`](crate::MemorySink) for a test.
pub struct Runtime<E: Extension> {
    context: Arc<Context<E>>,
    #[cfg(feature = "spool")]
    spool: SpoolChoice,
    shutdown_deadline: Duration,
    cycles: Option<u64>,
}

/// Gathers what a [`Runtime`] is built from.
pub struct Builder<E: Extension> {
    extension: E,
    manifest: &'static Manifest,
    activation: Option<Activation<E::Config>>,
    installed: BTreeMap<String, Vec<String>>,
    registered: Arc<[bool]>,
    sinks: Vec<Arc<dyn Sink>>,
    http: Option<HttpClient>,
    clock: Option<Clock>,
    first_runs: FirstRuns,
    snapshot_file: Option<PathBuf>,
    redactor: Redactor,
    threads: Option<Handle>,
    metric_bytes: usize,
    #[cfg(feature = "spool")]
    spool: Option<crate::Spool>,
    configuration_id: String,
    shutdown_deadline: Duration,
    cycles: Option<u64>,
}

/// Why there is no [`Runtime`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum BuildError {
    /// No activation was given.
    NoActivation,
    /// The HTTP client cannot be built from the options of the extension.
    Http(PollError),
    /// Another process uses this folder as its [`Spool`](crate::Spool).
    #[cfg(feature = "spool")]
    SpoolInUse(PathBuf),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finished {
    /// The last status of the extension; `None` if nothing was ever known.
    pub status: Option<Status>,
    /// Lines, events and log events that reached no sink in time, by the name
    /// of the sink. What is on disk is not among them: it is sent after the
    /// next start.
    pub unsent: Vec<(String, u64)>,
    /// What became of everything that was reported, for each stream of each
    /// sink.
    pub tallies: Vec<Tally>,
}

impl Finished {
    /// How the process ends that only had this to do: as a failure if the
    /// status is an error.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match &self.status {
            Some(status) if status.code().is_error() => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        }
    }
}

impl<E: Extension> Runtime<E> {
    /// Begins with an extension and the manifest that its macro generated.
    pub fn builder(extension: E, manifest: &'static Manifest) -> Builder<E> {
        Builder {
            extension,
            manifest,
            activation: None,
            installed: BTreeMap::new(),
            registered: Arc::default(),
            sinks: Vec::new(),
            http: None,
            clock: None,
            first_runs: FirstRuns::at_once(),
            snapshot_file: None,
            redactor: Redactor::default(),
            threads: None,
            metric_bytes: METRIC_BYTES,
            #[cfg(feature = "spool")]
            spool: None,
            configuration_id: self_monitoring::DEVELOPMENT.to_owned(),
            shutdown_deadline: SHUTDOWN_DEADLINE,
            cycles: None,
        }
    }

    /// Polls until `shutdown` is done, or until every endpoint was polled as
    /// often as [`Builder::cycles`] says. Then running cycles are canceled,
    /// [`Extension::shutdown`] runs, and everything reported is sent, all
    /// within the shutdown deadline.
    ///
    /// Runs within a tokio runtime whose time and I/O are enabled.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Finished {
        let stop = CancellationToken::new();
        #[cfg(feature = "spool")]
        self.take_spool(&stop).await;
        let senders = Senders::start(&self.context.outlets);
        let mut polling = tokio::spawn(supervise::poll(
            Arc::clone(&self.context),
            self.cycles,
            stop.clone(),
        ));

        tokio::select! {
            () = shutdown => tracing::info!("shutting down"),
            _ = &mut polling => {}
            () = self.context.keep_telling_of_callbacks() => {}
        }
        stop.cancel();

        let now = Instant::now();
        // Half of the time is for the extension, the rest for what it reported.
        let half = now + self.shutdown_deadline / 2;
        if !polling.is_finished() {
            let _ = tokio::time::timeout_at(half, &mut polling).await;
        }
        self.shut_extension_down(half).await;
        self.context.tell_of_callbacks();
        senders
            .drain(&self.context.outlets, now + self.shutdown_deadline)
            .await;
        self.finish()
    }

    /// Runs [`Extension::fastcheck`] once and nothing else.
    pub async fn fastcheck(self) -> Finished {
        let status = setup::fastchecked(&setup::fastcheck(&self.context).await);
        self.context.outlets.board.set_setup(Some(status));
        let outlets = &self.context.outlets;
        let end = Instant::now() + self.shutdown_deadline;
        Senders::start(outlets).drain(outlets, end).await;
        self.finish()
    }

    /// The queues, for whoever sends them beside the sinks.
    pub(crate) fn outlets(&self) -> &Outlets {
        &self.context.outlets
    }

    /// Where callbacks say that the EEC shall work out differences.
    pub(crate) fn count_signals(&self) -> Arc<CountSignals> {
        Arc::clone(&self.context.count_signals)
    }

    /// Asks the extension for its spool, unless one was given, and takes it. In
    /// a task, because that is the author's code and touches a disk.
    #[cfg(feature = "spool")]
    async fn take_spool(&self, stop: &CancellationToken) {
        let (context, choice) = (Arc::clone(&self.context), self.spool.clone());
        let taking = async move {
            choice.take_effect(&context.outlets, || {
                context.extension.spool(&context.config)
            });
        };
        let context = &self.context;
        let limit = setup::OPTIONS_DEADLINE;
        let ended = attempt(&context.threads(), taking, &context.clock, limit, stop).await;
        if let Some(problem) = setup::problem("spool", limit, &ended) {
            tracing::error!("{problem}");
            let status = Status::new(StatusCode::GenericError, problem);
            context.outlets.board.trouble("spool", status, None);
        }
    }

    async fn shut_extension_down(&self, by: Instant) {
        let context = Arc::clone(&self.context);
        let limit = by.saturating_duration_since(Instant::now());
        let mut task = self
            .context
            .threads()
            .spawn(async move { context.extension.shutdown().await });
        match tokio::time::timeout(limit, &mut task).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => tracing::error!("shutdown panicked"),
            Err(_) => {
                task.abort();
                tracing::warn!("shutdown was not done in time and was canceled");
            }
        }
    }

    fn finish(&self) -> Finished {
        let outlets = &self.context.outlets;
        let mut unsent = Vec::new();
        let mut tallies = Vec::new();
        for outlet in &outlets.all {
            let of_sink = outlet.tallies();
            let spooled: u64 = of_sink.iter().map(Tally::spooled).sum();
            if spooled > 0 {
                let sink = outlet.sink.name();
                tracing::info!(
                    sink,
                    spooled,
                    "lines are on disk and are sent after the next start"
                );
            }
            let waiting = of_sink.iter().map(Tally::waiting).sum::<u64>() - spooled;
            if waiting > 0 {
                unsent.push((outlet.sink.name().to_owned(), waiting));
            }
            tallies.extend(of_sink);
        }
        for (sink, count) in &unsent {
            tracing::warn!(
                sink,
                count,
                "some of what was reported could not be sent in time"
            );
        }
        Finished {
            status: outlets.board.report(outlets.clock.now()).status,
            unsent,
            tallies,
        }
    }
}

impl<E: Extension> Builder<E> {
    /// The configuration and the feature sets to run with.
    #[must_use]
    pub fn activation(mut self, activation: Activation<E::Config>) -> Self {
        self.activation = Some(activation);
        self
    }

    /// The metric keys of each feature set of the extension that is installed,
    /// which need not be the one whose manifest was compiled in:
    /// `feature_sets_json` of the Extension Execution Controller.
    #[must_use]
    pub fn installed_feature_sets(mut self, sets: BTreeMap<String, Vec<String>>) -> Self {
        self.installed = sets;
        self
    }

    /// Adds a receiver. Each gets everything.
    #[must_use]
    pub fn sink(self, sink: impl Sink) -> Self {
        self.shared_sink(Arc::new(sink))
    }

    pub(crate) fn shared_sink(mut self, sink: Arc<dyn Sink>) -> Self {
        self.sinks.push(sink);
        self
    }

    /// Uses this client instead of one with the options of the extension.
    #[must_use]
    pub fn http(mut self, client: HttpClient) -> Self {
        self.http = Some(client);
        self
    }

    /// Takes the time from this clock instead of the system's.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// When each callback runs for the first time: at once if nothing is said.
    #[must_use]
    pub fn first_runs(mut self, first_runs: FirstRuns) -> Self {
        self.first_runs = first_runs;
        self
    }

    /// Reads the [`Snapshot`](crate::Snapshot) of processes from this file
    /// instead of the one that the `OneAgent` writes.
    #[must_use]
    pub fn snapshot_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.snapshot_file = Some(file.into());
        self
    }

    /// How many bytes of metric lines each sink may keep waiting: 16 MiB if
    /// nothing is said. What must be dropped is the oldest, and is counted in
    /// the status.
    #[must_use]
    pub fn metric_buffer(mut self, bytes: usize) -> Self {
        self.metric_bytes = bytes;
        self
    }

    /// Keeps metric lines on disk while a sink does not take them. Nothing of it
    /// applies to a fastcheck. [`Extension::spool`] is not asked then.
    #[cfg(feature = "spool")]
    #[must_use]
    pub fn spool(mut self, spool: crate::Spool) -> Self {
        self.spool = Some(spool);
        self
    }

    /// Which monitoring configuration this is, for what the runtime tells of
    /// its callbacks: `--monitoring_config_id` of the Extension Execution
    /// Controller; `development_config_id` if nothing is said.
    #[must_use]
    pub fn monitoring_configuration_id(mut self, id: impl Into<String>) -> Self {
        self.configuration_id = id.into();
        self
    }

    /// Ends after every callback of every endpoint had this many ticks.
    #[must_use]
    pub fn cycles(mut self, cycles: u64) -> Self {
        self.cycles = Some(cycles);
        self
    }

    /// How long the end may take: five seconds if nothing is said.
    #[must_use]
    pub fn shutdown_deadline(mut self, deadline: Duration) -> Self {
        self.shutdown_deadline = deadline;
        self
    }

    /// Sends running totals of some metrics as they are, by index, because the
    /// EEC turns them into differences.
    pub(crate) fn registered(mut self, registered: Arc<[bool]>) -> Self {
        self.registered = registered;
        self
    }

    /// Cuts secrets out of what else the process says, too.
    pub(crate) fn redactor(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    /// Runs the author's code there, so that it cannot block the runtime.
    pub(crate) fn callbacks_on(mut self, threads: Handle) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Builds the runtime.
    pub fn build(self) -> Result<Runtime<E>, BuildError> {
        let activation = self.activation.ok_or(BuildError::NoActivation)?;
        self.redactor.learn(activation.secrets);
        tell_of_unknown(&activation.unknown);
        let names = activation.feature_sets.as_deref();
        let enabled = EnabledMetrics::of_installed(self.manifest, names, &self.installed);
        let of_manifest = self.manifest.feature_sets;
        let installed = self.installed.keys().map(String::as_str);
        let newer = installed.filter(|set| !of_manifest.contains(set));
        let known: Vec<&str> = of_manifest.iter().copied().chain(newer).collect();
        let http = match self.http {
            Some(client) => client,
            None => HttpClient::new(self.extension.http(&activation.config))
                .map_err(BuildError::Http)?,
        };
        let clock = self.clock.unwrap_or_else(Clock::system);
        let board = Arc::new(Board::new(self.redactor.clone()));
        let metric_bytes = self.metric_bytes;
        let outlet = |sink| Outlet::new(sink, metric_bytes);
        #[cfg(feature = "spool")]
        let spool = SpoolChoice::of(self.spool, &self.configuration_id, &board)?;
        let outlets = Outlets {
            all: self.sinks.into_iter().map(outlet).map(Arc::new).collect(),
            board,
            clock: clock.clone(),
            redactor: self.redactor,
        };
        if let Some(names) = names {
            warn_of_unknown(names, &known, &outlets.board);
        }
        let (on, off): (Vec<&str>, Vec<&str>) =
            known.into_iter().partition(|set| is_on(set, names));
        if !off.is_empty() {
            tracing::info!(
                "the activation leaves these feature sets off, so their metrics are not sent: {}",
                off.join(", ")
            );
        }
        let installed_feature_sets = on.into_iter().map(str::to_owned).collect();
        Ok(Runtime {
            context: Arc::new(Context {
                extension: self.extension,
                config: activation.config,
                manifest: self.manifest,
                enabled,
                registered: self.registered,
                count_signals: Arc::default(),
                installed_feature_sets,
                http,
                clock,
                first_runs: self.first_runs,
                snapshot_file: self.snapshot_file,
                outlets,
                self_monitoring: SelfMonitoring::new(self.configuration_id),
                threads: self.threads,
            }),
            #[cfg(feature = "spool")]
            spool,
            shutdown_deadline: self.shutdown_deadline,
            cycles: self.cycles,
        })
    }
}

/// Says once which fields of the activation the schema does not have.
fn tell_of_unknown(fields: &BTreeMap<String, serde_json::Value>) {
    if !fields.is_empty() {
        let paths: Vec<&str> = fields.keys().map(String::as_str).collect();
        tracing::warn!(
            "the activation has fields that the activation schema does not: {}",
            paths.join(", ")
        );
    }
}

/// Says which feature sets of the activation the manifest does not have:
/// without a word a misspelt one would look like a device without metrics.
fn warn_of_unknown(names: &[String], known: &[&str], board: &Board) {
    let warnings: Vec<String> = names
        .iter()
        .filter_map(|name| unknown_feature_set(name, known))
        .collect();
    if warnings.is_empty() {
        return;
    }
    for warning in &warnings {
        tracing::warn!("{warning}");
    }
    let status = Status::new(StatusCode::Warning, warnings.join("; "));
    board.trouble("feature sets", status, None);
}

/// What is to say of a feature set that the manifest does not have.
fn unknown_feature_set(name: &str, known: &[&str]) -> Option<String> {
    // It is on whether or not the manifest has it.
    if name == "default" || known.contains(&name) {
        return None;
    }
    let quoted: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let has = match quoted.as_slice() {
        [] => "none".to_owned(),
        quoted => quoted.join(", "),
    };
    let advice = match closest(name, known.iter().copied()) {
        Some(close) => format!("did you mean `{close}`? its metrics are not sent"),
        None => "no metrics are sent for it: correct or remove the name".to_owned(),
    };
    Some(format!(
        "the activation names the feature set `{name}`, which the manifest does not have (it has \
         {has}): {advice}"
    ))
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::NoActivation => f.write_str(
                "there is no configuration to run with: give the builder an `activation(…)`",
            ),
            BuildError::Http(error) => error.fmt(f),
            #[cfg(feature = "spool")]
            BuildError::SpoolInUse(folder) => write!(
                f,
                "another process uses {} as its spool: give each process, and so each monitoring \
                 configuration, a folder of its own",
                folder.display()
            ),
        }
    }
}

impl std::error::Error for BuildError {}

// Neither shows the configuration, which may hold secrets.
impl<E: Extension> fmt::Debug for Runtime<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("extension", &self.context.manifest.name)
            .finish_non_exhaustive()
    }
}

impl<E: Extension> fmt::Debug for Builder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("extension", &self.manifest.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_feature_set_is_named_with_the_one_that_was_meant() {
        let known = ["default", "Printers"];
        assert_eq!(
            unknown_feature_set("printers", &known).as_deref(),
            Some(
                "the activation names the feature set `printers`, which the manifest does not have \
                 (it has `default`, `Printers`): did you mean `Printers`? its metrics are not sent"
            )
        );
        let far = unknown_feature_set("Scanners", &known).unwrap_or_default();
        assert!(far.ends_with("correct or remove the name"), "{far}");
        let none = unknown_feature_set("printers", &[]).unwrap_or_default();
        assert!(none.contains("(it has none)"), "{none}");
    }

    #[test]
    fn what_the_manifest_has_and_default_are_no_unknown_feature_sets() {
        let known = ["Printers"];
        assert_eq!(unknown_feature_set("Printers", &known), None);
        assert_eq!(unknown_feature_set("default", &[]), None);
    }

    #[test]
    fn the_status_says_which_feature_sets_are_unknown() {
        let known = ["Printers"];
        let board = Board::new(Redactor::default());
        warn_of_unknown(&["Printers".to_owned()], &known, &board);
        assert_eq!(board.report(Duration::ZERO).status, None);

        warn_of_unknown(&["printers".to_owned()], &known, &board);
        let status = board.report(Duration::ZERO).status.expect("a warning");
        assert_eq!(status.code(), StatusCode::Warning);
        assert!(
            status.message().contains("did you mean `Printers`?"),
            "{status}"
        );
    }
}
