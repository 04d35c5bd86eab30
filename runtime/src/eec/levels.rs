//! How much is to be logged, as the answer to a heartbeat asks for it.

use tracing::level_filters::LevelFilter;

use super::heartbeat::Heartbeat;
use crate::levels::{Levels, named};

/// What the answer asks for. `debuglevel.<name>` goes before `debuglevel`, and
/// the same with `.api` at the end is for the runtime; where neither names a
/// level, `debugmode` and then the command line (`default`) decide.
pub(super) fn asked(answer: &Heartbeat, name: &str, default: LevelFilter) -> Levels {
    let default = if answer.debug {
        default.max(LevelFilter::DEBUG)
    } else {
        default
    };
    let level = |suffix: &str| {
        let own = answer.runtime.get(&format!("debuglevel.{name}{suffix}"));
        let all = answer.runtime.get(&format!("debuglevel{suffix}"));
        [own, all]
            .into_iter()
            .flatten()
            .find_map(|text| named(text))
    };
    Levels {
        extension: level("").unwrap_or(default),
        runtime: level(".api").unwrap_or(default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: LevelFilter = LevelFilter::INFO;
    const DEBUG: LevelFilter = LevelFilter::DEBUG;

    fn levels_of(answer: &str) -> (LevelFilter, LevelFilter) {
        let answer = Heartbeat::parse(answer).expect("an answer");
        let levels = asked(&answer, "com.example.x", INFO);
        (levels.extension, levels.runtime)
    }

    #[test]
    fn the_level_of_an_extension_goes_before_that_of_all() {
        let cases = [
            ("{}", (INFO, INFO)),
            (r#"{"runtime": {"debuglevel": "debug"}}"#, (DEBUG, INFO)),
            (
                r#"{"runtime": {"debuglevel.com.example.x": "debug"}}"#,
                (DEBUG, INFO),
            ),
            (
                r#"{"runtime": {"debuglevel": "debug", "debuglevel.com.example.x": "info"}}"#,
                (INFO, INFO),
            ),
            (
                r#"{"runtime": {"debuglevel.com.example.other": "debug"}}"#,
                (INFO, INFO),
            ),
            (r#"{"runtime": {"debuglevel.api": "debug"}}"#, (INFO, DEBUG)),
            (
                r#"{"runtime": {"debuglevel.com.example.x.api": "debug"}}"#,
                (INFO, DEBUG),
            ),
        ];
        for (answer, levels) in cases {
            assert_eq!(levels_of(answer), levels, "{answer}");
        }
    }

    #[test]
    fn debug_mode_is_for_both_unless_a_level_is_named() {
        assert_eq!(levels_of(r#"{"debugmode": "1"}"#), (DEBUG, DEBUG));
        assert_eq!(
            levels_of(r#"{"debugmode": "1", "runtime": {"debuglevel": "info"}}"#),
            (INFO, DEBUG)
        );
    }

    #[test]
    fn a_level_that_there_is_not_counts_as_not_named() {
        assert_eq!(
            levels_of(r#"{"runtime": {"debuglevel": "loud"}}"#),
            (INFO, INFO)
        );
    }
}
