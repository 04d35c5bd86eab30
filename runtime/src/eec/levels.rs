//! How much is logged, as the EEC asks for it.

use tracing::level_filters::LevelFilter;

use super::heartbeat::Heartbeat;

/// The log levels of the two halves of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Levels {
    /// What the extension logs.
    pub(crate) extension: LevelFilter,
    /// What the runtime logs: every request to the EEC with `debug`.
    pub(crate) runtime: LevelFilter,
}

impl Levels {
    /// The same level for both.
    pub(crate) fn both(level: LevelFilter) -> Self {
        Levels {
            extension: level,
            runtime: level,
        }
    }

    /// What the answer to a heartbeat asks for. `debuglevel.<name>` goes before
    /// `debuglevel`, and the same with `.api` at the end is for the runtime;
    /// where neither names a level, `debugmode` and then the command line
    /// (`default`) decide.
    pub(super) fn asked(answer: &Heartbeat, name: &str, default: LevelFilter) -> Self {
        let default = if answer.debug {
            default.max(LevelFilter::DEBUG)
        } else {
            default
        };
        let named = |suffix: &str| {
            let own = answer.runtime.get(&format!("debuglevel.{name}{suffix}"));
            let all = answer.runtime.get(&format!("debuglevel{suffix}"));
            [own, all]
                .into_iter()
                .flatten()
                .find_map(|text| level(text))
        };
        Levels {
            extension: named("").unwrap_or(default),
            runtime: named(".api").unwrap_or(default),
        }
    }
}

/// A level by its name, as the EEC and the command line write it.
pub(crate) fn level(name: &str) -> Option<LevelFilter> {
    match name.trim().to_ascii_lowercase().as_str() {
        "error" => Some(LevelFilter::ERROR),
        "warn" | "warning" => Some(LevelFilter::WARN),
        "info" => Some(LevelFilter::INFO),
        "debug" => Some(LevelFilter::DEBUG),
        "trace" => Some(LevelFilter::TRACE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: LevelFilter = LevelFilter::INFO;
    const DEBUG: LevelFilter = LevelFilter::DEBUG;

    fn asked(answer: &str) -> (LevelFilter, LevelFilter) {
        let answer = Heartbeat::parse(answer).expect("an answer");
        let levels = Levels::asked(&answer, "com.example.x", INFO);
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
            assert_eq!(asked(answer), levels, "{answer}");
        }
    }

    #[test]
    fn debug_mode_is_for_both_unless_a_level_is_named() {
        assert_eq!(asked(r#"{"debugmode": "1"}"#), (DEBUG, DEBUG));
        assert_eq!(
            asked(r#"{"debugmode": "1", "runtime": {"debuglevel": "info"}}"#),
            (INFO, DEBUG)
        );
    }

    #[test]
    fn a_level_that_there_is_not_counts_as_not_named() {
        assert_eq!(
            asked(r#"{"runtime": {"debuglevel": "loud"}}"#),
            (INFO, INFO)
        );
    }
}
