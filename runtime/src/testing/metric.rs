//! The lines of one metric, and what a test asks of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use extyped_simulator::{Received, Reported, Value};

use super::Eec;
use crate::text;

/// How many sets of dimensions a message shows.
const SHOWN: usize = 10;

/// The lines of one metric that an EEC took, from
/// [`Eec::assert_metric`]: at least one.
#[derive(Debug, Clone)]
pub struct MetricLines<'e> {
    eec: &'e Eec,
    /// What is asked for: the key, and the dimensions so far.
    asked: String,
    lines: Vec<Received<Reported>>,
}

#[expect(clippy::missing_panics_doc, reason = "assertions are there to panic")]
#[expect(
    clippy::return_self_not_must_use,
    reason = "an assertion is made for its own sake"
)]
impl<'e> MetricLines<'e> {
    pub(super) fn new(eec: &'e Eec, key: &str, lines: Vec<Received<Reported>>) -> Self {
        MetricLines {
            eec,
            asked: format!("`{key}`"),
            lines,
        }
    }

    /// Asserts that there are lines that have this dimension with this value,
    /// and keeps them.
    #[track_caller]
    pub fn dimension(mut self, key: &str, value: &str) -> Self {
        let (kept, others): (Vec<_>, Vec<_>) = self
            .lines
            .into_iter()
            .partition(|line| line.item.dimension(key) == Some(value));
        assert!(
            !kept.is_empty(),
            "{} was reported, but never with {key}=\"{value}\"; it came with:\n{}",
            self.asked,
            dimensions_of(&others)
        );
        let _ = write!(self.asked, " with {key}=\"{value}\"");
        self.lines = kept;
        self
    }

    /// Asserts that there are so many lines.
    #[track_caller]
    pub fn times(self, times: u64) -> Self {
        let lines = self.lines.len() as u64;
        assert!(
            lines == times,
            "{}: {} instead of {times}\n{}\n{}",
            self.asked,
            text::count(lines, "line"),
            dimensions_of(&self.lines),
            self.eec.facts().last_words(),
        );
        self
    }

    /// Asserts that in each series the timestamps of the lines are this far
    /// from each other: no value is missing between the first and the last,
    /// and none is there twice.
    #[track_caller]
    pub fn every(self, interval: Duration) -> Self {
        if let Some(problem) = irregular(&self.lines, interval) {
            panic!(
                "{} is not there every {}: {problem}\n{}",
                self.asked,
                text::duration(interval),
                self.eec.facts().last_words(),
            );
        }
        self
    }

    /// The values, in the order they came: what a gauge showed, by how much a
    /// count grew, or a total of a registered count. A summary has no single
    /// value; its lines are in [`lines`](Self::lines).
    pub fn values(&self) -> Vec<f64> {
        let values = self.lines.iter().filter_map(|line| match line.item.value {
            Value::Gauge(value) | Value::Delta(value) | Value::Total(value) => Some(value),
            _ => None,
        });
        values.collect()
    }

    /// The lines, in the order they came.
    pub fn lines(&self) -> &[Received<Reported>] {
        &self.lines
    }
}

/// The dimensions and the value of a line.
pub(super) fn shown(line: &Reported) -> String {
    format!("{} {}", dimensions(line), line.value)
}

fn dimensions(line: &Reported) -> String {
    if line.dimensions.is_empty() {
        return "no dimensions".to_owned();
    }
    let pairs = line.dimensions.iter();
    let pairs: Vec<String> = pairs
        .map(|(key, value)| format!("{key}=\"{value}\""))
        .collect();
    pairs.join(", ")
}

/// The series of these lines, a line for each.
fn dimensions_of(lines: &[Received<Reported>]) -> String {
    let mut series: BTreeMap<String, Vec<&Received<Reported>>> = BTreeMap::new();
    for line in lines {
        series.entry(dimensions(&line.item)).or_default().push(line);
    }
    let mut told: Vec<String> = series
        .iter()
        .take(SHOWN)
        .map(|(dimensions, lines)| {
            let came = match lines.as_slice() {
                [only] => format!("after {}", text::duration(only.at)),
                [first, .., last] => format!(
                    "after {} to {}",
                    text::duration(first.at),
                    text::duration(last.at)
                ),
                [] => String::new(),
            };
            let count = text::count(lines.len() as u64, "line");
            format!("  {dimensions}: {count}, {came}")
        })
        .collect();
    if series.len() > SHOWN {
        told.push(format!("  and {} more", series.len() - SHOWN));
    }
    told.join("\n")
}

/// Where lines of a series are not `interval` apart, if there is such a place.
fn irregular(lines: &[Received<Reported>], interval: Duration) -> Option<String> {
    let interval = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
    let mut series: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for line in lines {
        let Some(timestamp) = line.item.timestamp else {
            return Some(format!("a line has no timestamp: {}", shown(&line.item)));
        };
        let stamps = series.entry(dimensions(&line.item)).or_default();
        stamps.push(timestamp);
    }
    series.into_iter().find_map(|(dimensions, mut stamps)| {
        stamps.sort_unstable();
        let pair = stamps.windows(2).find(|pair| match pair {
            [one, next] => next - one != interval,
            _ => false,
        })?;
        let [one, next] = pair else { return None };
        Some(match next - one {
            0 => format!("two lines are of {}, {dimensions}", moment(*one)),
            _ => format!(
                "after {} comes {}, {dimensions}",
                moment(*one),
                moment(*next)
            ),
        })
    })
}

/// `2027-01-15T08:00:30Z`.
fn moment(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis)
        .map_or_else(|_| millis.to_string(), |moment| moment.to_string())
}
