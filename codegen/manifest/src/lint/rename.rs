//! Renaming a metric in every place that names it.

use super::Subject;
use crate::diagnostic::{Diagnostic, Edit};
use crate::fix;

/// Attaches the fix that renames a metric, if it can be renamed.
pub(super) fn mend(
    subject: &Subject<'_, '_, '_>,
    finding: Diagnostic,
    title: impl Into<String>,
    (from, to): (&str, &str),
) -> Diagnostic {
    super::mend(finding, title, metric(subject, from, to)).renames(from, to)
}

/// The edits that rename a metric: in `metrics`, feature sets, data sources,
/// selectors, screens and conditions. None if one of the places cannot be
/// edited, or if the new name is taken: half a rename is worse than none.
fn metric(subject: &Subject<'_, '_, '_>, from: &str, to: &str) -> Vec<Edit> {
    let described = |key: &str| {
        let metrics = &subject.manifest.metrics;
        metrics.iter().any(|entry| *entry.key == *key)
    };
    if described(from) && described(to) {
        return Vec::new();
    }
    let mut edits = Vec::new();
    for &place in subject.manifest.mentions.of(from) {
        let here = fix::replace_within_scalar(subject.source, place, from, to);
        if here.is_empty() {
            return Vec::new();
        }
        edits.extend(here);
    }
    fix::in_order(edits)
}
