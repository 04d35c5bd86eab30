//! Durations on the command line.

use std::time::Duration;

/// Reads `90s` or `5m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration.is_zero() => Err("that is no time at all".to_owned()),
        Ok(duration) => Ok(duration),
        Err(_) => Err("write a number and its unit: `90s`, `5m` or `1h 30m`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_a_unit_and_is_not_zero() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        for text in ["90", "soon", "0s", ""] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
