//! Declarative data sources: metrics in groups, whose dimensions and feature
//! sets are passed down to subgroups and metrics.

mod levels;

use super::section::{Section, wrong_type};
use super::text::Text;
use crate::diagnostic::Report;
use crate::source::{SourceFile, Span};
use crate::yaml::{Entry, Node, NodeKind};

/// All declarative data sources of a manifest.
#[derive(Default)]
pub(crate) struct DataSources<'t> {
    /// Their keys.
    pub(crate) names: Vec<Text<'t>>,
    /// The metrics of all.
    pub(crate) metrics: Vec<DeclaredMetric<'t>>,
    /// The groups, subgroups and metrics of all, in the order of the file.
    pub(crate) levels: Vec<SourceLevel<'t>>,
}

/// A group or subgroup of a data source.
pub(crate) struct SourceLevel<'t> {
    /// The data source, as the manifest calls it.
    pub(crate) source: &'t str,
    /// Where the level begins.
    pub(crate) place: Span,
    /// Whether it is a subgroup.
    pub(crate) is_subgroup: bool,
    /// The level as it is written.
    pub(crate) node: Node<'t>,
    /// The place of the level around it among all levels.
    pub(crate) parent: Option<usize>,
    /// `table`.
    pub(crate) table: Option<bool>,
    /// The values of its dimensions and metrics: `oid:1.3.6.1`, `const:x`.
    pub(crate) values: Vec<SourceValue<'t>>,
    /// The filters of its dimensions.
    pub(crate) filters: Vec<Text<'t>>,
    /// Its own `interval` and those of its metrics.
    pub(crate) intervals: Vec<Node<'t>>,
    /// How many metrics it has itself.
    pub(crate) metrics: usize,
    /// How many dimensions it has itself.
    pub(crate) dimensions: usize,
}

/// Where a metric or a dimension of a data source gets its value from.
#[derive(Clone, Copy)]
pub(crate) struct SourceValue<'t> {
    pub(crate) text: Text<'t>,
    /// Whether it is the value of a metric.
    pub(crate) of_metric: bool,
}

/// A metric as a data source declares it.
pub(crate) struct DeclaredMetric<'t> {
    /// `key`.
    pub(crate) key: Text<'t>,
    /// `type`, as far as it is understood, and where it is written.
    pub(crate) kind: Option<(DeclaredKind, Text<'t>)>,
    /// The suffixes under which a histogram or a summary is stored as well.
    pub(crate) series: &'static [&'static str],
    /// The dimensions of the group, the subgroup and the metric itself.
    pub(crate) dimensions: Vec<DimensionEntry<'t>>,
    /// The innermost `featureSet`.
    pub(crate) feature_set: Option<Text<'t>>,
    /// What the data source adds to every line by itself.
    pub(crate) supplies: Supplies,
}

/// The `type` of a declared metric.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeclaredKind {
    Gauge,
    Count,
}

/// An entry of `dimensions` in a data source.
#[derive(Clone, Copy)]
pub(crate) struct DimensionEntry<'t> {
    pub(crate) key: Text<'t>,
}

/// The dimensions that a data source adds to every line by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Supplies {
    keys: &'static [&'static str],
    /// Whether what is asked brings labels of its own.
    labels: bool,
}

impl Supplies {
    /// Nothing: what Python code reports is all there is.
    pub(crate) const NOTHING: Supplies = Supplies::only(&[]);

    const fn only(keys: &'static [&'static str]) -> Self {
        Supplies {
            keys,
            labels: false,
        }
    }

    /// Whether the data source adds the dimension, or may add it.
    pub(crate) fn contains(self, key: &str) -> bool {
        self.keys.contains(&key) || (self.labels && is_label(key))
    }
}

/// Whether a key may be the name of a label.
fn is_label(key: &str) -> bool {
    key.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What data sources that connect to a device know of it.
const DEVICE: &[&str] = &[
    "device",
    "device.address",
    "device.host",
    "device.name",
    "device.port",
    "device.type",
    "host",
    "host.name",
];

/// What the listener to traps knows of one.
const TRAP: &[&str] = &[
    "device",
    "device.address",
    "device.name",
    "device.port",
    "device.type",
    "host",
    "host.name",
    "snmp.trap_oid",
    "snmp.version",
];

/// What data sources that ask databases know of them.
const DATABASE: &[&str] = &[
    "database",
    "database.name",
    "database.type",
    "device",
    "device.address",
    "device.host",
    "device.name",
    "device.port",
    "device.type",
    "host",
    "host.name",
    "instance.name",
];

/// What data sources inside a process know of it.
const PROCESS: &[&str] = &[
    "device",
    "device.address",
    "device.name",
    "device.port",
    "host",
    "host.name",
    "process.name",
];

/// What the data source of Google Cloud knows of a resource.
const GCP: &[&str] = &[
    "gcp.instance.id",
    "gcp.instance.name",
    "gcp.project.id",
    "gcp.region",
    "gcp.resource.type",
];

impl DataSources<'_> {
    /// Whether a key is that of a series of a histogram or a summary, which
    /// stands under `metrics` only.
    pub(crate) fn has_series(&self, key: &str) -> bool {
        let mut metrics = self.metrics.iter();
        metrics.any(|metric| {
            let rest = key.strip_prefix(metric.key.as_str());
            rest.is_some_and(|rest| metric.series.contains(&rest))
        })
    }
}

/// Every declarative data source, with what it supplies.
const SOURCES: [(&str, &[&str]); 17] = [
    ("gcp", GCP),
    ("jdbc", DATABASE),
    ("jmx", PROCESS),
    ("kafka", PROCESS),
    ("prometheus", DEVICE),
    ("snmp", DEVICE),
    ("snmptraps", TRAP),
    ("sqlDb2", DATABASE),
    ("sqlHana", DATABASE),
    ("sqlInformix", DATABASE),
    ("sqlMySql", DATABASE),
    ("sqlOracle", DATABASE),
    ("sqlPostgres", DATABASE),
    ("sqlServer", DATABASE),
    ("sqlSnowflake", DATABASE),
    ("sqlSybase", DATABASE),
    ("wmi", DEVICE),
];

/// What authors call a data source that has another name.
const SYNONYMS: [(&str, &str); 4] = [
    ("sqlMssql", "sqlServer"),
    ("sqlMsSql", "sqlServer"),
    ("sqlPostgreSql", "sqlPostgres"),
    ("sqlPostgresql", "sqlPostgres"),
];

/// Whether a field of the top level is a declarative data source.
pub(super) fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

/// The names of all declarative data sources.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SOURCES.iter().map(|(name, _)| *name)
}

/// The right name for what is often written instead.
pub(super) fn synonym(name: &str) -> Option<&'static str> {
    SYNONYMS
        .iter()
        .find(|(wrong, _)| *wrong == name)
        .map(|&(_, right)| right)
}

/// Reads every data source.
pub(super) fn read<'t>(root: &Section<'t>, report: &mut Report) -> DataSources<'t> {
    let mut sources = DataSources::default();
    for entry in root.entries() {
        let Some(supplies) = supplies(entry) else {
            continue;
        };
        sources.names.extend(Text::of(entry.key));
        for group in groups(root.source, entry, report) {
            levels::read(&group, entry.name(), supplies, &mut sources, report);
        }
    }
    sources
}

/// What a data source supplies; `None` if the entry is none. A name that this
/// version does not know is taken for one if it looks like one: a new data
/// source must not make its metrics unknown.
fn supplies(entry: Entry<'_>) -> Option<Supplies> {
    let name = synonym(entry.name()).unwrap_or(entry.name());
    if let Some((_, keys)) = SOURCES.iter().find(|(known, _)| *known == name) {
        // Every label of Prometheus becomes a dimension, declared or not.
        let labels = name == "prometheus";
        return Some(Supplies { keys, labels });
    }
    let looks_like_groups = entry
        .value
        .items()
        .next()
        .is_some_and(|item| item.get("group").is_some());
    looks_like_groups.then_some(Supplies::only(DATABASE))
}

/// The groups of a data source: a list, or a field `groups` beside settings of
/// the connection.
fn groups<'t>(source: &'t SourceFile, entry: Entry<'t>, report: &mut Report) -> Vec<Section<'t>> {
    const GROUP: &str = "a group of a data source";
    match entry.value.kind() {
        NodeKind::Null => Vec::new(),
        NodeKind::Sequence => entry
            .value
            .items()
            .filter_map(|item| Section::item(source, item, GROUP, report))
            .collect(),
        NodeKind::Mapping => Section::read(
            source,
            entry.value,
            "a data source",
            entry.key.span(),
            report,
        )
        .map(|source| source.sections("groups", GROUP, report))
        .unwrap_or_default(),
        NodeKind::Scalar => {
            let name = format!("`{}`", entry.name());
            report.push(wrong_type(entry.value, &name, "a list of groups"));
            Vec::new()
        }
    }
}
