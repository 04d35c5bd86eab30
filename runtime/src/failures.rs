//! The failures of one stream in a row, and how long to wait after each.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::drops::TOLD;
use crate::pump::Pump;
use crate::sink::{Again, SinkError};
use crate::{Status, StatusCode, text};

/// The first and the longest wait after a send that failed. Each is varied at
/// random, so that many extensions do not come back at the same moment.
pub(crate) const MIN_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// How many different failures are logged until it works again: a sink that
/// fails in two ways in turn is told of twice and not every time.
const LOGGED: usize = 8;

/// Whether, and when, to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    After(Duration),
    /// The sink said so.
    Asked(Duration),
    Never,
}

impl Retry {
    pub(crate) fn wait(self) -> Option<Duration> {
        match self {
            Retry::After(wait) | Retry::Asked(wait) => Some(wait),
            Retry::Never => None,
        }
    }
}

/// The failures of one stream in a row.
pub(crate) struct Failures {
    about: String,
    backoff: Option<ExponentialBackoff>,
    logged: Vec<String>,
}

impl Failures {
    pub(crate) fn new(about: String) -> Self {
        Failures {
            about,
            backoff: None,
            logged: Vec::new(),
        }
    }

    pub(crate) fn is_failing(&self) -> bool {
        self.backoff.is_some()
    }

    /// Tells of a failure, once, and says whether to try again.
    pub(crate) fn failed(&mut self, pump: &Pump, error: &SinkError) -> Retry {
        let sink = pump.outlet.sink.name();
        let gist = text::gist(error.message());
        if self.logged.len() < LOGGED && !self.logged.contains(&gist) {
            tracing::warn!(sink, "{}: {error}", self.about);
            self.logged.push(gist);
        }
        let code = match error.code() {
            StatusCode::Ok => StatusCode::GenericError,
            code => code,
        };
        let status = Status::new(code, error.message().to_owned());
        // What will never be taken is not tried again, so nothing takes this
        // back.
        let until = matches!(error.again, Again::Never).then(|| pump.clock.now() + TOLD);
        pump.board.trouble(&self.about, status, until);
        let backoff = self.backoff.get_or_insert_with(|| {
            ExponentialBuilder::new()
                .with_min_delay(MIN_BACKOFF)
                .with_max_delay(MAX_BACKOFF)
                .with_jitter()
                .without_max_times()
                .build()
        });
        match error.again {
            Again::Never => Retry::Never,
            // Less than the first backoff is no wish to be left alone: who
            // refuses and says `Retry-After: 0` would be asked without end.
            Again::After(wait) if wait >= MIN_BACKOFF => Retry::Asked(wait),
            Again::After(_) | Again::Later => Retry::After(backoff.next().unwrap_or(MAX_BACKOFF)),
        }
    }

    pub(crate) fn recovered(&mut self, pump: &Pump) {
        self.logged.clear();
        if self.backoff.take().is_some() {
            tracing::info!(
                sink = pump.outlet.sink.name(),
                "{}: works again",
                self.about
            );
            pump.board.clear_trouble(&self.about);
        }
    }
}
