//! Faults at random.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use extyped_simulator::{Call, Fault, RandomFaults};

/// The share of calls that go wrong if nothing is said.
const SHARE: f64 = 0.1;

/// Calls that a fault at random spares: with them an extension starts, and an
/// EEC would only start it again.
const SPARED: [Call; 3] = [Call::UserConfig, Call::ExtensionConfig, Call::FeatureSets];

/// A seed, and how many of all calls go wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chaos {
    seed: u64,
    share: f64,
}

impl Chaos {
    pub(crate) fn faults(self) -> RandomFaults {
        let seconds = Duration::from_secs;
        let faults = [
            Fault::status(429).retry_after(seconds(5)),
            Fault::status(503),
            Fault::status(500).with_html_body(),
            Fault::html(),
            Fault::delay(seconds(2)),
            Fault::delay(seconds(12)),
            Fault::drop(),
            Fault::lose(),
            Fault::half(),
            Fault::restart().lasting(seconds(5)),
        ];
        RandomFaults::new(self.seed, self.share, faults).sparing(SPARED)
    }
}

impl FromStr for Chaos {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (seed, share) = match text.split_once(':') {
            Some((seed, share)) => (seed, Some(share)),
            None => (text, None),
        };
        let seed = seed
            .trim()
            .parse()
            .map_err(|_| format!("the seed is a whole number, not `{seed}`"))?;
        let share = match share.map(|share| (share, share.trim().parse::<f64>())) {
            None => SHARE,
            Some((_, Ok(share))) if (0.0..=1.0).contains(&share) => share,
            Some((share, _)) => {
                return Err(format!("the share is between 0 and 1, not `{share}`"));
            }
        };
        Ok(Chaos { seed, share })
    }
}

impl fmt::Display for Chaos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seed, self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_may_have_a_share() {
        let of = |text: &str| text.parse::<Chaos>();
        assert_eq!(
            of("42"),
            Ok(Chaos {
                seed: 42,
                share: 0.1
            })
        );
        assert_eq!(
            of("42:0.5").map(|chaos| chaos.to_string()),
            Ok("42:0.5".to_owned())
        );
        for (text, part) in [
            ("", "whole number"),
            ("-1", "whole number"),
            ("x:0.1", "whole number, not `x`"),
            ("1:2", "between 0 and 1, not `2`"),
            ("1:", "between 0 and 1"),
            ("1:nan", "between 0 and 1"),
        ] {
            let error = of(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
