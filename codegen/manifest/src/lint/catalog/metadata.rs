//! `EXT042` to `EXT046`: what the metadata of a metric says of it.

use std::collections::HashMap;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{MetricEntry, Text};

/// Shortest and longest latency, in minutes.
const LATENCY: std::ops::RangeInclusive<f64> = 1.0..=60.0;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for entry in &subject.manifest.metrics {
        check_properties(entry, report);
        check_tags(entry, report);
        check_empty(entry, report);
        if entry.metadata.display_name.is_none() {
            report.push(nameless(entry));
        }
    }
    check_names(&subject.manifest.metrics, report);
}

fn check_properties(entry: &MetricEntry<'_>, report: &mut Report) {
    let properties = &entry.metadata.properties;
    if let (Some((min, _)), Some((max, text))) = (properties.min, properties.max)
        && min > max
    {
        let (least, _) = properties.min.unwrap_or((min, text));
        report.push(
            Diagnostic::new(
                &codes::METRIC_PROPERTIES,
                text.span(),
                format!("`maxValue` is {max}, less than `minValue`, which is {least}"),
            )
            .label("no value lies between them")
            .help("swap the two, or remove the one that is not known"),
        );
    }
    if let Some((latency, text)) = properties.latency
        && !(LATENCY.contains(&latency) && latency.fract() == 0.0)
    {
        report.push(
            Diagnostic::new(
                &codes::METRIC_PROPERTIES,
                text.span(),
                format!("the latency of {latency} minutes is out of range"),
            )
            .label("a whole number of minutes from 1 to 60")
            .help("write how many minutes late the values arrive, at most 60"),
        );
    }
}

/// Texts that are there and say nothing.
fn check_empty(entry: &MetricEntry<'_>, report: &mut Report) {
    let metadata = &entry.metadata;
    let tags = metadata.tags.iter().map(|&tag| ("a tag", Some(tag)));
    let texts = [
        ("the display name", metadata.display_name),
        ("the description", metadata.description),
        ("the unit", metadata.unit),
    ];
    for (what, text) in texts.into_iter().chain(tags) {
        let Some(text) = text.filter(|text| text.is_empty()) else {
            continue;
        };
        report.push(
            Diagnostic::new(
                &codes::EMPTY_TEXT,
                text.span(),
                format!("{what} of `{}` is empty", entry.key.as_str()),
            )
            .label("at least one character")
            .help("write what users should read, or remove the field"),
        );
    }
}

fn check_tags(entry: &MetricEntry<'_>, report: &mut Report) {
    let mut first: HashMap<String, Text<'_>> = HashMap::new();
    for &tag in &entry.metadata.tags {
        let lowered = tag.to_lowercase();
        match first.get(&lowered) {
            Some(known) => report.push(
                Diagnostic::new(
                    &codes::DUPLICATE_TAG,
                    tag.span(),
                    format!(
                        "`{}` has the tag `{}` twice",
                        entry.key.as_str(),
                        tag.as_str()
                    ),
                )
                .label("again here; case does not count")
                .related(known.span(), "first here")
                .help("remove one of the two"),
            ),
            None => {
                first.insert(lowered, tag);
            }
        }
    }
}

fn nameless(entry: &MetricEntry<'_>) -> Diagnostic {
    Diagnostic::new(
        &codes::NO_DISPLAY_NAME,
        entry.key.span(),
        format!("the metric `{}` has no `displayName`", entry.key.as_str()),
    )
    .label("users see the key")
    .help("add `displayName:` under `metadata`, in the words of the extension's users")
}

fn check_names(metrics: &[MetricEntry<'_>], report: &mut Report) {
    let mut first: HashMap<&str, &MetricEntry<'_>> = HashMap::new();
    for entry in metrics {
        let Some(name) = entry.metadata.display_name else {
            continue;
        };
        let Some(known) = first.get(name.as_str()) else {
            first.insert(name.as_str(), entry);
            continue;
        };
        // One metric that is described twice has another finding.
        if *known.key != *entry.key {
            report.push(
                Diagnostic::new(
                    &codes::DUPLICATE_DISPLAY_NAME,
                    name.span(),
                    format!(
                        "`{}` and `{}` have the same display name",
                        known.key.as_str(),
                        entry.key.as_str()
                    ),
                )
                .label("users cannot tell them apart")
                .related(
                    known.metadata.display_name.unwrap_or(known.key).span(),
                    "the other one",
                )
                .help("say in the name what differs"),
            );
        }
    }
}
