//! When callbacks run for the first time.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::Timestamp;

/// The seconds of a minute at which a callback may run first. The edges of the
/// minute are left to everything else that is started on the minute.
const FROM_MILLIS: u64 = 5_000;
const WINDOW_MILLIS: u64 = 50_000;

const MINUTE_MILLIS: u64 = 60_000;

/// The golden ratio of the window: multiples of it keep away from each other,
/// however many there are, so that the callbacks of one endpoint do not run at
/// the same moment.
const APART_MILLIS: u64 = 30_902;

/// When the callbacks of an extension run for the first time after it was
/// initialized. From there on they run at their intervals.
///
/// Spread, an extension with one endpoint begins at a random second between 5
/// and 55 of the minute, as Dynatrace's own SDK does, so that the extensions
/// of a machine do not all begin at once. Several endpoints are spread evenly
/// over those seconds, beginning with the random one: ten thousand begin five
/// milliseconds after each other. Whatever their interval, all have begun
/// within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstRuns {
    /// The second of the window to begin with; `None` is at once.
    second: Option<u64>,
}

/// Which of all callbacks one is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) endpoint: usize,
    pub(crate) endpoints: usize,
    /// `query` is the first.
    pub(crate) callback: usize,
}

impl FirstRuns {
    /// Everything runs at once, also what has an offset of its own: for
    /// development, where nobody wants to wait.
    pub const fn at_once() -> Self {
        FirstRuns { second: None }
    }

    /// Spread, from a random second on.
    pub fn spread() -> Self {
        FirstRuns::spread_from(RandomState::new().hash_one("first runs"))
    }

    /// [`spread`](Self::spread) from a second that `seed` decides: the same
    /// for the same seed.
    pub const fn spread_from(seed: u64) -> Self {
        FirstRuns {
            second: Some(seed % (WINDOW_MILLIS / 1_000)),
        }
    }

    /// How long after `now` the callback runs first. An offset that the author
    /// chose is kept.
    pub(crate) fn wait(self, now: Timestamp, place: Place, offset: Option<Duration>) -> Duration {
        match (self.second, offset) {
            (None, _) => Duration::ZERO,
            (Some(_), Some(offset)) => offset,
            (Some(second), None) => {
                let now = now.as_millis().rem_euclid(MINUTE_MILLIS.cast_signed());
                let wait = (place.millis(second) + MINUTE_MILLIS - now.unsigned_abs())
                    .rem_euclid(MINUTE_MILLIS);
                Duration::from_millis(wait)
            }
        }
    }
}

impl Place {
    /// The millisecond of the minute.
    fn millis(self, second: u64) -> u64 {
        // The window fits twenty bits, so that only a place among more than
        // 2^44 endpoints could be too large.
        let endpoint = self.endpoint as u64 & 0xfff_ffff_ffff;
        let spread = endpoint * WINDOW_MILLIS / (self.endpoints.max(1) as u64);
        let apart = (self.callback as u64 % WINDOW_MILLIS) * APART_MILLIS;
        FROM_MILLIS + (second * 1_000 + spread + apart) % WINDOW_MILLIS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn place(endpoint: usize, endpoints: usize) -> Place {
        Place {
            endpoint,
            endpoints,
            callback: 0,
        }
    }

    fn millis(duration: Duration) -> u64 {
        u64::try_from(duration.as_millis()).expect("at most a minute")
    }

    #[test]
    fn a_single_endpoint_begins_at_a_whole_second_between_5_and_55() {
        let mut seconds: Vec<u64> = (0..500)
            .map(|seed| {
                let wait = FirstRuns::spread_from(seed).wait(NOON, place(0, 1), None);
                assert_eq!(wait.subsec_nanos(), 0);
                wait.as_secs()
            })
            .collect();
        seconds.sort_unstable();
        seconds.dedup();
        assert_eq!(seconds, (5..55).collect::<Vec<_>>(), "and at each of them");
    }

    #[test]
    fn the_second_is_one_of_the_clusters_minute() {
        let first = FirstRuns::spread_from(25);
        for (past_noon, seconds) in [(0, 30), (29, 1), (30, 0), (31, 59), (59, 31)] {
            let now = Timestamp::from_millis(NOON.as_millis() + past_noon * 1_000);
            let wait = first.wait(now, place(0, 1), None);
            assert_eq!(
                wait,
                Duration::from_secs(seconds),
                "{past_noon} s past noon"
            );
        }
    }

    #[test]
    fn ten_thousand_endpoints_begin_five_milliseconds_after_each_other() {
        let first = FirstRuns::spread_from(40);
        let mut waits: Vec<u64> = (0..10_000)
            .map(|n| millis(first.wait(NOON, place(n, 10_000), None)))
            .collect();
        waits.sort_unstable();
        assert!(waits.windows(2).all(|pair| pair[1] - pair[0] == 5));
        assert_eq!((waits[0], waits[9_999]), (5_000, 54_995));
    }

    #[test]
    fn the_callbacks_of_an_endpoint_begin_apart() {
        let mut begun: Vec<u64> = (0..4)
            .map(|callback| {
                let place = Place {
                    callback,
                    ..place(7, 100)
                };
                millis(FirstRuns::spread_from(0).wait(NOON, place, None))
            })
            .collect();
        begun.sort_unstable();
        let nearest = begun.windows(2).map(|pair| pair[1] - pair[0]).min();
        assert!(nearest >= Some(5_000), "{begun:?}");
    }

    #[test]
    fn in_development_all_begin_at_once_and_else_an_offset_is_kept() {
        let offset = Some(Duration::from_secs(3));
        let at_once = FirstRuns::at_once();
        assert_eq!(at_once.wait(NOON, place(3, 9), None), Duration::ZERO);
        assert_eq!(at_once.wait(NOON, place(3, 9), offset), Duration::ZERO);
        for seed in 0..50 {
            let first = FirstRuns::spread_from(seed);
            assert_eq!(Some(first.wait(NOON, place(3, 9), offset)), offset);
            let now = first.wait(NOON, place(3, 9), Some(Duration::ZERO));
            assert_eq!(now, Duration::ZERO, "an offset of nothing is one");
        }
    }

    #[test]
    fn any_clock_and_any_place_will_do() {
        for now in [i64::MIN, -1, 0, i64::MAX] {
            for endpoint in [0, usize::MAX] {
                let wait = FirstRuns::spread_from(u64::MAX).wait(
                    Timestamp::from_millis(now),
                    Place {
                        endpoint,
                        endpoints: 0,
                        callback: usize::MAX,
                    },
                    None,
                );
                assert!(wait < Duration::from_mins(1), "{wait:?}");
            }
        }
    }
}
