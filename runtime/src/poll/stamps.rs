//! Which moment the lines of a run are of.

use std::time::Duration;

use crate::Timestamp;

/// By how much timestamps are corrected: the resolution of a metric. A smaller
/// error is kept, because mending it could move a tick into the minute of its
/// neighbor.
const MINUTE_MILLIS: i64 = 60_000;

/// For how long timestamps have to be wrong before they are corrected. When
/// the clock of this machine is set, the difference to the cluster's changes
/// with it and is asked for every minute: in between it says nonsense.
const CONFIRMED: Duration = Duration::from_mins(2);

/// The timestamps of one callback: the cluster's time at the first tick, and
/// from there on the distance of the ticks, whatever the clocks do.
///
/// Following the cluster's time at each tick instead would put two ticks into
/// one minute, and none into another, whenever the difference to it changes by
/// a few milliseconds at the wrong moment.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    /// What is added to the time since the start.
    base: Option<i64>,
    /// Since which tick they have been wrong by a minute or more.
    astray: Option<Duration>,
}

impl Stamps {
    /// The timestamp of the tick at `due`, at which the clock shows `shown`.
    pub(super) fn of(&mut self, due: Duration, shown: Timestamp) -> Timestamp {
        let at = i64::try_from(due.as_millis()).unwrap_or(i64::MAX);
        let shown = shown.as_millis();
        let base = self.base.get_or_insert(shown.saturating_sub(at));
        let off = shown.saturating_sub(base.saturating_add(at));
        if off.saturating_abs() < MINUTE_MILLIS {
            self.astray = None;
        } else {
            let since = *self.astray.get_or_insert(due);
            if due.saturating_sub(since) >= CONFIRMED {
                *base = base.saturating_add(off / MINUTE_MILLIS * MINUTE_MILLIS);
                self.astray = None;
            }
        }
        Timestamp::from_millis(base.saturating_add(at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: i64 = 1_800_000_000_000;

    /// The timestamps of ticks a minute apart, the first 5 s after noon, when
    /// the clock is off by these milliseconds at each; in milliseconds since
    /// noon.
    fn stamped(off: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut stamps = Stamps::default();
        (0..)
            .zip(off)
            .map(|(index, off)| {
                let due = Duration::from_secs(5 + 60 * index);
                let at = i64::try_from(due.as_millis()).expect("small");
                let shown = Timestamp::from_millis(NOON + at + off);
                stamps.of(due, shown).as_millis() - NOON
            })
            .collect()
    }

    #[test]
    fn the_first_tick_is_in_the_time_of_the_cluster() {
        assert_eq!(stamped([20]), [5_020]);
        assert_eq!(stamped([-700]), [4_300]);
    }

    #[test]
    fn a_difference_that_changes_a_little_moves_no_tick() {
        assert_eq!(
            stamped([54_990, 55_010, 54_990, 0]),
            [59_990, 119_990, 179_990, 239_990],
            "each in a minute of its own"
        );
    }

    #[test]
    fn a_step_that_is_taken_back_moves_no_tick() {
        let hour = 3_600_000;
        assert_eq!(
            stamped([0, hour, hour, 0, 0]),
            [5_000, 65_000, 125_000, 185_000, 245_000]
        );
    }

    #[test]
    fn a_step_that_lasts_is_followed_by_whole_minutes() {
        let off = 200_500;
        assert_eq!(
            stamped([0, off, off, off, off]),
            [5_000, 65_000, 125_000, 185_000 + 180_000, 245_000 + 180_000]
        );
        assert_eq!(
            stamped([0, -off, -off, -off]),
            [5_000, 65_000, 125_000, 185_000 - 180_000]
        );
    }

    proptest! {
        #[test]
        fn no_minute_is_doubled_or_skipped_by_a_difference_that_wanders(
            second in 0..60_u64,
            off in proptest::collection::vec(-29_999..30_000_i64, 1..300),
        ) {
            let mut stamps = Stamps::default();
            let minutes: Vec<i64> = (0..)
                .zip(&off)
                .map(|(index, off)| {
                    let due = Duration::from_secs(second + 60 * index);
                    let at = i64::try_from(due.as_millis()).expect("small");
                    stamps.of(due, Timestamp::from_millis(NOON + at + off)).as_millis() / 60_000
                })
                .collect();
            prop_assert!(minutes.windows(2).all(|pair| pair[1] == pair[0] + 1));
        }

        #[test]
        fn no_clock_makes_it_panic(
            moments in proptest::collection::vec((any::<u64>(), any::<i64>()), 1..20),
        ) {
            let mut stamps = Stamps::default();
            for (due, shown) in moments {
                stamps.of(Duration::from_millis(due), Timestamp::from_millis(shown));
            }
        }
    }
}
