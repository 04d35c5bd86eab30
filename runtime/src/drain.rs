//! The end of sending: what is left goes out until a moment that is known.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Told to tasks that drain together. Clones are the same drain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drain {
    begun: CancellationToken,
    end: Arc<OnceLock<Instant>>,
}

impl Drain {
    /// From now on nothing new is waited for, and at `end` nothing is sent any
    /// more.
    pub(crate) fn begin(&self, end: Instant) {
        self.end.get_or_init(|| end);
        self.begun.cancel();
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun.is_cancelled()
    }

    pub(crate) async fn begins(&self) {
        self.begun.cancelled().await;
    }

    /// Whether there is time left after such a wait. There is as long as the
    /// drain has not begun.
    pub(crate) fn outlasts(&self, wait: Duration) -> bool {
        self.end
            .get()
            .is_none_or(|end| end.saturating_duration_since(Instant::now()) > wait)
    }

    /// Waits until the end is only so far away.
    #[cfg(feature = "spool")]
    pub(crate) async fn nears_end(&self, left: Duration) {
        self.begins().await;
        if let Some(end) = self.end.get() {
            let moment = end.checked_sub(left).unwrap_or(*end);
            tokio::time::sleep_until(moment).await;
        }
    }
}
