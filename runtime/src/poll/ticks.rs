//! When a callback is due.

use std::time::Duration;

/// The ticks of one callback: the first, and one every interval after it.
///
/// What is due is computed from the index, never from when a run began or
/// ended, so that no delay adds up and timestamps keep their distance.
#[derive(Debug, Clone)]
pub(super) struct Ticks {
    first: Duration,
    interval: Duration,
    index: u32,
}

impl Ticks {
    pub(super) fn new(first: Duration, interval: Duration) -> Self {
        Ticks {
            first,
            interval,
            index: 0,
        }
    }

    /// When the next run is due, as time since the clock's start.
    pub(super) fn due(&self) -> Duration {
        self.at(self.index)
    }

    /// Goes on to the next tick that can still be kept at `now`, and says how
    /// many had to be skipped because their time had passed.
    pub(super) fn advance(&mut self, now: Duration) -> u32 {
        let planned = self.index.saturating_add(1);
        self.index = planned.max(self.first_from(now));
        self.index - planned
    }

    /// Leaves ticks out on purpose: the next one is at least `stride` ticks
    /// and at least `wait` away. Nothing is counted as skipped.
    pub(super) fn stretch(&mut self, now: Duration, stride: u32, wait: Duration) {
        let earliest = now.saturating_add(wait);
        self.index = self
            .index
            .saturating_add(stride)
            .max(self.first_from(earliest));
    }

    /// The index of the first tick that is not before `moment`.
    fn first_from(&self, moment: Duration) -> u32 {
        let since = moment.saturating_sub(self.first).as_nanos();
        // The shortest interval is a second, see `MIN_INTERVAL`.
        let index = since.div_ceil(self.interval.as_nanos().max(1));
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    fn at(&self, index: u32) -> Duration {
        self.first
            .saturating_add(self.interval.saturating_mul(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_run_that_ends_before_the_next_tick_skips_nothing() {
        let mut ticks = Ticks::new(secs(5), secs(60));
        assert_eq!(ticks.due(), secs(5));
        assert_eq!(ticks.advance(secs(40)), 0);
        assert_eq!(ticks.due(), secs(65));
    }

    #[test]
    fn a_run_that_ends_exactly_at_the_next_tick_skips_nothing() {
        let mut ticks = Ticks::new(secs(5), secs(60));
        assert_eq!(ticks.advance(secs(65)), 0);
        assert_eq!(ticks.due(), secs(65));
    }

    #[test]
    fn ticks_that_pass_during_a_run_are_skipped_and_counted_not_caught_up() {
        let mut ticks = Ticks::new(secs(5), secs(60));
        assert_eq!(ticks.advance(secs(130)), 2, "65 and 125 are gone");
        assert_eq!(ticks.due(), secs(185));
    }

    #[test]
    fn a_stretched_interval_stays_on_the_grid() {
        let mut ticks = Ticks::new(secs(5), secs(60));
        ticks.stretch(secs(6), 4, Duration::ZERO);
        assert_eq!(ticks.due(), secs(245));
        ticks.stretch(secs(246), 1, secs(100));
        assert_eq!(ticks.due(), secs(365), "the first tick after 346");
    }
}
