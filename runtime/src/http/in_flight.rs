//! What is on its way over a socket.

use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

/// Waits for it until the deadline. In an author's test the clock may be
/// paused, and stands still meanwhile.
pub(super) async fn until<T>(deadline: Instant, io: impl Future<Output = T>) -> Result<T, Elapsed> {
    #[cfg(feature = "testing")]
    let io = crate::paused_clock::held(io);
    timeout_at(deadline, io).await
}
