//! One run of an author's callback, which may hang, panic or block.

use std::any::Any;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::Clock;

/// How long a canceled callback may take to reach its next await. One that
/// takes longer blocks its thread.
const GRACE: Duration = Duration::from_secs(1);

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Ended<T> {
    Returned(T),
    /// With what it said.
    Panicked(String),
    /// The deadline passed, and it was canceled.
    Late,
    /// The deadline passed, and it cannot be canceled: it blocks its thread.
    /// The handle tells when it is over.
    Blocking(AbortOnDropHandle<T>),
    /// The process is about to end, and it was canceled.
    Stopped,
}

/// Runs a callback in a task of its own: its panic ends nothing else, and a
/// deadline holds even for a future that never yields, if `threads` are not
/// those of the caller.
pub(crate) async fn attempt<T: Send + 'static>(
    threads: &Handle,
    callback: impl Future<Output = T> + Send + 'static,
    clock: &Clock,
    deadline: Duration,
    stop: &CancellationToken,
) -> Ended<T> {
    let mut task = AbortOnDropHandle::new(threads.spawn(callback));
    let stopped = tokio::select! {
        ended = &mut task => return settle(ended),
        () = clock.sleep(deadline) => false,
        () = stop.cancelled() => true,
    };
    task.abort();
    match tokio::time::timeout(GRACE, &mut task).await {
        // It came back just as it was being canceled.
        Ok(Ok(value)) => Ended::Returned(value),
        Ok(Err(error)) if error.is_panic() => settle(Err(error)),
        _ if stopped => Ended::Stopped,
        Ok(Err(_)) => Ended::Late,
        Err(_) => Ended::Blocking(task),
    }
}

fn settle<T>(ended: Result<T, JoinError>) -> Ended<T> {
    match ended.map_err(JoinError::try_into_panic) {
        Ok(value) => Ended::Returned(value),
        Err(Ok(panic)) => Ended::Panicked(words(panic.as_ref())),
        // Nobody else cancels it; the process is ending.
        Err(Err(_)) => Ended::Stopped,
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "without a message".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::Timestamp;

    async fn run<T: Send + 'static>(
        callback: impl Future<Output = T> + Send + 'static,
    ) -> Ended<T> {
        let clock = Clock::starting_at(Timestamp::from_millis(0));
        let stop = CancellationToken::new();
        attempt(
            &Handle::current(),
            callback,
            &clock,
            Duration::from_secs(45),
            &stop,
        )
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn a_callback_that_returns_in_time_is_taken_at_its_word() {
        let ended = run(async {
            tokio::time::sleep(Duration::from_secs(44)).await;
            5
        })
        .await;
        assert!(matches!(ended, Ended::Returned(5)), "{ended:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_is_a_result_like_any_other() {
        let ended: Ended<()> = run(async { panic!("node {} is gone", 3) }).await;
        assert!(
            matches!(&ended, Ended::Panicked(words) if words == "node 3 is gone"),
            "{ended:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_hung_callback_is_dropped_at_its_deadline() {
        struct SetOnDrop(Arc<AtomicBool>);
        impl Drop for SetOnDrop {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let dropped = Arc::new(AtomicBool::new(false));
        let guard = SetOnDrop(Arc::clone(&dropped));
        let ended: Ended<()> = run(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        })
        .await;
        assert!(matches!(ended, Ended::Late), "{ended:?}");
        assert!(dropped.load(Ordering::SeqCst), "what it held is free");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_callback_that_blocks_its_thread_is_left_behind() {
        let clock = Clock::starting_at(Timestamp::from_millis(0)).with_speed(1_000);
        let (release, blocked) = std::sync::mpsc::channel::<()>();
        let ended = attempt(
            &Handle::current(),
            async move {
                // Returns when the sender is dropped.
                let _ = blocked.recv();
            },
            &clock,
            Duration::from_secs(45),
            &CancellationToken::new(),
        )
        .await;
        let Ended::Blocking(task) = ended else {
            panic!("it still runs: {ended:?}");
        };
        assert!(!task.is_finished());
        drop(release);
        // It ends once it yields: canceled or done, but over.
        let _ = task.await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_the_process_ends_a_run() {
        let clock = Clock::starting_at(Timestamp::from_millis(0));
        let stop = CancellationToken::new();
        stop.cancel();
        let hung = std::future::pending::<()>();
        let ended = attempt(
            &Handle::current(),
            hung,
            &clock,
            Duration::from_secs(45),
            &stop,
        )
        .await;
        assert!(matches!(ended, Ended::Stopped), "{ended:?}");
    }
}
