//! The `metrics` section: what is known of each metric besides its values.

use super::section::{self, Section};
use super::text::Text;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::yaml::Node;

/// What a calculated metric's key starts with. It has no lines of its own: the
/// platform computes it from a selector.
pub(crate) const CALCULATED_PREFIX: &str = "func:";

/// The fields of `metadata`.
const METADATA: [&str; 8] = [
    "displayName",
    "description",
    "unit",
    "unitDisplayFormat",
    "tags",
    "dimensions",
    "sourceEntityType",
    "metricProperties",
];

/// An entry of `metrics`.
pub(crate) struct MetricEntry<'t> {
    /// `key`.
    pub(crate) key: Text<'t>,
    /// `metadata`; without fields when it is missing.
    pub(crate) metadata: Metadata<'t>,
    /// `query.metricSelector`, which calculated metrics have.
    pub(crate) selector: Option<Text<'t>>,
}

/// The `metadata` of a metric.
#[derive(Default)]
pub(crate) struct Metadata<'t> {
    pub(crate) display_name: Option<Text<'t>>,
    pub(crate) description: Option<Text<'t>>,
    pub(crate) unit: Option<Text<'t>>,
    /// The value of `dimensions`, when there is one.
    pub(crate) dimensions_node: Option<Node<'t>>,
    pub(crate) dimensions: Vec<DescribedDimension<'t>>,
    pub(crate) tags: Vec<Text<'t>>,
    /// `sourceEntityType`.
    pub(crate) source_entity_type: Option<Text<'t>>,
    pub(crate) properties: Properties<'t>,
}

/// The `metricProperties` of a metric.
#[derive(Default)]
pub(crate) struct Properties<'t> {
    /// `minValue`, and the number that it is.
    pub(crate) min: Option<(f64, Text<'t>)>,
    /// `maxValue`.
    pub(crate) max: Option<(f64, Text<'t>)>,
    /// `latency`, in minutes.
    pub(crate) latency: Option<(f64, Text<'t>)>,
}

/// The fields of `metricProperties`.
const PROPERTIES: [&str; 6] = [
    "minValue",
    "maxValue",
    "rootCauseRelevant",
    "impactRelevant",
    "valueType",
    "latency",
];

/// An entry of `metadata.dimensions`.
#[derive(Clone, Copy)]
pub(crate) struct DescribedDimension<'t> {
    pub(crate) key: Text<'t>,
    pub(crate) display_name: Option<Text<'t>>,
}

impl MetricEntry<'_> {
    /// Whether the platform computes the metric.
    pub(crate) fn is_calculated(&self) -> bool {
        self.key.starts_with(CALCULATED_PREFIX)
    }
}

/// Reads `metrics`.
pub(super) fn read<'t>(root: &Section<'t>, report: &mut Report) -> Vec<MetricEntry<'t>> {
    root.sections("metrics", "an entry of `metrics`", report)
        .into_iter()
        .filter_map(|item| entry(&item, report))
        .collect()
}

fn entry<'t>(item: &Section<'t>, report: &mut Report) -> Option<MetricEntry<'t>> {
    only_own_fields(item, report);
    let metadata = item.section("metadata", "the metadata of a metric", report);
    let metadata =
        metadata.map_or_else(Metadata::default, |section| read_metadata(&section, report));
    let key = item.required_text("key", report)?;
    let mut entry = MetricEntry {
        key,
        metadata,
        selector: None,
    };
    if let Some(query) = item.section("query", "the query of a metric", report) {
        query.only(&["metricSelector"], report);
        entry.selector = query.required_text("metricSelector", report);
    } else if entry.is_calculated() && item.field("query").is_none() {
        report.push(without_query(key));
    }
    Some(entry)
}

/// Reports unknown fields of an entry. One that belongs into the metadata is
/// not misspelt but misplaced.
fn only_own_fields(item: &Section<'_>, report: &mut Report) {
    let mut known = vec!["key", "metadata", "query"];
    for field in item
        .entries()
        .filter(|field| METADATA.contains(&field.name()))
    {
        report.push(
            section::unknown(item.source, field.key, "an entry of `metrics`", None)
                .help(format!("`{}` belongs under `metadata`", field.name())),
        );
        known.push(field.name());
    }
    item.only(&known, report);
}

fn without_query(key: Text<'_>) -> Diagnostic {
    let reported = key.strip_prefix(CALCULATED_PREFIX).unwrap_or(&key);
    Diagnostic::new(
        &codes::MISSING_FIELD,
        key.span(),
        format!("the calculated metric `{}` has no `query`", key.as_str()),
    )
    .label("`query` is missing")
    .help(format!(
        "give it a `query` with a `metricSelector`; \
         if the extension itself reports the metric, call it `{reported}`"
    ))
}

fn read_metadata<'t>(section: &Section<'t>, report: &mut Report) -> Metadata<'t> {
    section.only(&METADATA, report);
    section.choice("unitDisplayFormat", &["binary", "decimal"], report);
    let dimensions = section
        .sections("dimensions", "an entry of `dimensions`", report)
        .into_iter()
        .filter_map(|item| {
            item.only(&["key", "displayName"], report);
            Some(DescribedDimension {
                key: item.required_text("key", report)?,
                display_name: item.text("displayName", report),
            })
        })
        .collect();
    Metadata {
        display_name: section.text("displayName", report),
        description: section.text("description", report),
        unit: section.text("unit", report),
        dimensions_node: section.field("dimensions").map(|field| field.value),
        dimensions,
        tags: section.texts("tags", report),
        source_entity_type: section.text("sourceEntityType", report),
        properties: section
            .section("metricProperties", "the properties of a metric", report)
            .map(|section| read_properties(&section, report))
            .unwrap_or_default(),
    }
}

fn read_properties<'t>(section: &Section<'t>, report: &mut Report) -> Properties<'t> {
    section.only(&PROPERTIES, report);
    section.choice("valueType", &["error", "score", "unknown"], report);
    for flag in ["rootCauseRelevant", "impactRelevant"] {
        section.flag(flag, report);
    }
    Properties {
        min: section.number("minValue", report),
        max: section.number("maxValue", report),
        latency: section.number("latency", report),
    }
}
