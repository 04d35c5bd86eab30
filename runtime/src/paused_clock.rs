//! Sockets under a paused clock.
//!
//! tokio's clock, when it is paused, jumps to the next timer as soon as no
//! task can go on. A task that waits for a socket cannot go on, so a request
//! that takes a millisecond of real time would meet its deadline of half a
//! minute first. The clock does not jump while a blocking task runs; so one
//! does, until the answer is there.

use std::pin::pin;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep};

/// How long, in real time, the clock stands still for an answer: a peer on
/// this machine has answered long before, unless it never will, or waits for
/// the clock itself.
const HELD: Duration = Duration::from_millis(250);

/// After that the clock moves by this much, and is held again for a moment:
/// an answer that comes at last is not overtaken by the deadline.
const STEP: Duration = Duration::from_millis(500);
const HELD_AGAIN: Duration = Duration::from_millis(5);

/// Waits for what comes over a socket, and holds the clock meanwhile if it is
/// paused.
pub(crate) async fn held<T>(io: impl Future<Output = T>) -> T {
    if !is_paused() {
        return io.await;
    }
    let mut io = pin!(io);
    let mut real_time = HELD;
    loop {
        let (release, cap) = hold(real_time);
        tokio::select! {
            biased;
            done = &mut io => return done,
            _ = cap => drop(release),
        }
        tokio::select! {
            biased;
            done = &mut io => return done,
            () = sleep(STEP) => {}
        }
        real_time = HELD_AGAIN;
    }
}

/// Holds the clock until the sender is dropped, or for as long as `cap`; the
/// handle tells when that is over.
fn hold(cap: Duration) -> (Sender<()>, JoinHandle<()>) {
    let until = std::time::Instant::now() + cap;
    let (release, released) = mpsc::channel();
    let holding = spawn_blocking(move || {
        // With very many requests on their way it may begin late.
        let left = until.saturating_duration_since(std::time::Instant::now());
        let _ = released.recv_timeout(left);
    });
    (release, holding)
}

/// Whether the clock of this runtime is paused.
pub(crate) fn is_paused() -> bool {
    // No other runtime can pause it.
    if Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread {
        return false;
    }
    let (real, shown) = (std::time::Instant::now(), Instant::now());
    while std::time::Instant::now() == real {
        std::hint::spin_loop();
    }
    Instant::now() == shown
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::{timeout, timeout_at};

    use super::*;

    /// A peer that no clock of a test concerns, and that takes its time.
    async fn elsewhere() -> TcpStream {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it is bound");
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut byte = [0];
            while stream.read_exact(&mut byte).is_ok() {
                std::thread::sleep(Duration::from_millis(20));
                if stream.write_all(&byte).is_err() {
                    return;
                }
            }
        });
        held(TcpStream::connect(address)).await.expect("it listens")
    }

    /// A peer that answers so much later, by the clock of the test.
    async fn slow(wait: Duration) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut byte = [0];
            while stream.read_exact(&mut byte).await.is_ok() {
                sleep(wait).await;
                stream.write_all(&byte).await.expect("it listens");
            }
        });
        held(TcpStream::connect(address)).await.expect("it listens")
    }

    async fn ask(stream: &mut TcpStream) {
        let mut byte = [7];
        stream.write_all(&byte).await.expect("it listens");
        stream.read_exact(&mut byte).await.expect("it answers");
    }

    /// Something is always due soon, as in every extension.
    fn keep_busy() {
        tokio::spawn(async {
            loop {
                sleep(Duration::from_millis(10)).await;
            }
        });
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_hold_the_deadline_overtakes_the_answer() {
        let mut stream = elsewhere().await;
        let answer = timeout(Duration::from_secs(30), ask(&mut stream)).await;
        answer.expect_err("or there is nothing to hold");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_costs_no_time() {
        let mut stream = elsewhere().await;
        keep_busy();
        let begun = Instant::now();
        for _ in 0..5 {
            held(ask(&mut stream)).await;
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_waits_for_the_clock_is_not_overtaken_by_the_deadline() {
        let wait = Duration::from_secs(8);
        let mut stream = slow(wait).await;
        keep_busy();
        for _ in 0..3 {
            let begun = Instant::now();
            let deadline = begun + Duration::from_secs(10);
            let answer = timeout_at(deadline, held(ask(&mut stream))).await;
            answer.expect("two seconds are left");
            assert!(begun.elapsed() >= wait);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_costs_its_deadline_by_the_clock() {
        keep_busy();
        let begun = Instant::now();
        let silent = std::future::pending::<()>();
        let answer = timeout(Duration::from_secs(30), held(silent)).await;
        answer.expect_err("it never comes");
        assert_eq!(begun.elapsed(), Duration::from_secs(30));
    }

    #[tokio::test]
    async fn a_clock_that_runs_is_told_from_one_that_is_paused() {
        assert!(!is_paused());
        tokio::time::pause();
        assert!(is_paused());
        tokio::time::resume();
        assert!(!is_paused());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn several_threads_have_no_clock_to_pause() {
        assert!(!is_paused());
    }
}
