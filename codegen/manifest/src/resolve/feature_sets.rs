//! Which feature sets there are, and which metrics they switch.

use super::metrics::Metric;
use crate::contract::FeatureSet;
use crate::model::{Manifest, Text};
use crate::order::order_by;

/// The feature sets in the order of the file.
pub(super) fn collect(manifest: &Manifest<'_>) -> Vec<FeatureSet> {
    let mut names: Vec<Text<'_>> = Vec::new();
    for set in manifest.feature_sets() {
        names.push(set.name);
    }
    for metric in &manifest.sources.metrics {
        names.extend(metric.feature_set);
    }
    order_by(&mut names, |name| name.span().order());
    let mut sets: Vec<FeatureSet> = Vec::new();
    for name in names {
        if !sets.iter().any(|set| set.name == name.as_str()) {
            sets.push(FeatureSet {
                name: name.to_string(),
                span: name.span(),
            });
        }
    }
    sets
}

/// The feature sets that switch a metric; none if it is always on, which it
/// also is if one of its places in a data source belongs to no feature set.
pub(super) fn of(metric: &Metric<'_, '_>, sets: &[FeatureSet]) -> Vec<usize> {
    let mut names: Vec<&str> = metric
        .listed
        .iter()
        .map(|listing| listing.set.name.as_str())
        .collect();
    for declared in &metric.declared {
        match declared.feature_set {
            Some(name) => names.push(name.as_str()),
            None => return Vec::new(),
        }
    }
    (0..sets.len())
        .filter(|&index| {
            sets.get(index)
                .is_some_and(|set| names.contains(&set.name.as_str()))
        })
        .collect()
}
