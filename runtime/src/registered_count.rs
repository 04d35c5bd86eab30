//! Counts whose running totals the EEC turns into differences.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::suggest::closest;
use crate::{Kind, Manifest};

/// What an extension wants of the Extension Execution Controller (EEC) beside
/// the ordinary; see [`Extension::data_source`](crate::Extension::data_source).
///
/// ```
/// use extyped::{DataSourceOptions, RegisteredCount};
///
/// let options = DataSourceOptions::new()
///     .register(RegisteredCount::all("lb.bytes.in.count"))
///     .register(RegisteredCount::list("lb.requests.count", ["node.name"]));
/// ```
#[derive(Debug, Clone)]
pub struct DataSourceOptions {
    pub(crate) registered: Vec<RegisteredCount>,
    pub(crate) enrich_logs: bool,
}

/// A count whose [`Cumulative`](crate::Cumulative) values are sent as they
/// are, so that the EEC works out what was added.
///
/// Ordinarily the runtime does that itself, which is all that most extensions
/// need. The EEC goes on where a process that was started again begins anew,
/// and it can add up series that differ in some of their dimensions only.
///
/// The source of its three forms is `CountMetricRegistrationEntry` of
/// Dynatrace's SDK for Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredCount {
    pub(crate) metric: String,
    aggregation: Aggregation,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Aggregation {
    All,
    None,
    List(Vec<String>),
}

impl DataSourceOptions {
    /// No count is registered, and log events are enriched.
    pub fn new() -> Self {
        DataSourceOptions {
            registered: Vec::new(),
            enrich_logs: true,
        }
    }

    /// Registers a count at the EEC.
    #[must_use]
    pub fn register(mut self, count: RegisteredCount) -> Self {
        self.registered.push(count);
        self
    }

    /// Asks the EEC not to add what it knows of the monitored host to log
    /// events, the header `eec-enrichment: false`.
    #[must_use]
    pub fn without_log_enrichment(mut self) -> Self {
        self.enrich_logs = false;
        self
    }
}

impl Default for DataSourceOptions {
    fn default() -> Self {
        DataSourceOptions::new()
    }
}

impl RegisteredCount {
    /// Every combination of dimensions is a series of its own,
    /// `include_all`. `metric` is a key of the manifest.
    pub fn all(metric: impl Into<String>) -> Self {
        RegisteredCount {
            metric: metric.into(),
            aggregation: Aggregation::All,
        }
    }

    /// There is one series, whatever the dimensions, `include_none`.
    pub fn none(metric: impl Into<String>) -> Self {
        RegisteredCount {
            metric: metric.into(),
            aggregation: Aggregation::None,
        }
    }

    /// These dimensions tell series apart, `include_list`.
    pub fn list<D: Into<String>>(
        metric: impl Into<String>,
        dimensions: impl IntoIterator<Item = D>,
    ) -> Self {
        RegisteredCount {
            metric: metric.into(),
            aggregation: Aggregation::List(dimensions.into_iter().map(Into::into).collect()),
        }
    }
}

/// As the EEC reads it, without the key.
impl Serialize for RegisteredCount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mode = match &self.aggregation {
            Aggregation::All => "include_all",
            Aggregation::None => "include_none",
            Aggregation::List(_) => "include_list",
        };
        map.serialize_entry("aggregation_mode", mode)?;
        if let Aggregation::List(dimensions) = &self.aggregation {
            map.serialize_entry("dimensions_list", dimensions)?;
        }
        map.end()
    }
}

/// What is wrong with the counts that an extension registers, if anything is.
pub(crate) fn unregistrable(counts: &[RegisteredCount], manifest: &Manifest) -> Option<String> {
    counts.iter().find_map(|RegisteredCount { metric, .. }| {
        let known = manifest.metrics.iter().find(|known| known.key == metric);
        let problem = match known.map(|metric| metric.kind) {
            Some(Kind::Count) => return None,
            Some(Kind::Gauge) => "is a gauge: only counts have differences.".to_owned(),
            None => match closest(metric, manifest.metrics.iter().map(|known| known.key)) {
                Some(close) => format!("is not in the manifest: did you mean `{close}`?"),
                None => "is not in the manifest.".to_owned(),
            },
        };
        Some(format!(
            "`data_source` registers `{metric}`, which {problem} This is a mistake in the extension"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metric;

    #[test]
    fn a_registration_is_written_as_the_eec_reads_it() {
        for (count, json) in [
            (
                RegisteredCount::all("a.count"),
                r#"{"aggregation_mode":"include_all"}"#,
            ),
            (
                RegisteredCount::none("a.count"),
                r#"{"aggregation_mode":"include_none"}"#,
            ),
            (
                RegisteredCount::list("a.count", ["host"]),
                r#"{"aggregation_mode":"include_list","dimensions_list":["host"]}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&count).expect("plain data"), json);
        }
    }

    #[test]
    fn only_counts_of_the_manifest_can_be_registered() {
        static METRICS: [Metric; 2] = [
            Metric::new("a.count", Kind::Count, &[]),
            Metric::new("a.gauge", Kind::Gauge, &[]),
        ];
        let manifest = Manifest::new("custom:x", "1.0.0", &METRICS, &[]);
        let problem = |key: &str| unregistrable(&[RegisteredCount::all(key)], &manifest);
        assert_eq!(problem("a.count"), None);
        assert!(problem("a.gauge").is_some_and(|text| text.contains("is a gauge: only")));
        let close = problem("a.cuont").unwrap_or_default();
        assert!(close.contains("did you mean `a.count`?"), "{close}");
        let far = problem("zzz").unwrap_or_default();
        assert!(far.contains("is not in the manifest"), "{far}");
    }
}
