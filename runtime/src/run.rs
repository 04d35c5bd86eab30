//! `main` in one call.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::activation::secrets_file;
use crate::arguments::{Arguments, HELP};
use crate::redact::Redactor;
use crate::sink::{LocalIngestSink, Sink, StdoutSink};
use crate::status_report::StatusReport;
use crate::{
    Activation, BuildError, Extension, Finished, Manifest, Runtime, Status, logging, open_files,
    shutdown,
};

/// How many threads the author's code has. A callback that blocks one by
/// mistake leaves the other; and the runtime itself, with everything it sends,
/// is on a third that no author's code runs on.
const THREADS: usize = 2;

/// Runs an extension until the process is asked to end, and says how `main`
/// ends.
///
/// Started by hand it is in development mode: it reads `activation.json`, with
/// `{{name}}` replaced by the secrets of `secrets.json`, polls at once, and
/// prints what it would send. Feature sets follow the activation; without
/// `featureSets` in it all are on.
///
/// | argument | meaning |
/// |---|---|
/// | `--activationconfig FILE` | the activation, `activation.json` |
/// | `--secrets FILE` | an object of names and secrets, `secrets.json` if it is there |
/// | `--local-ingest` | sends metrics to the `OneAgent` on this machine as well |
/// | `--local-ingest-port PORT` | where it listens, 14499 |
/// | `--no-print-metrics` | prints everything but metrics |
/// | `--loglevel LEVEL` | `error`, `warn`, `info`, `debug` or `trace` |
/// | `--fastcheck` | checks the configuration with `fastcheck` and ends |
///
/// `--help` prints them. Others are ignored; one that looks like a slip is
/// warned of. The exit code is 0 after a shutdown that was asked for and a
/// fastcheck without an error, 2 for a wrong argument, and 1 for everything
/// else. A second signal ends the process at once.
pub fn run<E: Extension>(extension: E, manifest: &'static Manifest) -> ExitCode {
    let redactor = Redactor::default();
    let arguments = match Arguments::parse(arguments()) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _log = logging::start(tracing::level_filters::LevelFilter::INFO, &redactor);
            tracing::error!("{}", error.0);
            return ExitCode::from(2);
        }
    };
    if arguments.help && arguments.data_source_id.is_none() {
        // Whoever closed standard output does not want to read it.
        let _ = io::stdout().write_all(HELP.as_bytes());
        return ExitCode::SUCCESS;
    }
    let _log = logging::start(arguments.log_level, &redactor);
    if arguments.data_source_id.is_some() {
        tracing::error!(
            "--dsid says that the Extension Execution Controller started this process, but this \
             version of extyped does not speak to it yet: start the extension without --dsid for \
             development mode"
        );
        return ExitCode::FAILURE;
    }
    for slip in arguments.slips() {
        tracing::warn!("{slip}");
    }
    open_files::ask();
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name(manifest.name)
        .enable_all()
        .build();
    let own = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (threads, own) = match (threads, own) {
        (Ok(threads), Ok(own)) => (threads, own),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!("the process cannot start its threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let callbacks = threads.handle().clone();
    let code = own.block_on(develop(extension, manifest, arguments, redactor, callbacks));
    // A callback that blocks its thread may never end; the process does.
    threads.shutdown_background();
    own.shutdown_background();
    code
}

/// What is no Unicode is no argument we know, and its replacement is none
/// either.
fn arguments() -> impl Iterator<Item = String> {
    std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
}

/// Development mode.
async fn develop<E: Extension>(
    extension: E,
    manifest: &'static Manifest,
    arguments: Arguments,
    redactor: Redactor,
    callbacks: Handle,
) -> ExitCode {
    let mut console = StdoutSink::new();
    if !arguments.print_metrics {
        console = console.without_metrics();
    }
    let console: Arc<dyn Sink> = Arc::new(console);

    let secrets = secrets_file(arguments.secrets);
    let activation = match Activation::from_files(&arguments.activation, secrets.as_deref()) {
        Ok(activation) => activation,
        Err(error) => return fail(console.as_ref(), error.status()).await,
    };
    let mut builder = Runtime::builder(extension, manifest)
        .activation(activation)
        .redactor(redactor)
        .snapshot_file("snapshot.json")
        .callbacks_on(callbacks)
        .shared_sink(Arc::clone(&console));
    if let Some(port) = arguments.local_ingest {
        match LocalIngestSink::new(port) {
            Ok(sink) => builder = builder.sink(sink),
            Err(error) => {
                let status = Status::new(error.code(), error.message().to_owned());
                return fail(console.as_ref(), status).await;
            }
        }
    }
    let runtime = match builder.build() {
        Ok(runtime) => runtime,
        Err(BuildError::Http(error)) => return fail(console.as_ref(), error.status()).await,
        Err(error) => {
            tracing::error!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if arguments.fastcheck {
        return exit_code(&runtime.fastcheck().await);
    }
    runtime.run(signaled()).await;
    ExitCode::SUCCESS
}

/// Done at the first signal; the second ends the process.
async fn signaled() {
    if let Err(error) = shutdown::requested().await {
        tracing::error!("signals cannot be received, so only killing ends this process: {error}");
        std::future::pending::<()>().await;
    }
    tokio::spawn(async {
        if shutdown::requested().await.is_ok() {
            tracing::warn!("asked a second time: ending at once, without sending what is left");
            std::process::exit(1);
        }
    });
}

/// Puts up the status of an extension that cannot run.
async fn fail(console: &dyn Sink, status: Status) -> ExitCode {
    tracing::error!("{status}");
    let report = StatusReport {
        status: Some(status),
        endpoints: Vec::new(),
        changes: Vec::new(),
    };
    // If nobody reads the console, the log has it.
    if console.status(&report).await.is_ok() {
        let _ = console.finish().await;
    }
    ExitCode::FAILURE
}

fn exit_code(finished: &Finished) -> ExitCode {
    match &finished.status {
        Some(status) if status.code().is_error() => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
