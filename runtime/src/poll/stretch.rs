//! Polling less often while an endpoint asks for it.

use std::time::Duration;

/// At most this many intervals lie between two polls, and at most an hour:
/// an endpoint must not be able to end its own monitoring.
const MAX_FACTOR: u32 = 16;
const MAX_DISTANCE: Duration = Duration::from_hours(1);

/// How much longer than configured the distance between two polls is.
#[derive(Debug)]
pub(super) struct Stretch {
    factor: u32,
    max: u32,
}

impl Stretch {
    pub(super) fn new(interval: Duration) -> Self {
        let fit = MAX_DISTANCE.as_nanos() / interval.as_nanos().max(1);
        Stretch {
            factor: 1,
            max: u32::try_from(fit).unwrap_or(u32::MAX).clamp(1, MAX_FACTOR),
        }
    }

    /// The endpoint said that it was asked too often: twice the distance.
    pub(super) fn limited(&mut self) {
        self.factor = self.factor.saturating_mul(2).min(self.max);
    }

    /// The endpoint answered: the configured distance again.
    pub(super) fn recovered(&mut self) {
        self.factor = 1;
    }

    /// Intervals until the next poll.
    pub(super) fn factor(&self) -> u32 {
        self.factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(interval: Duration) -> Vec<u32> {
        let mut stretch = Stretch::new(interval);
        (0..6)
            .map(|_| {
                stretch.limited();
                stretch.factor()
            })
            .collect()
    }

    #[test]
    fn the_distance_doubles_and_is_bounded() {
        assert_eq!(factors(Duration::from_mins(1)), [2, 4, 8, 16, 16, 16]);
        assert_eq!(factors(Duration::from_mins(10)), [2, 4, 6, 6, 6, 6]);
        assert_eq!(factors(Duration::from_hours(2)), [1, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn one_good_answer_brings_the_interval_back() {
        let mut stretch = Stretch::new(Duration::from_mins(1));
        stretch.limited();
        stretch.limited();
        stretch.recovered();
        assert_eq!(stretch.factor(), 1);
    }
}
