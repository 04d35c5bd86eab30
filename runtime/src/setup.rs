//! `initialize` and `fastcheck`: what runs before anything is polled.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::poll::{Ended, attempt};
use crate::snapshot::{self, Snapshot, SnapshotError};
use crate::{Extension, HttpClient, Status, StatusCode, Verdict, text};

/// How long a fastcheck may take: somebody waits for it.
const FASTCHECK_DEADLINE: Duration = Duration::from_secs(30);

/// How long a method may take that has nothing to wait for: `http`,
/// `data_source`, `spool`. Nothing is told before they are done.
pub(crate) const OPTIONS_DEADLINE: Duration = Duration::from_secs(5);

/// How long an initialization may take, and from when on the status says that
/// it does.
const INITIALIZE_DEADLINE: Duration = Duration::from_mins(5);
const LONG: Duration = Duration::from_secs(30);

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

/// What the end of an initialization says.
pub(crate) fn initialized(ended: &Ended<Verdict>) -> Status {
    status("initialize", INITIALIZE_DEADLINE, ended)
}

/// What the end of a fastcheck says.
pub(crate) fn fastchecked(ended: &Ended<Verdict>) -> Status {
    status("fastcheck", FASTCHECK_DEADLINE, ended)
}

fn status(name: &str, deadline: Duration, ended: &Ended<Verdict>) -> Status {
    match ended {
        Ended::Returned(Ok(status)) => status.clone(),
        Ended::Returned(Err(error)) => error.status(),
        other => {
            let problem = problem(name, deadline, other);
            Status::new(StatusCode::GenericError, problem.unwrap_or_default())
        }
    }
}

/// What to say of a method of the extension that did not return.
pub(crate) fn problem<T>(name: &str, deadline: Duration, ended: &Ended<T>) -> Option<String> {
    Some(match ended {
        Ended::Returned(_) => return None,
        Ended::Panicked(words) => {
            format!("{name} panicked: {words}: this is a mistake in the extension")
        }
        Ended::Late => format!(
            "{name} hung and was canceled at its deadline of {}",
            text::duration(deadline)
        ),
        Ended::Blocking(_) => format!(
            "{name} was not done within its deadline of {} and cannot be canceled because it blocks \
             its thread: the extension must use tokio::task::spawn_blocking for calls that wait",
            text::duration(deadline)
        ),
        Ended::Stopped => format!("{name} was canceled"),
    })
}

/// What to say of an initialization that began `age` ago and has not ended:
/// nothing unless it takes long. It may be right to, so that is no error.
pub(crate) fn unfinished(age: Duration) -> Option<Status> {
    (age > LONG).then(|| {
        Status::warning(format!(
            "initialize has been running for {}; nothing is polled before it is done, and it is \
             canceled at its deadline of {}",
            text::duration(age),
            text::duration(INITIALIZE_DEADLINE),
        ))
    })
}

/// Runs `initialize` once.
pub(crate) async fn initialize<E: Extension>(
    context: &Arc<Context<E>>,
    stop: &CancellationToken,
) -> Ended<Verdict> {
    context.outlets.board.begin_setup(context.clock.now());
    let setup = Setup {
        context: Arc::clone(context),
    };
    let extension = Arc::clone(context);
    attempt(
        &context.threads(),
        async move { extension.extension.initialize(&setup).await },
        &context.clock,
        INITIALIZE_DEADLINE,
        stop,
    )
    .await
}

/// Runs `fastcheck` once.
pub(crate) async fn fastcheck<E: Extension>(context: &Arc<Context<E>>) -> Ended<Verdict> {
    let setup = Setup {
        context: Arc::clone(context),
    };
    let extension = Arc::clone(context);
    attempt(
        &context.threads(),
        async move { extension.extension.fastcheck(&setup).await },
        &context.clock,
        FASTCHECK_DEADLINE,
        &CancellationToken::new(),
    )
    .await
}
