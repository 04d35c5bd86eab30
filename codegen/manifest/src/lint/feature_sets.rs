//! `EXT060` and `EXT061`: metrics in feature sets without metadata, and the
//! reverse.

use super::{Subject, mend};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::resolve::{COUNT_SUFFIX, Metric};
use crate::suggest;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    if subject.manifest.feature_sets().is_empty() {
        return;
    }
    for metric in &subject.meaning.metrics {
        if metric.entry.is_none() && !metric.listed.is_empty() {
            report.push(undescribed(subject, metric));
        } else if metric.entry.is_some() && metric.listed.is_empty() {
            report.push(unlisted(metric));
        }
    }
}

fn undescribed(subject: &Subject<'_, '_, '_>, metric: &Metric<'_, '_>) -> Diagnostic {
    let key = metric.place;
    let finding = Diagnostic::new(
        &codes::METRIC_WITHOUT_METADATA,
        key.span(),
        format!("the metric `{}` has no metadata", key.as_str()),
    )
    .label("not described under `metrics`");
    // Two findings about one slip would mend it twice, so a metric that is in
    // no feature set is the likely meaning.
    let unlisted = subject
        .meaning
        .metrics
        .iter()
        .filter(|other| other.entry.is_some() && other.listed.is_empty())
        .map(|other| other.key.as_str());
    // Nothing is nearer to a key than the same one with or without its suffix.
    let suffixed = format!("{}{COUNT_SUFFIX}", key.as_str());
    let plain = key.as_str().strip_suffix(COUNT_SUFFIX);
    let close = unlisted
        .clone()
        .find(|other| *other == suffixed || Some(*other) == plain)
        .or_else(|| suggest::closest(&key, unlisted));
    if let Some(close) = close {
        return finding
            .help(format!("did you mean `{close}`?"))
            .write_instead(subject.source, key.span(), close);
    }
    let entry = format!(
        "key: {key}\nmetadata:\n  displayName: {key}\n  unit: Unspecified",
        key = key.as_str()
    );
    let list = subject.manifest.metrics_field.map(|field| field.value);
    let edit = list.and_then(|list| fix::insert_items(subject.source, list, &[entry]));
    mend(
        finding.help("add an entry with its `displayName` and `unit` to `metrics`"),
        format!("describe `{}`", key.as_str()),
        edit.into_iter().collect(),
    )
}

fn unlisted(metric: &Metric<'_, '_>) -> Diagnostic {
    Diagnostic::new(
        &codes::METRIC_WITHOUT_FEATURE_SET,
        metric.place.span(),
        format!("the metric `{}` is in no feature set", metric.key),
    )
    .label("always reported")
    .help("add it to a feature set, so that users can switch it off; `default` is always on")
}
