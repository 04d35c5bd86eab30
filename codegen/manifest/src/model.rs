//! The manifest as the author wrote it: typed, with the place of everything,
//! and with nothing resolved yet.
//!
//! Reading never stops at a mistake. A field that is missing, misspelt or of
//! the wrong type becomes a finding, and the rest of the file is still read.

#[cfg(feature = "catalog")]
pub(crate) mod catalog;
mod files;
mod mentions;
mod metrics;
mod python;
mod section;
mod sources;
mod text;
mod topology;

pub(crate) use self::files::{FileRole, NamedFile, read as named_files};
pub(crate) use self::mentions::Mentions;
pub(crate) use self::metrics::{CALCULATED_PREFIX, MetricEntry};
pub(crate) use self::python::{FeatureSetEntry, Python};
#[cfg(feature = "catalog")]
pub(crate) use self::sources::SourceValue;
pub(crate) use self::sources::{DataSources, DeclaredKind, DeclaredMetric, SourceLevel, Supplies};
pub(crate) use self::text::Text;
pub(crate) use self::topology::{
    ConditionText, EntityTypeEntry, PatternText, Relationship, RelationshipSource, Rule, Source,
    Topology,
};

use self::section::Section;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::source::{SourceFile, Span};
use crate::suggest;
use crate::yaml::{Node, NodeKind, Tree};

/// A manifest.
pub(crate) struct Manifest<'t> {
    /// The mapping that is the whole file.
    pub(crate) root: Node<'t>,
    /// `name`.
    pub(crate) name: Option<Text<'t>>,
    /// `version`.
    pub(crate) version: Option<Text<'t>>,
    /// `minDynatraceVersion`.
    pub(crate) min_version: Option<Text<'t>>,
    /// `minEECVersion`.
    pub(crate) min_eec_version: Option<Text<'t>>,
    /// The entries of `metrics`, `func:` keys included.
    pub(crate) metrics: Vec<MetricEntry<'t>>,
    /// The key `metrics` itself and its value.
    pub(crate) metrics_field: Option<section::Field<'t>>,
    /// The `python` data source.
    pub(crate) python: Option<Python<'t>>,
    /// All declarative data sources.
    pub(crate) sources: DataSources<'t>,
    /// `topology`.
    pub(crate) topology: Topology<'t>,
    /// The files that it names.
    pub(crate) files: Vec<NamedFile<'t>>,
    /// What only the catalog of checks looks at.
    #[cfg(feature = "catalog")]
    pub(crate) catalog: catalog::Catalog<'t>,
    /// Every place that names a metric.
    pub(crate) mentions: Mentions<'t>,
}

impl<'t> Manifest<'t> {
    /// The entries of `python.featureSets`.
    pub(crate) fn feature_sets(&self) -> &[FeatureSetEntry<'t>] {
        match &self.python {
            Some(python) => &python.feature_sets,
            None => &[],
        }
    }

    /// Every key of a metric as it is written, in every place that lists one.
    pub(crate) fn written_keys(&self) -> Vec<Text<'t>> {
        let mut keys = Vec::new();
        for entry in &self.metrics {
            keys.push(entry.key);
        }
        for set in self.feature_sets() {
            keys.extend_from_slice(&set.metrics);
        }
        for metric in &self.sources.metrics {
            keys.push(metric.key);
        }
        keys
    }
}

/// The fields of the top level. Newer platforms add to them, so only what looks
/// like a slip of one of these is reported.
const TOP_LEVEL: [&str; 18] = [
    "name",
    "version",
    "minDynatraceVersion",
    "minEECVersion",
    "author",
    "dashboards",
    "alerts",
    "alertTemplates",
    "documents",
    "openpipeline",
    "processes",
    "keywords",
    "metrics",
    "topology",
    "screens",
    "vars",
    "python",
    "logs",
];

/// Reads the model from the tree. `None` when the root is not a mapping.
pub(crate) fn read<'t>(
    source: &'t SourceFile,
    tree: &'t Tree,
    report: &mut Report,
) -> Option<Manifest<'t>> {
    let root = tree.root();
    if root.kind() == NodeKind::Null {
        report.push(
            Diagnostic::new(&codes::MISSING_FIELD, root.span(), "the manifest is empty")
                .help("start with `name`, `version`, `minDynatraceVersion` and `author`"),
        );
        return None;
    }
    let section = Section::read(source, root, "the manifest", anchor(root), report)?;
    report_unknown(&section, report);
    let name = section.required_text("name", report);
    let version = section.required_text("version", report);
    let min_version = section.required_text("minDynatraceVersion", report);
    let min_eec_version = section.text("minEECVersion", report);
    if let Some(author) = section.required_section("author", "`author`", report) {
        author.required_text("name", report);
        author.only(&["name"], report);
    }
    let metrics = metrics::read(&section, report);
    let python = python::read(&section, report);
    let sources = sources::read(&section, report);
    let topology = topology::read(&section, report);
    Some(Manifest {
        root,
        name,
        version,
        min_version,
        min_eec_version,
        metrics,
        metrics_field: section.field("metrics"),
        python,
        sources,
        topology,
        files: named_files(root),
        #[cfg(feature = "catalog")]
        catalog: catalog::read(&section, report),
        mentions: Mentions::collect(root),
    })
}

fn report_unknown(section: &Section<'_>, report: &mut Report) {
    for entry in section.entries() {
        let name = entry.name();
        if TOP_LEVEL.contains(&name) || sources::is_known(name) {
            continue;
        }
        let known = TOP_LEVEL.iter().copied().chain(sources::names());
        // A second spelling of a field that is also there is an addition, not
        // a slip.
        let close = sources::synonym(name)
            .or_else(|| suggest::closest(name, known))
            .filter(|close| section.node.get(close).is_none());
        if let Some(close) = close {
            report.push(section::unknown(
                section.source,
                entry.key,
                "the manifest",
                Some(close),
            ));
        }
    }
}

/// The first place of a node: for a mapping its first key, so that an excerpt
/// shows one line and not the whole block.
pub(crate) fn anchor(node: Node<'_>) -> Span {
    match node.entries().next() {
        Some(entry) => entry.key.span(),
        None => node.span(),
    }
}
