//! Time as the runtime sees it: a monotonic clock with an epoch.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::Instant;

/// Drifts below this are clock noise; above it the machine was suspended or
/// its clock was set.
const NOISE_MILLIS: i64 = 1_000;

/// No difference to the cluster's clock.
const UNTOLD: i64 = i64::MIN;

/// A moment in milliseconds since 1970, as metric lines and events carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `millis` milliseconds after 1970 began in UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Timestamp(millis)
    }

    /// Milliseconds since 1970 began in UTC.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
}

/// Where the runtime takes the time from.
///
/// All waiting is on tokio's clock, so a test with `start_paused` runs hours
/// in no time; the epoch is captured once, so that what is scheduled at equal
/// distances carries timestamps at equal distances.
#[derive(Debug, Clone)]
pub struct Clock {
    start: Instant,
    epoch_millis: i64,
    speed: u32,
    /// What the system clock has moved against the monotonic one since the
    /// start.
    drift_millis: Arc<AtomicI64>,
    /// Whether the system clock is asked for it; not where the epoch was given.
    is_system: bool,
    /// What the cluster's clock is ahead of the monotonic one: what the system
    /// clock had moved when the difference was told, and the difference.
    /// [`UNTOLD`] until then.
    ahead_millis: Arc<AtomicI64>,
    /// Whether the cluster's time is known, or will not be soon.
    settled: watch::Sender<bool>,
}

impl Clock {
    /// The clock of this machine.
    pub fn system() -> Self {
        Clock {
            is_system: true,
            ..Clock::starting_at(Timestamp(system_millis()))
        }
    }

    /// A clock that shows `epoch` now and moves as tokio's clock does: for
    /// tests and demonstrations.
    pub fn starting_at(epoch: Timestamp) -> Self {
        Clock {
            start: Instant::now(),
            epoch_millis: epoch.0,
            speed: 1,
            drift_millis: Arc::default(),
            is_system: false,
            ahead_millis: Arc::new(AtomicI64::new(UNTOLD)),
            settled: watch::Sender::new(true),
        }
    }

    /// Makes every wait `factor` times shorter, while intervals and timestamps
    /// stay as they are configured: an hour of polling in a minute. For
    /// demonstrations; deadlines of the HTTP client are not shortened.
    #[must_use]
    pub fn with_speed(mut self, factor: u32) -> Self {
        self.speed = factor.max(1);
        self.is_system = false;
        self
    }

    /// Sets a clock that was [given an epoch](Self::starting_at) ahead by so
    /// much, or back, as an operator or a time server sets that of a machine:
    /// for tests. Clones of this clock follow; a system clock does not.
    pub fn step(&self, millis: i64) {
        if !self.is_system {
            self.drift_millis.fetch_add(millis, Ordering::Relaxed);
        }
    }

    /// Sets what the cluster's clock is ahead of this machine's. Timestamps
    /// are in cluster time; clones of this clock follow.
    ///
    /// When this machine's clock is set, the difference becomes another one, and
    /// until that is told the two do not belong together. So both are taken at
    /// the same moment, and nothing moves in between.
    pub fn set_cluster_offset(&self, millis: i64) {
        let ahead = self.drift().saturating_add(millis);
        self.ahead_millis
            .store(ahead.max(UNTOLD + 1), Ordering::Relaxed);
    }

    /// Says that the time of the cluster is still to come.
    pub(crate) fn awaiting_cluster_time(self) -> Self {
        self.settled.send_replace(false);
        self
    }

    /// Says that the time of the cluster is known as well as it will be.
    pub(crate) fn cluster_time_settled(&self) {
        self.settled.send_replace(true);
    }

    /// Waits for that: timestamps lie on a grid that begins with the first.
    pub(crate) async fn cluster_time(&self) {
        // The sender is this clock's own and cannot be gone.
        let _ = self.settled.subscribe().wait_for(|settled| *settled).await;
    }

    /// The moment now, in cluster time.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp_at(self.now())
    }

    /// Time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed().saturating_mul(self.speed)
    }

    /// Now, as an instant that moves with this clock's speed.
    pub(crate) fn instant(&self) -> std::time::Instant {
        let start = self.start.into_std();
        start.checked_add(self.now()).unwrap_or(start)
    }

    /// The moment `at` after the start, in cluster time.
    pub(crate) fn timestamp_at(&self, at: Duration) -> Timestamp {
        let ahead = match self.ahead_millis.load(Ordering::Relaxed) {
            UNTOLD => self.drift(),
            ahead => ahead,
        };
        let shown = self.epoch_millis.saturating_add(millis(at));
        Timestamp(shown.saturating_add(ahead))
    }

    /// The monotonic clock stands still while the machine is suspended, and
    /// timestamps must not stay behind for ever after. Small differences are
    /// ignored, so that ticks keep their distance.
    fn drift(&self) -> i64 {
        let before = self.drift_millis.load(Ordering::Relaxed);
        if !self.is_system {
            return before;
        }
        let shown = self
            .epoch_millis
            .saturating_add(millis(self.start.elapsed()));
        let drift = system_millis().saturating_sub(shown);
        if (drift - before).abs() < NOISE_MILLIS {
            return before;
        }
        self.drift_millis.store(drift, Ordering::Relaxed);
        drift
    }

    /// Waits until `at` after the start.
    pub(crate) async fn sleep_until(&self, at: Duration) {
        match self.start.checked_add(at / self.speed) {
            Some(instant) => tokio::time::sleep_until(instant).await,
            // Centuries from now: the wait is ended by whoever canceled it.
            None => std::future::pending().await,
        }
    }

    /// Waits for `duration`.
    pub(crate) async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration / self.speed).await;
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn system_millis() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[tokio::test(start_paused = true)]
    async fn timestamps_follow_the_paused_clock_and_the_cluster() {
        let clock = Clock::starting_at(NOON);
        clock.sleep(Duration::from_secs(90)).await;
        assert_eq!(clock.timestamp(), Timestamp(NOON.0 + 90_000));
        clock.clone().set_cluster_offset(-500);
        assert_eq!(clock.timestamp(), Timestamp(NOON.0 + 89_500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_moves_timestamps_and_no_waits() {
        let clock = Clock::starting_at(NOON);
        clock.step(7_200_000);
        clock.clone().step(-1);
        assert_eq!(clock.timestamp(), Timestamp(NOON.0 + 7_199_999));
        assert_eq!(clock.now(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_moves_nothing_before_the_cluster_tells_the_new_difference() {
        let clock = Clock::starting_at(NOON);
        clock.set_cluster_offset(20);
        clock.step(7_200_000);
        assert_eq!(clock.timestamp(), Timestamp(NOON.0 + 20));
        clock.set_cluster_offset(20 - 7_200_000);
        assert_eq!(clock.timestamp(), Timestamp(NOON.0 + 20));
        // A machine that slept has the same difference as before.
        clock.step(60_000);
        clock.set_cluster_offset(20 - 7_200_000);
        assert_eq!(clock.timestamp(), Timestamp(NOON.0 + 60_020));
    }

    #[tokio::test(start_paused = true)]
    async fn a_faster_clock_shortens_waits_and_keeps_durations() {
        let clock = Clock::starting_at(NOON).with_speed(60);
        let before = Instant::now();
        clock.sleep_until(Duration::from_mins(2)).await;
        assert_eq!(before.elapsed(), Duration::from_secs(2));
        assert_eq!(clock.timestamp(), Timestamp(NOON.0 + 120_000));
    }

    #[test]
    fn the_system_clock_shows_the_time_of_the_system() {
        let before = system_millis();
        let shown = Clock::system().timestamp().as_millis();
        assert!((before..=system_millis() + NOISE_MILLIS).contains(&shown));
    }

    #[test]
    fn a_suspended_machine_does_not_leave_timestamps_behind() {
        let mut clock = Clock::system();
        // As after two hours of suspension: the epoch plus what the monotonic
        // clock counted is two hours short of the system clock.
        clock.epoch_millis -= 7_200_000;
        let shown = clock.timestamp().as_millis();
        assert!(
            (system_millis() - shown).abs() < 2 * NOISE_MILLIS,
            "{shown}"
        );
    }
}
