//! What is known of each metric, however much of it came.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use crate::{Reported, Value};

/// Most metrics that are told apart.
const METRICS: usize = 10_000;

/// Most series that are told apart, of all metrics together.
const SERIES: usize = 500_000;

/// Most dimension sets that are remembered of one metric.
const DIMENSION_SETS: usize = 32;

/// What came in of one metric.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MetricSummary {
    /// How many lines.
    pub lines: u64,
    /// How many series: different dimensions with their values. A lower bound
    /// past half a million of all metrics together.
    pub series: u64,
    /// The sum of all deltas.
    pub delta_sum: f64,
    /// The newest value.
    pub last: Value,
    /// When the first line came, since the start of the simulator.
    pub first_at: Duration,
    /// When the newest line came, since the start of the simulator.
    pub last_at: Duration,
    /// The dimension keys that came together, sorted; at most 32 sets.
    pub dimension_sets: BTreeSet<Vec<String>>,
}

impl MetricSummary {
    /// The key under which Dynatrace stores what came last under `key`; see
    /// [`Reported::stored_key`].
    pub fn stored_key(&self, key: &str) -> String {
        self.last.stored_key(key)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    by_key: BTreeMap<String, MetricSummary>,
    /// Hashes: what a series is called does not matter, only whether it is
    /// new.
    series: HashSet<u64>,
}

impl Metrics {
    pub(crate) fn add(&mut self, line: &Reported, at: Duration) {
        if !self.by_key.contains_key(&line.key) && self.by_key.len() >= METRICS {
            return;
        }
        let is_new = self.series.len() < SERIES && self.series.insert(series(line));
        let metric = self
            .by_key
            .entry(line.key.clone())
            .or_insert_with(|| MetricSummary {
                lines: 0,
                series: 0,
                delta_sum: 0.0,
                last: line.value,
                first_at: at,
                last_at: at,
                dimension_sets: BTreeSet::new(),
            });
        metric.lines += 1;
        metric.series += u64::from(is_new);
        metric.last = line.value;
        metric.last_at = at;
        if let Value::Delta(delta) = line.value {
            metric.delta_sum += delta;
        }
        if metric.dimension_sets.len() < DIMENSION_SETS {
            let mut keys: Vec<_> = line.dimensions.iter().map(|(key, _)| key.clone()).collect();
            keys.sort();
            metric.dimension_sets.insert(keys);
        }
    }

    pub(crate) fn by_key(&self) -> &BTreeMap<String, MetricSummary> {
        &self.by_key
    }
}

/// The order of dimensions does not matter to a series.
fn series(line: &Reported) -> u64 {
    let mut dimensions: Vec<_> = line.dimensions.iter().collect();
    dimensions.sort();
    let mut hasher = DefaultHasher::new();
    (&line.key, dimensions).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_metric_are_summed_up() {
        let mut metrics = Metrics::default();
        for (second, line) in [
            r#"a.count,x="1",y="2" count,delta=2"#,
            r#"a.count,y="2",x="1" count,delta=3"#,
            r#"a.count,x="2" count,delta=5"#,
            "b.c 1",
        ]
        .iter()
        .enumerate()
        {
            let line = Reported::parse(line).expect("a line");
            metrics.add(&line, Duration::from_secs(second as u64));
        }
        let a = &metrics.by_key()["a.count"];
        assert_eq!((a.lines, a.series, a.delta_sum), (3, 2, 10.0));
        assert_eq!(a.last, Value::Delta(5.0));
        assert_eq!(
            (a.first_at, a.last_at),
            (Duration::ZERO, Duration::from_secs(2))
        );
        let sets: Vec<_> = a.dimension_sets.iter().map(|set| set.join(",")).collect();
        assert_eq!(sets, ["x", "x,y"]);
        assert_eq!(metrics.by_key().len(), 2);
    }
}
