//! Metrics and feature sets.

use std::collections::BTreeMap;

use super::{Changes, Weight};
use crate::outline::{Metric, Outline};

const AREA: &str = "metric";

pub(super) fn compare(old: &Outline, new: &Outline, changes: &mut Changes) {
    for metric in &old.metrics {
        match new.metrics.iter().find(|other| other.key == metric.key) {
            Some(other) => one(metric, other, changes),
            None => changes.add(
                Weight::Major,
                AREA,
                &metric.key,
                "removed",
                "whatever shows it or alerts on it has no data",
            ),
        }
    }
    for metric in &new.metrics {
        if !old.metrics.iter().any(|other| other.key == metric.key) {
            let reason = "what was there goes on";
            changes.add(Weight::Minor, AREA, &metric.key, "added", reason);
        }
    }
    feature_sets(old, new, changes);
}

fn one(old: &Metric, new: &Metric, changes: &mut Changes) {
    let key = new.key.as_str();
    changes.texts(
        (Weight::Major, AREA, key, "kind"),
        Some(old.kind),
        Some(new.kind),
        "the stored values are of another kind",
    );
    // Without a unit nobody can have relied on one.
    let (weight, reason) = match old.unit.as_deref() {
        None | Some("Unspecified") => (Weight::Patch, "the values stay the same"),
        Some(_) => (
            Weight::Major,
            "the same number means something else in charts and thresholds",
        ),
    };
    changes.texts(
        (weight, AREA, key, "unit"),
        old.unit.as_deref(),
        new.unit.as_deref(),
        reason,
    );
    changes.texts(
        (Weight::Minor, AREA, key, "selector"),
        old.selector.as_deref(),
        new.selector.as_deref(),
        "its values are computed in another way",
    );
    changes.texts(
        (Weight::Patch, AREA, key, "display name"),
        old.display_name.as_deref(),
        new.display_name.as_deref(),
        "the key stays the same",
    );
    if old.description != new.description {
        let reason = "the key stays the same";
        changes.add(Weight::Patch, AREA, key, "description changed", reason);
    }
    dimensions(old, new, changes);
    entities(old, new, changes);
    turned_on_by(old, new, changes);
}

/// The dimensions of a metric, and whether every line has them.
fn known(metric: &Metric) -> BTreeMap<&str, bool> {
    let mut known: BTreeMap<&str, bool> = BTreeMap::new();
    for dimension in metric.sets.iter().flatten() {
        known.entry(&dimension.key).or_insert_with(|| {
            metric.sets.iter().all(|set| {
                let mut dimensions = set.iter();
                dimensions.any(|other| other.key == dimension.key && other.is_required)
            })
        });
    }
    known
}

fn dimensions(old: &Metric, new: &Metric, changes: &mut Changes) {
    let (before, after) = (known(old), known(new));
    for (dimension, was_always) in &before {
        let (weight, what, reason) = match (was_always, after.get(dimension)) {
            (_, None) => (
                Weight::Major,
                "removed",
                "filters and splits by it find nothing",
            ),
            (true, Some(false)) => (
                Weight::Minor,
                "no longer on every line",
                "filters and splits by it find some lines only",
            ),
            (false, Some(true)) => (
                Weight::Patch,
                "now on every line",
                "filters and splits find more",
            ),
            _ => continue,
        };
        let what = format!("dimension `{dimension}` {what}");
        changes.add(weight, AREA, &new.key, what, reason);
    }
    for dimension in after.keys().filter(|key| !before.contains_key(*key)) {
        let what = format!("dimension `{dimension}` added");
        let reason = "sums and averages stay the same; there are more series";
        changes.add(Weight::Minor, AREA, &new.key, what, reason);
    }
}

fn entities(old: &Metric, new: &Metric, changes: &mut Changes) {
    let (before, after) = (&old.entity_types, &new.entity_types);
    for entity in before.iter().filter(|it| !after.contains(it)) {
        let what = format!("no longer of `{entity}`");
        let reason = "the pages of these entities lack it";
        changes.add(Weight::Major, AREA, &new.key, what, reason);
    }
    for entity in after.iter().filter(|it| !before.contains(it)) {
        let what = format!("also of `{entity}`");
        let reason = "what was there goes on";
        changes.add(Weight::Minor, AREA, &new.key, what, reason);
    }
}

/// The sets that turn a metric on. None means that nothing can turn it off, and
/// nor can `default`.
fn turned_on_by(old: &Metric, new: &Metric, changes: &mut Changes) {
    let is_always = |metric: &Metric| {
        let mut sets = metric.feature_sets.iter();
        metric.feature_sets.is_empty() || sets.any(|set| set == "default")
    };
    let key = new.key.as_str();
    match (is_always(old), is_always(new)) {
        (true, true) => {}
        (false, true) => {
            let reason = "it cannot be turned off any more";
            changes.add(Weight::Minor, AREA, key, "now always on", reason);
        }
        (true, false) => {
            let sets = new.feature_sets.join("`, `");
            let what = format!("only on with the feature set `{sets}`");
            let reason = "configurations without the set no longer have it";
            changes.add(Weight::Major, AREA, key, what, reason);
        }
        (false, false) => {
            for set in &old.feature_sets {
                if !new.feature_sets.contains(set) {
                    let what = format!("left the feature set `{set}`");
                    let reason = "configurations with that set alone no longer have it";
                    changes.add(Weight::Major, AREA, key, what, reason);
                }
            }
            for set in &new.feature_sets {
                if !old.feature_sets.contains(set) {
                    let what = format!("joined the feature set `{set}`");
                    let reason = "configurations with that set have more";
                    changes.add(Weight::Minor, AREA, key, what, reason);
                }
            }
        }
    }
}

fn feature_sets(old: &Outline, new: &Outline, changes: &mut Changes) {
    const AREA: &str = "feature set";
    for set in &old.feature_sets {
        if !new.feature_sets.contains(set) {
            let reason = "configurations that name it ask for nothing";
            changes.add(Weight::Major, AREA, set, "removed", reason);
        }
    }
    for set in &new.feature_sets {
        if !old.feature_sets.contains(set) {
            let reason = "what was there goes on";
            changes.add(Weight::Minor, AREA, set, "added", reason);
        }
    }
}
