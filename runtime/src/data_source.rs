//! An extension under an Extension Execution Controller (EEC), from what that
//! tells it at its start to the end of the process.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::arguments::Arguments;
use crate::board::Board;
use crate::eec::{
    Client, Configuration, EecSink, Identity, Tcp, Token, keep_cluster_time, keep_registered,
    send_signals,
};
use crate::levels::LogLevels;
use crate::outlets::{METRIC_BYTES, Outlet, Outlets};
use crate::poll::{Ended, attempt};
use crate::redact::Redactor;
use crate::registered_count::{RegisteredCount, unregistrable};
use crate::senders::Senders;
use crate::setup::{OPTIONS_DEADLINE, problem};
use crate::{
    Activation, BuildError, Clock, DataSourceOptions, Extension, Finished, FirstRuns, Manifest,
    Runtime, Status, StatusCode,
};

/// How long the last status of a process that cannot run may take.
const LAST_STATUS: Duration = Duration::from_secs(5);

/// What an EEC gives a process when it starts it, and what the process decides
/// for itself. Clones are the same.
#[derive(Clone)]
pub(crate) struct DataSource {
    pub(crate) client: Arc<Client>,
    /// `--monitoring_config_id`.
    pub(crate) configuration_id: String,
    pub(crate) levels: LogLevels,
    pub(crate) redactor: Redactor,
    /// Where the author's code runs, if not where the runtime does.
    pub(crate) callbacks: Option<Handle>,
    pub(crate) clock: Clock,
    pub(crate) first_runs: FirstRuns,
}

/// How a data source ended.
#[derive(Debug)]
pub(crate) enum Served {
    /// It did what it was started for, or said why it could not.
    Finished(Finished),
    /// It was asked to end before it had a configuration.
    Asked,
    /// It got no configuration, for this reason.
    Unconfigured(String),
}

/// An extension that can run.
struct Ready<E: Extension> {
    runtime: Runtime<E>,
    registered: Vec<RegisteredCount>,
}

impl DataSource {
    /// What the arguments of an EEC say. The error says which is missing or
    /// wrong.
    pub(crate) fn of_arguments(
        arguments: &Arguments,
        levels: LogLevels,
        redactor: Redactor,
        callbacks: Handle,
    ) -> Result<Self, String> {
        fn given<'a, T: ?Sized>(argument: Option<&'a T>, name: &str) -> Result<&'a T, String> {
            argument.ok_or_else(|| {
                format!(
                    "{name} is missing: with --dsid this process expects all arguments of the \
                     Extension Execution Controller; leave --dsid out for development mode"
                )
            })
        }
        let id = given(arguments.data_source_id.as_deref(), "--dsid")?;
        let url = given(arguments.url.as_deref(), "--url")?;
        let token = given(arguments.token.as_deref(), "--idtoken")?;
        let configuration_id = arguments.monitoring_configuration_id.clone();
        Ok(DataSource {
            client: Arc::new(Client::new(Arc::new(Tcp), url, id, Token::of_file(token)?)?),
            configuration_id: configuration_id.unwrap_or_default(),
            levels,
            redactor,
            callbacks: Some(callbacks),
            clock: Clock::system(),
            first_runs: FirstRuns::spread(),
        })
    }

    /// Polls until `shutdown`.
    pub(crate) async fn run<E: Extension>(
        &self,
        extension: E,
        manifest: &'static Manifest,
        shutdown: impl Future<Output = ()>,
    ) -> Served {
        let mut shutdown = pin!(shutdown);
        let configuration = tokio::select! {
            asked = Configuration::ask(&self.client) => match asked {
                Ok(configuration) => configuration,
                Err(why) => return Served::Unconfigured(why),
            },
            () = &mut shutdown => return Served::Asked,
        };
        let identity = identity(&configuration, manifest);
        let ready = tokio::select! {
            ready = self.ready(extension, manifest, configuration) => ready,
            () = &mut shutdown => return Served::Asked,
        };
        Served::Finished(match ready {
            Ok(ready) => {
                let _beside = self.beside(&ready);
                ready.runtime.run(shutdown).await
            }
            Err(status) => self.tell(identity, status, shutdown).await,
        })
    }

    /// Runs the fastcheck, tells its status, and nothing else.
    pub(crate) async fn fastcheck<E: Extension>(
        &self,
        extension: E,
        manifest: &'static Manifest,
    ) -> Served {
        let configuration = match Configuration::ask(&self.client).await {
            Ok(configuration) => configuration,
            Err(why) => return Served::Unconfigured(why),
        };
        let identity = identity(&configuration, manifest);
        Served::Finished(match self.ready(extension, manifest, configuration).await {
            Ok(ready) => ready.runtime.fastcheck().await,
            Err(status) => self.tell(identity, status, std::future::ready(())).await,
        })
    }

    /// An extension that can run, or what to say because it cannot.
    async fn ready<E: Extension>(
        &self,
        extension: E,
        manifest: &'static Manifest,
        configuration: Configuration,
    ) -> Result<Ready<E>, Status> {
        let threads = self.callbacks.clone().unwrap_or_else(Handle::current);
        let source = self.clone();
        // In a task, because some of it is the author's code, which may panic
        // and may not come back.
        let building = async move { source.build(extension, manifest, &configuration) };
        let stop = CancellationToken::new();
        let ended = attempt(&threads, building, &self.clock, OPTIONS_DEADLINE, &stop).await;
        let problem = problem("`http` or `data_source`", OPTIONS_DEADLINE, &ended);
        match ended {
            Ended::Returned(ready) => ready,
            _ => Err(Status::new(
                StatusCode::GenericError,
                problem.unwrap_or_default(),
            )),
        }
    }

    fn build<E: Extension>(
        &self,
        extension: E,
        manifest: &'static Manifest,
        configuration: &Configuration,
    ) -> Result<Ready<E>, Status> {
        let activation = Activation::from_json(&configuration.activation)
            .map_err(|error| error.status())?
            .with_secrets([self.client.secret()]);
        let DataSourceOptions {
            registered,
            enrich_logs,
        } = extension.data_source(activation.config());
        if let Some(problem) = unregistrable(&registered, manifest) {
            return Err(Status::new(StatusCode::GenericError, problem));
        }
        let is_registered = |key: &str| registered.iter().any(|count| count.metric == key);
        let metrics = manifest.metrics.iter();
        let sent_as_they_are = metrics.map(|metric| is_registered(metric.key)).collect();
        let sink = self.sink(identity(configuration, manifest));
        let mut builder = Runtime::builder(extension, manifest)
            .activation(activation)
            .installed_feature_sets(configuration.feature_sets.clone())
            .registered(sent_as_they_are)
            .redactor(self.redactor.clone())
            .monitoring_configuration_id(self.configuration_id.clone())
            .clock(self.clock.clone().awaiting_cluster_time())
            .first_runs(self.first_runs)
            .sink(sink.enriching_logs(enrich_logs));
        if let Some(threads) = &self.callbacks {
            builder = builder.callbacks_on(threads.clone());
        }
        let runtime = builder.build().map_err(|error| match error {
            BuildError::Http(error) => error.status(),
            other => Status::new(StatusCode::GenericError, other.to_string()),
        })?;
        if let Some(told) = configuration.other_extension(manifest.name) {
            tracing::warn!("{told}");
            let board = &runtime.outlets().board;
            board.trouble("EEC, extension", Status::warning(told), None);
        } else if let Some(told) = configuration.other_version(manifest.version) {
            tracing::warn!("{told}");
        }
        Ok(Ready {
            runtime,
            registered,
        })
    }

    /// What goes on beside polling and sending, until it is dropped.
    fn beside<E: Extension>(&self, ready: &Ready<E>) -> Vec<AbortOnDropHandle<()>> {
        let outlets = ready.runtime.outlets();
        let mut tasks = Vec::new();
        let (client, clock) = (Arc::clone(&self.client), self.clock.clone());
        tasks.push(tokio::spawn(async move {
            keep_cluster_time(&client, &clock).await;
        }));
        if !ready.registered.is_empty() {
            let (client, counts) = (Arc::clone(&self.client), ready.registered.clone());
            let board = Arc::clone(&outlets.board);
            tasks.push(tokio::spawn(async move {
                keep_registered(&client, &counts, &board).await;
            }));
        }
        let (client, signals) = (Arc::clone(&self.client), ready.runtime.count_signals());
        let outlet = outlets.all.first().cloned();
        tasks.extend(outlet.map(|outlet| {
            tokio::spawn(async move {
                send_signals(&client, &signals, &outlet.metrics).await;
            })
        }));
        tasks.into_iter().map(AbortOnDropHandle::new).collect()
    }

    /// Says at every heartbeat what keeps the extension from running, until
    /// `shutdown`: a process that ends is only started again, and nobody is
    /// told why.
    async fn tell(
        &self,
        identity: Identity,
        status: Status,
        shutdown: impl Future<Output = ()>,
    ) -> Finished {
        tracing::error!("{status}");
        self.redactor.learn([self.client.secret()]);
        let sink = Arc::new(self.sink(identity));
        let outlets = Outlets {
            all: vec![Arc::new(Outlet::new(sink, METRIC_BYTES))],
            board: Arc::new(Board::new(self.redactor.clone())),
            clock: self.clock.clone(),
            redactor: self.redactor.clone(),
        };
        outlets.board.set_setup(Some(status));
        let senders = Senders::start(&outlets);
        shutdown.await;
        senders.drain(&outlets, Instant::now() + LAST_STATUS).await;
        Finished {
            status: outlets.board.report(outlets.clock.now()).status,
            tallies: Vec::new(),
            unsent: Vec::new(),
        }
    }

    fn sink(&self, identity: Identity) -> EecSink {
        EecSink::new(Arc::clone(&self.client), identity, self.levels.clone())
    }
}

/// What log events say of this process.
fn identity(configuration: &Configuration, manifest: &Manifest) -> Identity {
    let heading = configuration.heading();
    Identity {
        extension: manifest.name.to_owned(),
        version: match heading.version {
            unsaid if unsaid.is_empty() => manifest.version.to_owned(),
            version => version,
        },
        configuration: heading.description,
    }
}
