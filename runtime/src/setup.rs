//! `initialize` and `fastcheck`: what runs before anything is polled.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::poll::{Ended, attempt};
use crate::snapshot::{self, Snapshot, SnapshotError};
use crate::{Extension, HttpClient, PollError, Status, StatusCode, text};

/// How long an initialization or a fastcheck may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// What `initialize` and `fastcheck` have to work with.
pub struct Setup<E: Extension> {
    pub(crate) context: Arc<Context<E>>,
}

impl<E: Extension> Setup<E> {
    /// The monitoring configuration.
    pub fn config(&self) -> &E::Config {
        &self.context.config
    }

    /// The HTTP client, the same that `query` gets.
    pub fn http(&self) -> &HttpClient {
        &self.context.http
    }

    /// Whether the activation turns this feature set on.
    pub fn is_enabled(&self, feature_set: &str) -> bool {
        self.context.is_enabled(feature_set)
    }

    /// The processes of this machine, as the `OneAgent` wrote them down last.
    /// `None` if there is no `OneAgent`, or if it has not written any. In
    /// development mode it is the file `snapshot.json`.
    ///
    /// The file can be large: read it once in a while, not in every cycle.
    pub async fn snapshot(&self) -> Result<Option<Snapshot>, SnapshotError> {
        snapshot::of_this_machine(self.context.snapshot_file.clone()).await
    }
}

// The configuration is not shown: it may hold secrets.
impl<E: Extension> fmt::Debug for Setup<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("extension", &self.context.manifest.name)
            .finish_non_exhaustive()
    }
}

/// What the end of an initialization or a fastcheck says.
pub(crate) fn status(name: &str, ended: Ended<Result<Status, PollError>>) -> Status {
    match ended {
        Ended::Returned(Ok(status)) => status,
        Ended::Returned(Err(error)) => error.status(),
        Ended::Panicked(words) => Status::new(
            StatusCode::GenericError,
            format!("{name} panicked: {words}: this is a mistake in the extension"),
        ),
        Ended::Late | Ended::Blocking(_) => Status::new(
            StatusCode::GenericError,
            format!("{name} was not done within {}", text::duration(DEADLINE)),
        ),
        Ended::Stopped => Status::new(StatusCode::GenericError, format!("{name} was canceled")),
    }
}

/// Runs `initialize` once.
pub(crate) async fn initialize<E: Extension>(
    context: &Arc<Context<E>>,
    stop: &CancellationToken,
) -> Ended<Result<Status, PollError>> {
    let setup = Setup {
        context: Arc::clone(context),
    };
    let extension = Arc::clone(context);
    attempt(
        &context.threads(),
        async move { extension.extension.initialize(&setup).await },
        &context.clock,
        DEADLINE,
        stop,
    )
    .await
}

/// Runs `fastcheck` once.
pub(crate) async fn fastcheck<E: Extension>(
    context: &Arc<Context<E>>,
) -> Ended<Result<Status, PollError>> {
    let setup = Setup {
        context: Arc::clone(context),
    };
    let extension = Arc::clone(context);
    attempt(
        &context.threads(),
        async move { extension.extension.fastcheck(&setup).await },
        &context.clock,
        DEADLINE,
        &CancellationToken::new(),
    )
    .await
}
