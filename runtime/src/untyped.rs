//! Metrics that the manifest cannot describe.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use extyped_line::{Lines, Number, Payload, dimension, key, limits, timestamp, value};

use crate::context::mistake;
use crate::report::CYCLE_BYTES;
use crate::{PollError, Summary, Timestamp};

/// Writes metrics by key, checked against the protocol but not against the
/// manifest: the way out for keys that are found at run time.
///
/// ```
/// # use extyped::{Cycle, Extension, PollError};
/// # fn example<E: Extension>(cx: &Cycle<E>, sensors: &[(&str, f64)]) -> Result<(), PollError> {
/// for (sensor, value) in sensors {
///     cx.untyped().gauge(&format!("sensor.{sensor}"), [("room", "b12")], *value)?;
/// }
/// cx.untyped().count("door.opened.count", [("room", "b12")], 3)?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Untyped<'c> {
    lines: &'c Mutex<Lines>,
    timestamp: Timestamp,
}

impl<'c> Untyped<'c> {
    pub(crate) fn new(lines: &'c Mutex<Lines>, timestamp: Timestamp) -> Self {
        Untyped { lines, timestamp }
    }

    /// A momentary value.
    pub fn gauge<K: AsRef<str>, V: Display>(
        self,
        key: &str,
        dimensions: impl IntoIterator<Item = (K, V)>,
        value: impl Into<Number>,
    ) -> Result<(), PollError> {
        let value = value.into();
        finite(key, value)?;
        self.write(key, dimensions, Payload::Gauge(value))
    }

    /// Several values of a gauge.
    pub fn summary<K: AsRef<str>, V: Display>(
        self,
        key: &str,
        dimensions: impl IntoIterator<Item = (K, V)>,
        value: Summary,
    ) -> Result<(), PollError> {
        value.check().map_err(|error| refuse(key, error))?;
        self.write(key, dimensions, Payload::Summary(value))
    }

    /// How many things happened since the last report; the key ends in
    /// `.count`.
    pub fn count<K: AsRef<str>, V: Display>(
        self,
        key: &str,
        dimensions: impl IntoIterator<Item = (K, V)>,
        added: impl Into<Number>,
    ) -> Result<(), PollError> {
        let added = added.into();
        finite(key, added)?;
        if key.rsplit('.').next() != Some("count") {
            return Err(refuse(
                key,
                "the key of a count ends in `.count`, or the ingest renames it",
            ));
        }
        self.write(key, dimensions, Payload::Delta(added))
    }

    fn write<K: AsRef<str>, V: Display>(
        self,
        key: &str,
        dimensions: impl IntoIterator<Item = (K, V)>,
        payload: Payload,
    ) -> Result<(), PollError> {
        key::validate(key).map_err(|error| refuse(key, error))?;
        let mut line = key.to_owned();
        for (index, (name, text)) in dimensions.into_iter().enumerate() {
            let name = name.as_ref();
            dimension::validate_key(name).map_err(|error| refuse(key, error))?;
            if index == limits::DIMENSIONS {
                let most = limits::DIMENSIONS;
                return Err(refuse(
                    key,
                    format!("a line carries at most {most} dimensions"),
                ));
            }
            let before = line.len();
            line.push(',');
            line.push_str(name);
            line.push('=');
            if !value::quote(&mut line, &text.to_string()) {
                // A dimension without a value is none.
                line.truncate(before);
            }
        }
        line.push(' ');
        payload.write(&mut line);
        let millis = self.timestamp.as_millis();
        if timestamp::is_plausible(millis) {
            line.push(' ');
            timestamp::write(&mut line, millis);
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.byte_len() + line.len() >= CYCLE_BYTES {
            return Err(refuse(
                key,
                format!("a cycle holds at most {CYCLE_BYTES} bytes of lines"),
            ));
        }
        lines.push(&line).map_err(|error| refuse(key, error))
    }
}

fn finite(key: &str, number: Number) -> Result<(), PollError> {
    if number.is_finite() {
        Ok(())
    } else {
        Err(refuse(key, "the number is NaN or infinite"))
    }
}

fn refuse(key: &str, why: impl Display) -> PollError {
    mistake(format!("`{key}` was not sent: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [(&str, &str); 0] = [];

    fn written(write: impl FnOnce(Untyped<'_>) -> Result<(), PollError>) -> Result<String, String> {
        let lines = Mutex::default();
        let door = Untyped::new(&lines, Timestamp::from_millis(1_700_000_000_000));
        write(door).map_err(|error| error.to_string())?;
        let lines = lines.into_inner().expect("nobody panicked");
        Ok(lines.as_str().to_owned())
    }

    #[test]
    fn lines_carry_dimensions_and_the_timestamp_of_the_cycle() {
        let line = written(|door| door.gauge("fan.speed", [("side", "le\"ft\n")], 1_200));
        assert!(
            line.as_ref().is_ok_and(|line| {
                line.starts_with("fan.speed,side=\"le\\\"ft")
                    && line.ends_with(" gauge,1200 1700000000000\n")
            }),
            "{line:?}"
        );
        let line = written(|door| door.gauge("fan.speed", [("side", ""), ("row", "2")], 1));
        assert_eq!(
            line.as_deref(),
            Ok("fan.speed,row=\"2\" gauge,1 1700000000000\n"),
            "a dimension without a value is left out"
        );
        let line = written(|door| door.count("door.count", NONE, 3));
        assert_eq!(
            line.as_deref(),
            Ok("door.count count,delta=3 1700000000000\n")
        );
    }

    #[test]
    fn what_the_ingest_would_refuse_or_rename_is_refused_with_its_key() {
        for (result, why) in [
            (
                written(|door| door.gauge("1 bad", NONE, 1)),
                "`1 bad` was not sent",
            ),
            (
                written(|door| door.gauge("a.b", [("Bad", "x")], 1)),
                "dimension key",
            ),
            (written(|door| door.gauge("a.b", NONE, f64::NAN)), "NaN"),
            (written(|door| door.count("a.b", NONE, 1)), "`.count`"),
            (
                written(|door| door.summary("a.b", NONE, Summary::new(3, 1, 4, 2))),
                "minimum",
            ),
            (
                written(|door| door.gauge("a.b", (0..51).map(|n| (format!("d{n}"), n)), 1)),
                "at most 50 dimensions",
            ),
        ] {
            let error = result.expect_err("refused");
            assert!(error.contains(why), "{error}");
        }
    }
}
