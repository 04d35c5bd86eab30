//! A metric line as the EEC reads it: what the ingest takes, and totals.

use std::fmt;

use extyped_line::{Line, LineProblem, Payload, limits, timestamp};

/// How the keys of self-monitoring metrics begin.
const SELF_MONITORING: &str = "dsfm:";

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reported {
    /// The metric key, as it was written.
    pub key: String,
    /// Dimension keys and values, in the order of the line, without quotes and
    /// escapes.
    pub dimensions: Vec<(String, String)>,
    /// The value.
    pub value: Value,
    /// Milliseconds since 1970, if the line says.
    pub timestamp: Option<i64>,
}

/// What is reported. Whole numbers are exact up to 2^53.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A momentary value.
    Gauge(f64),
    /// Several values of a gauge.
    Summary {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// The sum of all values.
        sum: f64,
        /// How many values there were.
        count: u64,
    },
    /// How many things happened since the line before.
    Delta(f64),
    /// How many things happened in all, `count,1234`: the EEC turns these into
    /// deltas, the ingest does not know them.
    Total(f64),
}

impl Reported {
    /// Reads a line. The error is a sentence that names the place.
    ///
    /// ```
    /// use extyped_simulator::{Reported, Value};
    ///
    /// let line = Reported::parse("jobs.done.count count,17 1700000000000").unwrap();
    /// assert_eq!(line.value, Value::Total(17.0));
    /// let error = Reported::parse("jobs.done.count count,17").unwrap_err();
    /// assert!(error.contains("needs a timestamp"), "{error}");
    /// ```
    pub fn parse(line: &str) -> Result<Self, String> {
        match Line::parse(line) {
            Ok(parsed) => Ok(Reported::from(parsed)),
            Err(error) if error.problem() == LineProblem::Payload => {
                Reported::parse_total(line, error.offset()).unwrap_or(Err(error.to_string()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// Reads a self-monitoring line: its key begins with `dsfm:`, which no
    /// other metric's may.
    pub(crate) fn parse_self_monitoring(line: &str) -> Result<Self, String> {
        let Some(rest) = line.strip_prefix(SELF_MONITORING) else {
            return Err(format!(
                "the key of a self-monitoring metric begins with `{SELF_MONITORING}`"
            ));
        };
        let mut reported = Reported::parse(rest)?;
        reported.key.insert_str(0, SELF_MONITORING);
        Ok(reported)
    }

    /// Reads a line whose payload, at this offset, is a total: all but the
    /// payload is as in a line with a delta.
    fn parse_total(line: &str, offset: usize) -> Option<Result<Self, String>> {
        let (before, payload) = line.split_at_checked(offset)?;
        let total = payload.strip_prefix("count,")?;
        if total.starts_with("delta") {
            return None;
        }
        Some(match Line::parse(&format!("{before}count,delta={total}")) {
            Err(error) => Err(error.to_string()),
            Ok(parsed) if parsed.timestamp.is_none() => Err(format!(
                "a total, `count,{total}`, needs a timestamp: without it the EEC cannot tell how \
                 much was added since when"
            )),
            Ok(parsed) => {
                let mut reported = Reported::from(parsed);
                if let Value::Delta(number) = reported.value {
                    reported.value = Value::Total(number);
                }
                Ok(reported)
            }
        })
    }

    /// The value of the dimension `key`.
    pub fn dimension(&self, key: &str) -> Option<&str> {
        self.dimensions
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the line belongs to a count.
    pub fn is_count(&self) -> bool {
        self.value.is_count()
    }

    /// The key under which Dynatrace stores the metric: counts without the
    /// suffix `.count` get it, and gauges with it are told apart by `.gauge`.
    pub fn stored_key(&self) -> String {
        self.value.stored_key(&self.key)
    }

    /// Why the ingest would not take the line at this moment, in milliseconds
    /// since 1970: its timestamp is too old or too far ahead.
    pub(crate) fn outside_window(&self, now: i64) -> Option<String> {
        let stamp = self.timestamp?;
        let oldest = i64::try_from(timestamp::OLDEST.as_millis()).unwrap_or(i64::MAX);
        let newest = i64::try_from(timestamp::AHEAD.as_millis()).unwrap_or(i64::MAX);
        let behind = now.saturating_sub(stamp);
        if behind > oldest {
            Some(format!(
                "the timestamp {stamp} is {} s old, and the ingest takes none older than an hour",
                behind / 1_000
            ))
        } else if behind < -newest {
            Some(format!(
                "the timestamp {stamp} is {} s in the future, and the ingest takes none that is \
                 more than ten minutes ahead",
                -behind / 1_000
            ))
        } else {
            None
        }
    }
}

impl From<Line<'_>> for Reported {
    fn from(line: Line<'_>) -> Self {
        let value = match line.payload {
            Payload::Gauge(number) => Value::Gauge(number.as_f64()),
            Payload::Delta(number) => Value::Delta(number.as_f64()),
            Payload::Summary(summary) => Value::Summary {
                min: summary.min.as_f64(),
                max: summary.max.as_f64(),
                sum: summary.sum.as_f64(),
                count: summary.count,
            },
        };
        Reported {
            key: line.key.to_owned(),
            dimensions: line
                .dimensions
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
            value,
            timestamp: line.timestamp,
        }
    }
}

impl Value {
    fn is_count(self) -> bool {
        matches!(self, Value::Delta(_) | Value::Total(_))
    }

    /// Where Dynatrace stores such a value that is reported under `key`.
    pub(crate) fn stored_key(self, key: &str) -> String {
        let has_suffix = key.strip_suffix(".count").is_some();
        match (self.is_count(), has_suffix) {
            (true, false) => format!("{key}.count"),
            (false, true) => format!("{key}.gauge"),
            _ => key.to_owned(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Gauge(number) => write!(f, "{number}"),
            Value::Summary {
                min,
                max,
                sum,
                count,
            } => write!(f, "{min}…{max} (sum {sum} of {count})"),
            Value::Delta(number) => write!(f, "+{number}"),
            Value::Total(number) => write!(f, "{number} in all"),
        }
    }
}

/// A line cut to what a message can hold.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARACTERS: usize = 200;
    let text = text.get(..limits::LINE_BYTES).unwrap_or(text);
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_payload_is_read() {
        let stamp = 1_700_000_000_000_i64;
        for (payload, value) in [
            ("gauge,1.5", Value::Gauge(1.5)),
            ("3", Value::Gauge(3.0)),
            (
                "gauge,min=1,max=3,sum=4,count=2",
                Value::Summary {
                    min: 1.0,
                    max: 3.0,
                    sum: 4.0,
                    count: 2,
                },
            ),
            ("count,delta=7", Value::Delta(7.0)),
            ("count,101", Value::Total(101.0)),
        ] {
            let line = format!(r#"a.b,c="d \" count,5 e" {payload} {stamp}"#);
            let reported = Reported::parse(&line).expect(payload);
            assert_eq!(reported.value, value, "{payload}");
            assert_eq!(reported.dimension("c"), Some(r#"d " count,5 e"#));
            assert_eq!(reported.timestamp, Some(stamp));
        }
    }

    #[test]
    fn what_is_wrong_with_a_total_is_said_of_the_total() {
        for (line, part) in [
            ("a.b count,x 1700000000000", "not a finite number"),
            ("a.b count,1 17", "not a timestamp"),
            ("a.b count,1", "needs a timestamp"),
            ("a.b count,deltas=1", "neither `gauge,`"),
            ("a.b histogram,1", "neither `gauge,`"),
            ("1 bad key! 1", "key"),
        ] {
            let error = Reported::parse(line).expect_err(line);
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn the_stored_key_follows_kind_and_suffix() {
        for (line, key) in [
            ("a.b 1", "a.b"),
            ("a.b.count 1", "a.b.count.gauge"),
            ("a.b count,delta=1", "a.b.count"),
            ("a.b_count count,delta=1", "a.b_count.count"),
            ("a.b.count count,delta=1", "a.b.count"),
            ("a.b.count count,1 1700000000000", "a.b.count"),
        ] {
            let reported = Reported::parse(line).expect(line);
            assert_eq!(reported.stored_key(), key, "{line}");
        }
    }

    #[test]
    fn timestamps_outside_the_window_of_the_ingest_are_told() {
        let now = 1_700_000_000_000_i64;
        for (offset, part) in [
            (-3_600_000, None),
            (-3_700_000, Some("is 3700 s old")),
            (600_000, None),
            (700_000, Some("is 700 s in the future")),
        ] {
            let reported = Reported::parse(&format!("a.b 1 {}", now + offset)).expect("a line");
            let told = reported.outside_window(now);
            assert_eq!(told.is_some(), part.is_some(), "{offset}");
            assert!(told.unwrap_or_default().contains(part.unwrap_or_default()));
        }
    }
}
