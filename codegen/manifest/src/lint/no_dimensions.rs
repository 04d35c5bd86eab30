//! `EXT055`: metrics of which nobody says what they belong to.

use super::{Subject, enumerate};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::resolve::Metric;

/// How many metrics a finding points at.
const SHOWN: usize = 4;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    // Metrics of declarative sources have what the source supplies, and one
    // without metadata has a finding already.
    let is_bare = |metric: &&Metric<'_, '_>| {
        metric.entry.is_some()
            && metric.declarations.is_empty()
            && metric.matches.is_empty()
            && metric.declared.is_empty()
            && !subject.manifest.sources.has_series(&metric.key)
    };
    let bare: Vec<&Metric<'_, '_>> = subject.meaning.metrics.iter().filter(is_bare).collect();
    let Some((first, others)) = bare.split_first() else {
        return;
    };
    let keys: Vec<&str> = bare.iter().map(|metric| metric.key.as_str()).collect();
    // One finding for all: they are usually all metrics of a manifest.
    let verb = if others.is_empty() { "has" } else { "have" };
    let mut finding = Diagnostic::new(
        &codes::NO_DIMENSIONS,
        first.place.span(),
        format!(
            "{} {verb} no dimensions: none are declared, and no entity type asks for any",
            enumerate(&keys)
        ),
    )
    .label("reported without dimensions")
    .help("list what tells the values apart under `metadata.dimensions`");
    for metric in others.iter().take(SHOWN - 1) {
        finding = finding.related(metric.place.span(), "this one too");
    }
    report.push(finding);
}
