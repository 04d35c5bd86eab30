//! What an author writes.

use crate::{
    Configuration, Cycle, DataSourceOptions, Endpoints, HttpOptions, PollError, Schedule, Setup,
    Status,
};

/// A Dynatrace extension: where its endpoints are, and what polling one means.
///
/// ```no_run
/// use std::process::ExitCode;
/// use extyped::{Cycle, Endpoints, Extension, PollError, Status};
/// # mod manifest {
/// #     pub static MANIFEST: extyped::Manifest =
/// #         extyped::Manifest::new("custom:hosts", "1.0.0", &[], &[]);
/// # }
///
/// struct Hosts;
///
/// #[derive(serde::Deserialize)]
/// struct Config { hosts: Vec<String> }
///
/// impl Extension for Hosts {
///     type Config = Config;
///     type Endpoint = String;
///
///     fn endpoints(&self, config: &Config) -> Endpoints<String> {
///         config.hosts.iter().map(|host| (host, format!("https://{host}/health"))).collect()
///     }
///
///     async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
///         let health = cx.http().get(cx.endpoint()).text().await?; // `?` is status, event and next cycle
///         Ok(if health == "up" { Status::ok() } else { Status::warning(health) })
///     }
/// }
///
/// fn main() -> ExitCode {
///     extyped::run(Hosts, &manifest::MANIFEST)
/// }
/// ```
///
/// The methods may take as long as they like and may fail or panic as they
/// like: the runtime gives each its deadline, and what goes wrong in one
/// endpoint costs that endpoint one cycle. What it cannot help is code that
/// blocks its thread; `tokio::task::spawn_blocking` is for that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extension",
    label = "needs `impl Extension for {Self}`",
    note = "an extension says what to poll in `endpoints`, and how in `query`"
)]
pub trait Extension: Send + Sync + Sized + 'static {
    /// The monitoring configuration: `activation::Remote`, `activation::Local`
    /// or `activation::Activation`, made of the activation schema, or a type
    /// of your own that derives [`serde::Deserialize`], with
    /// [`SecretString`](crate::SecretString) for what must not be shown.
    type Config: Configuration;

    /// What `query` needs to know of the endpoint it polls. An extension with
    /// just one uses `()` and [`Endpoints::one`].
    type Endpoint: Send + Sync + 'static;

    /// What to poll. Called once, after [`initialize`](Self::initialize).
    fn endpoints(&self, config: &Self::Config) -> Endpoints<Self::Endpoint>;

    /// Polls one endpoint once.
    fn query(&self, cx: &Cycle<Self>) -> impl Future<Output = Result<Status, PollError>> + Send;

    /// Runs before anything is polled. While it fails nothing is polled, the
    /// error is the status of the extension, and it is tried again every
    /// minute. It may take five minutes; after 30 seconds the status says that
    /// it does.
    fn initialize(
        &self,
        cx: &Setup<Self>,
    ) -> impl Future<Output = Result<Status, PollError>> + Send {
        let _ = cx;
        async { Ok(Status::ok()) }
    }

    /// Says whether this configuration can work on this machine, without
    /// polling. It runs alone, in a process of its own.
    fn fastcheck(
        &self,
        cx: &Setup<Self>,
    ) -> impl Future<Output = Result<Status, PollError>> + Send {
        let _ = cx;
        async { Ok(Status::ok()) }
    }

    /// How the HTTP client is built: with a custom CA or another deadline, as
    /// the configuration asks for.
    fn http(&self, config: &Self::Config) -> HttpOptions {
        let _ = config;
        HttpOptions::new()
    }

    /// What the extension wants of the Extension Execution Controller beside
    /// the ordinary. Nothing if nothing is said.
    fn data_source(&self, config: &Self::Config) -> DataSourceOptions {
        let _ = config;
        DataSourceOptions::new()
    }

    /// Where metric lines wait on disk while the Extension Execution Controller
    /// or another sink does not take them. Nowhere if nothing is said.
    ///
    /// Each monitoring configuration gets a folder of its own in this one, named
    /// after its id. If an earlier process still uses it, lines are kept in
    /// memory only, and the status says so.
    #[cfg(feature = "spool")]
    fn spool(&self, config: &Self::Config) -> Option<crate::Spool> {
        let _ = config;
        None
    }

    /// What runs beside `query`, at its own pace. None if nothing is said.
    fn schedules(&self) -> Vec<Schedule<Self>> {
        Vec::new()
    }

    /// Runs last, when nothing is polled any more; the process ends a few
    /// seconds later whether it is done or not.
    fn shutdown(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}
