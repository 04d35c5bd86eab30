//! The groups and subgroups of a data source, which pass down what they say.

use super::{DataSources, DeclaredKind, DeclaredMetric, DimensionEntry, SourceLevel, Supplies};
use crate::diagnostic::Report;
use crate::model::section::{Section, unknown};
use crate::model::{Text, anchor, section};

/// The fields of groups and subgroups that are known; data sources have more.
const LEVEL: [&str; 14] = [
    "attributes",
    "dimensions",
    "featureSet",
    "filter",
    "group",
    "ingest",
    "interval",
    "metrics",
    "query",
    "service",
    "subgroup",
    "subgroups",
    "table",
    "type",
];

/// The fields of a metric in a data source.
const METRIC: [&str; 7] = [
    "dimensions",
    "featureSet",
    "filter",
    "gcpOptions",
    "key",
    "type",
    "value",
];

/// Reads a group and all below it.
pub(super) fn read<'t>(
    group: &Section<'t>,
    source: &'t str,
    supplies: Supplies,
    sources: &mut DataSources<'t>,
    report: &mut Report,
) {
    let level = Level {
        source,
        dimensions: Vec::new(),
        feature_set: None,
        supplies,
    };
    level.read(group, false, sources, report);
}

/// What a level of grouping passes down.
#[derive(Clone)]
struct Level<'t> {
    source: &'t str,
    dimensions: Vec<DimensionEntry<'t>>,
    feature_set: Option<Text<'t>>,
    supplies: Supplies,
}

impl<'t> Level<'t> {
    fn read(
        &self,
        section: &Section<'t>,
        is_subgroup: bool,
        sources: &mut DataSources<'t>,
        report: &mut Report,
    ) {
        section.slips(&LEVEL, report);
        let mut own = SourceLevel {
            source: self.source,
            place: anchor(section.node),
            is_subgroup,
            table: section.flag("table", report),
            values: Vec::new(),
            filters: Vec::new(),
            interval: section.field("interval").map(|field| field.value),
            metrics: 0,
            dimensions: 0,
        };
        let level = self.inside(section, &mut own, report);
        own.dimensions = level.dimensions.len() - self.dimensions.len();
        for item in section.sections("metrics", "a metric of a data source", report) {
            own.metrics += 1;
            sources
                .metrics
                .extend(level.metric(&item, &mut own, report));
        }
        sources.levels.push(own);
        // The tree is at most a hundred levels deep, so this cannot run away.
        for subgroup in section.sections("subgroups", "a subgroup", report) {
            level.read(&subgroup, true, sources, report);
        }
    }

    fn inside(
        &self,
        section: &Section<'t>,
        own: &mut SourceLevel<'t>,
        report: &mut Report,
    ) -> Level<'t> {
        let mut level = self.clone();
        for item in section.sections("dimensions", "an entry of `dimensions`", report) {
            item.slips(&["key", "value", "filter"], report);
            let key = item.required_text("key", report);
            level
                .dimensions
                .extend(key.map(|key| DimensionEntry { key }));
            own.values.extend(item.text("value", report));
            own.filters.extend(item.text("filter", report));
        }
        level.feature_set = section.text("featureSet", report).or(level.feature_set);
        level
    }

    fn metric(
        &self,
        item: &Section<'t>,
        own: &mut SourceLevel<'t>,
        report: &mut Report,
    ) -> Option<DeclaredMetric<'t>> {
        let level = self.inside(item, own, report);
        if let Some(field) = item.field("metadata") {
            // A frequent slip: nothing reads it here.
            report.push(
                unknown(item.source, field.key, "a metric of a data source", None)
                    .help("describe the metric in the `metrics` list of the top level"),
            );
        } else {
            item.slips(&METRIC, report);
        }
        own.values.extend(item.text("value", report));
        let kind = item
            .text("type", report)
            .and_then(|text| Some((kind(item, text, report)?, text)));
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
fn kind(item: &Section<'_>, text: Text<'_>, report: &mut Report) -> Option<DeclaredKind> {
    match text.to_ascii_lowercase().as_str() {
        "gauge" => Some(DeclaredKind::Gauge),
        "count" | "count,delta" => Some(DeclaredKind::Count),
        _ => {
            if !text.is_template() {
                let known = ["gauge", "count"];
                let close = crate::suggest::closest(&text, known);
                let what = "the type of a metric";
                report.push(section::unknown_value(
                    item.source,
                    text,
                    what,
                    &known,
                    close,
                ));
            }
            None
        }
    }
}
