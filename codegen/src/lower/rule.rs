//! The naming rules for sets and their metrics.
//!
//! A name depends on nothing but the set that it belongs to, so it changes only
//! when that set changes.

use extyped_manifest::contract::{Contract, DimensionSet, DimensionValue, Metric};

/// What the option `names` calls a set that shares its entity type with
/// another, or has none: its dimensions, written as in a pattern.
pub(crate) fn designator(set: &DimensionSet) -> String {
    if set.dimensions.is_empty() {
        return "{}".to_owned();
    }
    let mut designator = String::new();
    for dimension in &set.dimensions {
        designator.push('{');
        designator.push_str(&dimension.key);
        if let DimensionValue::Constant(value) = &dimension.value {
            designator.push('=');
            designator.push_str(value);
        }
        if !dimension.required {
            designator.push('?');
        }
        designator.push('}');
    }
    designator
}

/// The words that a set is named with: its entity type without the namespace,
/// else the longest dotted prefix that its metrics share, else the name of the
/// extension.
pub(crate) fn set_words<'c>(contract: &'c Contract, set: &'c DimensionSet) -> String {
    if let Some(entity_type) = &set.entity_type {
        return match entity_type.name.split_once(':') {
            Some((_, name)) if !name.is_empty() => name.to_owned(),
            _ => entity_type.name.clone(),
        };
    }
    let metrics = metrics_of(contract, set);
    let prefix = shared_segments(metrics.clone());
    let words = metrics
        .map(|metric| segments(&metric.key))
        .next()
        .map(|segments| {
            let shared: Vec<_> = segments.into_iter().take(prefix).collect();
            shared.join(".")
        })
        .unwrap_or_default();
    if words.is_empty() {
        let name = contract.name.as_str();
        return name.strip_prefix("custom:").unwrap_or(name).to_owned();
    }
    words
}

/// The words that the method of a metric is named with: its key without the
/// prefix that is shared in the set.
pub(crate) fn method_words(key: &str, shared: usize) -> String {
    let segments = segments(key);
    let starts_with_digit = |at: usize| {
        segments
            .get(at)
            .is_some_and(|segment| segment.starts_with(|c: char| c.is_ascii_digit()))
    };
    let mut start = shared;
    // `load.1m` reads better than anything made of `1m` alone.
    while start > 0 && starts_with_digit(start) {
        start -= 1;
    }
    segments
        .into_iter()
        .skip(start)
        .collect::<Vec<_>>()
        .join(".")
}

/// How many leading segments all the keys share. Each keeps at least one of
/// its own.
pub(crate) fn shared_segments<'c>(metrics: impl Iterator<Item = &'c Metric>) -> usize {
    let mut shared: Option<Vec<&str>> = None;
    for metric in metrics {
        let mut own = segments(&metric.key);
        own.pop();
        shared = Some(match shared {
            None => own,
            Some(shared) => {
                let same = shared.iter().zip(&own).take_while(|(a, b)| a == b).count();
                shared.into_iter().take(same).collect()
            }
        });
    }
    shared.map_or(0, |shared| shared.len())
}

/// The metrics that are reported with a set.
pub(crate) fn metrics_of<'c>(
    contract: &'c Contract,
    set: &'c DimensionSet,
) -> impl Iterator<Item = &'c Metric> + Clone {
    set.metrics
        .iter()
        .filter_map(|&index| contract.metrics.get(index))
}

/// The parts of a key. The suffix `.count` says what the metric is, not what
/// it is called: it stays with the part before it.
fn segments(key: &str) -> Vec<&str> {
    let stem = key.strip_suffix(".count").unwrap_or(key);
    let mut segments: Vec<&str> = stem.split('.').collect();
    if let Some(last) = segments.last_mut() {
        let start = stem.len() - last.len();
        *last = key.get(start..).unwrap_or(last);
    }
    segments
}
