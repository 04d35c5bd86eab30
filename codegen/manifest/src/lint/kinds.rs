//! `EXT030` to `EXT032`: keys that do not fit the kind of their metric.

use super::{Subject, rename};
use crate::codes;
use crate::contract::Kind;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::Text;
use crate::resolve::{COUNT_SUFFIX, KindFrom, Metric};
use crate::source::Span;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for metric in &subject.meaning.metrics {
        match metric.kind {
            Kind::Count => report_bare_count(subject, metric, report),
            Kind::Gauge if metric.key.ends_with(COUNT_SUFFIX) => {
                report.push(suffixed_gauge(metric));
            }
            // A histogram and a summary have a series of that name.
            Kind::Gauge
                if metric.key.ends_with("_count")
                    && !subject.manifest.sources.has_series(&metric.key) =>
            {
                report.extend(underscore(metric));
            }
            Kind::Gauge => {}
        }
    }
}

/// A count whose key lacks the suffix wherever it is declared.
fn report_bare_count(subject: &Subject<'_, '_, '_>, metric: &Metric<'_, '_>, report: &mut Report) {
    let Some(key) = places(metric).find(|key| !key.ends_with(COUNT_SUFFIX)) else {
        return;
    };
    let written = key.as_str();
    let suffixed = format!("{written}{COUNT_SUFFIX}");
    let finding = Diagnostic::new(
        &codes::COUNT_WITHOUT_SUFFIX,
        key.span(),
        format!("`{written}` is a count, but its key does not end in `{COUNT_SUFFIX}`"),
    )
    .label(format!("stored as `{suffixed}`"));
    let finding = match metric.kind_from {
        KindFrom::Declared(kind) => finding.related(kind.span(), "declared as a count"),
        KindFrom::Option | KindFrom::Suffix => finding,
    };
    let finding = match used(subject, &suffixed) {
        // The author relies on the ingest to append it: legal, and different
        // on platforms that do not.
        Some(place) => finding
            .severity(Severity::Warning)
            .related(place, "already named with the suffix here")
            .help(format!(
                "write `{suffixed}` in full: not every storage appends the suffix"
            )),
        None => finding.help(format!(
            "rename it to `{suffixed}`; as it is, nothing that asks for `{written}` finds it"
        )),
    };
    report.push(rename::mend(
        subject,
        finding,
        format!("rename `{written}` to `{suffixed}` everywhere"),
        (written, &suffixed),
    ));
}

/// The first place that uses a key.
fn used(subject: &Subject<'_, '_, '_>, key: &str) -> Option<Span> {
    let mentions = subject.manifest.mentions.of(key);
    mentions.iter().copied().min()
}

/// Every place where the metric's key is written as a field of its own: the
/// data source first, for it declares the type.
fn places<'t>(metric: &Metric<'_, 't>) -> impl Iterator<Item = Text<'t>> {
    let declared = metric.declared.iter().map(|declared| declared.key);
    let listed = metric.listed.iter().map(|listing| listing.key);
    declared
        .chain(metric.entry.map(|entry| entry.key))
        .chain(listed)
}

/// Only a declared type or an option makes a gauge of a key with the suffix.
fn suffixed_gauge(metric: &Metric<'_, '_>) -> Diagnostic {
    let key = &metric.key;
    let stem = key.strip_suffix(COUNT_SUFFIX).unwrap_or(key);
    let finding = Diagnostic::new(
        &codes::GAUGE_WITH_SUFFIX,
        metric.place.span(),
        format!("`{key}` is a gauge, but its key ends in `{COUNT_SUFFIX}`"),
    )
    .label(format!("stored as `{key}.gauge`"));
    match metric.kind_from {
        KindFrom::Declared(kind) => {
            finding
                .related(kind.span(), "declared as a gauge")
                .help(format!(
                    "if it counts what happens, write `type: count`; \
             if it is a momentary number, give it a key without the suffix, such as `{stem}`"
                ))
        }
        KindFrom::Option | KindFrom::Suffix => finding.help(format!(
            "remove the option, or give the metric a key without the suffix, such as `{stem}`"
        )),
    }
}

/// `_count` means nothing to the ingest. Whoever sets an option has decided, and
/// is left alone; whoever declares a type most likely has.
fn underscore(metric: &Metric<'_, '_>) -> Option<Diagnostic> {
    let key = &metric.key;
    if let KindFrom::Declared(kind) = metric.kind_from {
        return Some(
            Diagnostic::new(
                &codes::UNDERSCORE_COUNT,
                metric.place.span(),
                format!("`{key}` is declared as a gauge, and its key ends in `_count`"),
            )
            .severity(Severity::Hint)
            .label("reads like a count")
            .related(kind.span(), "declared as a gauge")
            .help(
                "if it counts what happens, write `type: count`; \
                 if it is a momentary number, a key without `_count` says so",
            ),
        );
    }
    let KindFrom::Suffix = metric.kind_from else {
        return None;
    };
    let stem = key.strip_suffix("_count")?;
    Some(
        Diagnostic::new(
            &codes::UNDERSCORE_COUNT,
            metric.place.span(),
            format!("`{key}` ends in `_count`, which does not make it a count"),
        )
        .label("treated as a gauge")
        .help(format!(
            "if it counts what happens, rename it to `{stem}{COUNT_SUFFIX}`; \
             if it is a momentary number, set the option `kinds` to gauge for it"
        )),
    )
}
