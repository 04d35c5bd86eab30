//! `main` in one call.

use std::io::{self, Write as _};
use std::process::ExitCode;

use tracing::level_filters::LevelFilter;

use crate::arguments::{Arguments, HELP};
use crate::data_source::{DataSource, Served};
use crate::levels::{Levels, LogLevels};
use crate::redact::Redactor;
use crate::shutdown::signaled;
use crate::{Extension, Manifest, develop, logging, open_files};

/// How many threads the author's code has. A callback that blocks one by
/// mistake leaves the other; and the runtime itself, with everything it sends,
/// is on a third that no author's code runs on.
const THREADS: usize = 2;

/// Runs an extension until the process is asked to end, and says how `main`
/// ends.
///
/// The Extension Execution Controller (EEC) starts it with `--dsid`, `--url`,
/// `--idtoken` and `--monitoring_config_id`. It then gets its activation from
/// there and reports to it, by the data-source protocol. Without an activation
/// the process ends with 1, because the EEC starts it again; with a wrong one
/// it stays, and says at every heartbeat what is wrong.
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
/// | `--environment URL` | sends to the API of this environment as well, see [`EnvironmentSink`] |
/// | `--environment-token FILE` | its access token; without it the variable `DT_API_TOKEN` holds it |
/// | `--environment-ca FILE` | certificates to trust besides those of the system, in PEM |
/// | `--metrics-file PATH` | writes metrics to this file as well, see [`FileSink`] |
/// | `--no-print-metrics` | prints everything but metrics |
/// | `--loglevel LEVEL` | `error`, `warn`, `info`, `debug` or `trace` |
/// | `--fastcheck` | checks the configuration with `fastcheck` and ends |
///
/// `--help` prints them. Others are ignored; in development mode one that
/// looks like a slip is warned of. The exit code is 0 after a shutdown that was asked for and a
/// fastcheck without an error, 2 for a wrong argument, and 1 for everything
/// else. A second signal ends the process at once.
///
/// [`EnvironmentSink`]: crate::EnvironmentSink
/// [`FileSink`]: crate::FileSink
pub fn run<E: Extension>(extension: E, manifest: &'static Manifest) -> ExitCode {
    let redactor = Redactor::default();
    let arguments = match Arguments::parse(arguments()) {
        Ok(arguments) => arguments,
        Err(error) => {
            let levels = LogLevels::new(Levels::both(LevelFilter::INFO));
            let _log = logging::start(&levels, &redactor);
            tracing::error!("{}", error.0);
            return ExitCode::from(2);
        }
    };
    if arguments.help && arguments.data_source_id.is_none() {
        // Whoever closed standard output does not want to read it.
        let _ = io::stdout().write_all(HELP.as_bytes());
        return ExitCode::SUCCESS;
    }
    let levels = LogLevels::new(Levels::both(arguments.log_level));
    let _log = logging::start(&levels, &redactor);
    let is_data_source = arguments.data_source_id.is_some();
    if !is_data_source {
        for slip in arguments.slips() {
            tracing::warn!("{slip}");
        }
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
    let code = if is_data_source {
        let source = DataSource::of_arguments(&arguments, levels, redactor, callbacks);
        own.block_on(serve(source, extension, manifest, arguments.fastcheck))
    } else {
        let developing = develop::run(extension, manifest, arguments, redactor, callbacks);
        own.block_on(developing)
    };
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

/// Under an Extension Execution Controller.
async fn serve<E: Extension>(
    source: Result<DataSource, String>,
    extension: E,
    manifest: &'static Manifest,
    fastcheck: bool,
) -> ExitCode {
    let source = match source {
        Ok(source) => source,
        Err(problem) => {
            tracing::error!("{problem}");
            return ExitCode::from(2);
        }
    };
    let served = if fastcheck {
        source.fastcheck(extension, manifest).await
    } else {
        source.run(extension, manifest, signaled()).await
    };
    match served {
        Served::Finished(finished) if fastcheck => finished.exit_code(),
        Served::Finished(_) | Served::Asked => ExitCode::SUCCESS,
        Served::Unconfigured(why) => {
            tracing::error!("{why}");
            ExitCode::FAILURE
        }
    }
}
