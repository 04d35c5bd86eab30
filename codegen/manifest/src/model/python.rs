//! The `python` section: where the code is, and which metrics belong to which
//! feature set.

use super::section::Section;
use super::text::Text;
use crate::diagnostic::Report;

/// The `python` data source.
pub(crate) struct Python<'t> {
    /// `featureSets`.
    pub(crate) feature_sets: Vec<FeatureSetEntry<'t>>,
}

/// An entry of `python.featureSets`.
pub(crate) struct FeatureSetEntry<'t> {
    /// `featureSet`.
    pub(crate) name: Text<'t>,
    /// The keys under `metrics`.
    pub(crate) metrics: Vec<Text<'t>>,
}

/// Reads `python`, if the manifest has it.
pub(super) fn read<'t>(root: &Section<'t>, report: &mut Report) -> Option<Python<'t>> {
    let python = root.section("python", "`python`", report)?;
    python.only(&["runtime", "activation", "featureSets"], report);
    if let Some(runtime) = python.required_section("runtime", "`python.runtime`", report) {
        runtime.only(&["module", "version"], report);
        runtime.required_text("module", report);
        if let Some(version) =
            runtime.required_section("version", "`python.runtime.version`", report)
        {
            version.only(&["min", "max"], report);
            version.required_text("min", report);
            version.text("max", report);
        }
    }
    if let Some(activation) = python.section("activation", "`python.activation`", report) {
        activation.only(&["remote", "local"], report);
        for (key, name) in [
            ("remote", "`python.activation.remote`"),
            ("local", "`python.activation.local`"),
        ] {
            if let Some(side) = activation.section(key, name, report) {
                side.only(&["path"], report);
                side.text("path", report);
            }
        }
    }
    let feature_sets = python
        .sections("featureSets", "an entry of `python.featureSets`", report)
        .into_iter()
        .filter_map(|item| feature_set(&item, report))
        .collect();
    Some(Python { feature_sets })
}

fn feature_set<'t>(item: &Section<'t>, report: &mut Report) -> Option<FeatureSetEntry<'t>> {
    item.only(&["featureSet", "metrics"], report);
    let metrics = item
        .sections("metrics", "a metric of a feature set", report)
        .into_iter()
        .filter_map(|metric| {
            metric.only(&["key"], report);
            metric.required_text("key", report)
        })
        .collect();
    Some(FeatureSetEntry {
        name: item.required_text("featureSet", report)?,
        metrics,
    })
}
