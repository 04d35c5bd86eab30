//! Development mode: an extension that was started by hand.

use std::process::ExitCode;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::activation::secrets_file;
use crate::arguments::Arguments;
use crate::redact::Redactor;
use crate::shutdown::signaled;
use crate::sink::{Sink, StdoutSink};
use crate::status_report::StatusReport;
use crate::{Activation, BuildError, Extension, Manifest, Runtime, Status, asked_sinks};

/// Reads the activation from files, and prints what it would send.
pub(crate) async fn run<E: Extension>(
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

    let secrets = secrets_file(arguments.secrets.clone());
    let activation = match Activation::from_files(&arguments.activation, secrets.as_deref()) {
        Ok(activation) => activation,
        Err(error) => return fail(console.as_ref(), error.status()).await,
    };
    let asked = match asked_sinks::of(&arguments, |name| std::env::var(name).ok()) {
        Ok(asked) => asked,
        Err(error) => {
            let status = Status::new(error.code(), error.message().to_owned());
            return fail(console.as_ref(), status).await;
        }
    };
    let mut builder = Runtime::builder(extension, manifest)
        .activation(activation.with_secrets(asked.secrets))
        .redactor(redactor)
        .snapshot_file("snapshot.json")
        .callbacks_on(callbacks)
        .shared_sink(Arc::clone(&console));
    for sink in asked.sinks {
        builder = builder.shared_sink(sink);
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
        return runtime.fastcheck().await.exit_code();
    }
    runtime.run(signaled()).await;
    ExitCode::SUCCESS
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
