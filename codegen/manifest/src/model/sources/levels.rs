//! The groups and subgroups of a data source, which pass down what they say.

use super::{
    DataSources, DeclaredKind, DeclaredMetric, DimensionEntry, SourceLevel, SourceValue, Supplies,
};
use crate::diagnostic::Report;
use crate::model::section::{Section, unknown};
use crate::model::{Text, anchor, section};
use crate::yaml::NodeKind;

/// The fields of groups and subgroups that are known; data sources have more.
const LEVEL: [&str; 19] = [
    "attributes",
    "dimensions",
    "featureSet",
    "filter",
    "gcpMonitoringFilter",
    "group",
    "ingest",
    "interval",
    "metrics",
    "query",
    "queryFilters",
    "schedule",
    "service",
    "subgroup",
    "subgroups",
    "table",
    "timeout",
    "type",
    "wmiNamespace",
];

/// The fields of a metric in a data source.
const METRIC: [&str; 8] = [
    "dimensions",
    "featureSet",
    "filter",
    "gcpOptions",
    "interval",
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
    level.read(group, None, sources, report);
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
        parent: Option<usize>,
        sources: &mut DataSources<'t>,
        report: &mut Report,
    ) {
        section.slips(&LEVEL, report);
        let mut own = SourceLevel {
            source: self.source,
            place: anchor(section.node),
            is_subgroup: parent.is_some(),
            node: section.node,
            parent,
            table: section.flag("table", report),
            values: Vec::new(),
            filters: Vec::new(),
            intervals: Vec::new(),
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
        for item in section.sections("attributes", "an entry of `attributes`", report) {
            item.slips(&["key", "value"], report);
            own.values.extend(value(&item, self.source, false, report));
        }
        for item in section.sections("queryFilters", "an entry of `queryFilters`", report) {
            item.slips(&["field", "filter"], report);
            item.text("field", report);
            own.filters.extend(item.text("filter", report));
        }
        let place = sources.levels.len();
        sources.levels.push(own);
        // The tree is at most a hundred levels deep, so this cannot run away.
        for subgroup in section.sections("subgroups", "a subgroup", report) {
            level.read(&subgroup, Some(place), sources, report);
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
            let key = key(&item, report);
            level
                .dimensions
                .extend(key.map(|key| DimensionEntry { key }));
            own.values.extend(value(&item, self.source, false, report));
            own.filters.extend(item.text("filter", report));
        }
        let interval = section.field("interval").map(|field| field.value);
        own.intervals.extend(interval);
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
        own.values.extend(value(item, self.source, true, report));
        let form = item
            .text("type", report)
            .and_then(|text| form(item, text, report));
        Some(DeclaredMetric {
            key: key(item, report)?,
            kind: form.and_then(|form| form.kind),
            series: form.map_or(&[], |form| form.series),
            dimensions: level.dimensions,
            feature_set: level.feature_set,
            supplies: level.supplies,
        })
    }
}

/// The key of a metric or dimension, which was called `id` once.
fn key<'t>(item: &Section<'t>, report: &mut Report) -> Option<Text<'t>> {
    let old = item.entries().find(|entry| entry.name() == "id");
    let Some(old) = old.filter(|_| item.field("key").is_none()) else {
        return item.required_text("key", report);
    };
    report.push(
        unknown(item.source, old.key, item.name(), Some("key"))
            .help("write `key`: `id` was its name before version 1.217"),
    );
    item.text("id", report)
}

/// The value of a metric or dimension. JMX has values of two fields.
fn value<'t>(
    item: &Section<'t>,
    source: &str,
    of_metric: bool,
    report: &mut Report,
) -> Option<SourceValue<'t>> {
    let is_section = item
        .field("value")
        .is_some_and(|field| field.value.kind() == NodeKind::Mapping);
    if is_section && source == "jmx" {
        let parts = item.section("value", "the value of an attribute", report)?;
        parts.slips(&["attribute", "accessor"], report);
        parts.required_text("attribute", report);
        parts.text("accessor", report);
        return None;
    }
    let text = item.text("value", report)?;
    Some(SourceValue { text, of_metric })
}

/// What the `type` of a metric says.
#[derive(Clone, Copy)]
struct Form<'t> {
    kind: Option<(DeclaredKind, Text<'t>)>,
    series: &'static [&'static str],
}

/// Reads a `type`. `count,delta` says that the source counts in deltas already,
/// `gauge_statcounter` that JMX keeps minimum and maximum; a histogram and a
/// summary are stored as several series.
fn form<'t>(item: &Section<'t>, text: Text<'t>, report: &mut Report) -> Option<Form<'t>> {
    let plain = |kind| {
        Some(Form {
            kind: Some((kind, text)),
            series: &[],
        })
    };
    let several = |series| Some(Form { kind: None, series });
    match text.to_ascii_lowercase().as_str() {
        "gauge" | "gauge_statcounter" => plain(DeclaredKind::Gauge),
        "count" | "count,delta" => plain(DeclaredKind::Count),
        "histogram" => several(&["_bucket.count", "_count", "_sum.count"]),
        "summary" => several(&["_count", "_sum.count"]),
        _ => {
            if !text.is_template() {
                let known = ["gauge", "count", "histogram", "summary"];
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
