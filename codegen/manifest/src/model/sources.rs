//! Declarative data sources: metrics in groups, whose dimensions and feature
//! sets are passed down to subgroups and metrics.

use super::section::{Section, unknown, wrong_type};
use super::text::Text;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::source::SourceFile;
use crate::yaml::{Entry, NodeKind};

/// A metric as a data source declares it.
pub(crate) struct DeclaredMetric<'t> {
    /// `key`.
    pub(crate) key: Text<'t>,
    /// `type`, as far as it is understood, and where it is written.
    pub(crate) kind: Option<(DeclaredKind, Text<'t>)>,
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
pub(crate) struct Supplies(&'static [&'static str]);

impl Supplies {
    /// Nothing: what Python code reports is all there is.
    pub(crate) const NOTHING: Supplies = Supplies(&[]);

    /// Whether the data source adds the dimension.
    pub(crate) fn contains(self, key: &str) -> bool {
        self.0.contains(&key)
    }
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

/// Every declarative data source, with what it supplies.
const SOURCES: [(&str, &[&str]); 17] = [
    ("gcp", GCP),
    ("jdbc", DATABASE),
    ("jmx", PROCESS),
    ("kafka", PROCESS),
    ("prometheus", DEVICE),
    ("snmp", DEVICE),
    ("snmptraps", DEVICE),
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

/// Reads the metrics of every data source.
pub(super) fn read<'t>(root: &Section<'t>, report: &mut Report) -> Vec<DeclaredMetric<'t>> {
    let mut metrics = Vec::new();
    for entry in root.entries() {
        let Some(supplies) = supplies(entry) else {
            continue;
        };
        let level = Level {
            dimensions: Vec::new(),
            feature_set: None,
            supplies,
        };
        for group in groups(root.source, entry, report) {
            level.read(&group, &mut metrics, report);
        }
    }
    metrics
}

/// What a data source supplies; `None` if the entry is none. A name that this
/// version does not know is taken for one if it looks like one: a new data
/// source must not make its metrics unknown.
fn supplies(entry: Entry<'_>) -> Option<Supplies> {
    let name = synonym(entry.name()).unwrap_or(entry.name());
    if let Some((_, keys)) = SOURCES.iter().find(|(known, _)| *known == name) {
        return Some(Supplies(keys));
    }
    let looks_like_groups = entry
        .value
        .items()
        .next()
        .is_some_and(|item| item.get("group").is_some());
    looks_like_groups.then_some(Supplies(DATABASE))
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

/// What a level of grouping passes down.
#[derive(Clone)]
struct Level<'t> {
    dimensions: Vec<DimensionEntry<'t>>,
    feature_set: Option<Text<'t>>,
    supplies: Supplies,
}

impl<'t> Level<'t> {
    /// Reads a group or subgroup and all below it.
    fn read(
        &self,
        section: &Section<'t>,
        metrics: &mut Vec<DeclaredMetric<'t>>,
        report: &mut Report,
    ) {
        let level = self.inside(section, report);
        for item in section.sections("metrics", "a metric of a data source", report) {
            metrics.extend(level.metric(&item, report));
        }
        // The tree is at most a hundred levels deep, so this cannot run away.
        for subgroup in section.sections("subgroups", "a subgroup", report) {
            level.read(&subgroup, metrics, report);
        }
    }

    fn inside(&self, section: &Section<'t>, report: &mut Report) -> Level<'t> {
        let mut level = self.clone();
        for item in section.sections("dimensions", "an entry of `dimensions`", report) {
            let key = item.required_text("key", report);
            level
                .dimensions
                .extend(key.map(|key| DimensionEntry { key }));
        }
        level.feature_set = section.text("featureSet", report).or(level.feature_set);
        level
    }

    fn metric(&self, item: &Section<'t>, report: &mut Report) -> Option<DeclaredMetric<'t>> {
        let level = self.inside(item, report);
        let kind = item
            .text("type", report)
            .and_then(|text| Some((kind(text, report)?, text)));
        if let Some(field) = item.field("metadata") {
            // A frequent slip: nothing reads it here.
            report.push(
                unknown(item.source, field.key, "a metric of a data source", None)
                    .help("describe the metric in the `metrics` list of the top level"),
            );
        }
        Some(DeclaredMetric {
            key: item.required_text("key", report)?,
            kind,
            dimensions: level.dimensions,
            feature_set: level.feature_set,
            supplies: level.supplies,
        })
    }
}

/// Reads a `type`. `count,delta` says that the source counts in deltas already.
fn kind(text: Text<'_>, report: &mut Report) -> Option<DeclaredKind> {
    match text.to_ascii_lowercase().as_str() {
        "gauge" => Some(DeclaredKind::Gauge),
        "count" | "count,delta" => Some(DeclaredKind::Count),
        _ => {
            report.push(
                Diagnostic::new(
                    &codes::WRONG_TYPE,
                    text.span(),
                    format!("`{}` is no type of metric", text.as_str()),
                )
                .label("unknown type")
                .help("write `gauge` or `count`"),
            );
            None
        }
    }
}
