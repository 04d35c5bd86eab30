//! `EXT020` to `EXT023`: the keys of metrics.

use extyped_line::{KeyProblem, key};

use super::{Subject, rename};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{CALCULATED_PREFIX, Manifest, Text, anchor};
use crate::order::Numbers;
use crate::source::Span;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let mut seen = Numbers::default();
    for key in subject.manifest.written_keys() {
        let new = seen.len();
        if seen.give(key.as_str()) == new && !key.is_template() {
            check_grammar(subject, key, report);
        }
    }
    check_duplicates(subject.manifest, report);
    if seen.is_empty() {
        no_metrics(subject.manifest, report);
    }
}

fn check_grammar(subject: &Subject<'_, '_, '_>, text: Text<'_>, report: &mut Report) {
    let key = text.strip_prefix(CALCULATED_PREFIX).unwrap_or(&text);
    let Err(error) = key::validate(key) else {
        if key.starts_with("dt.") {
            report.push(
                Diagnostic::new(
                    &codes::METRIC_KEY,
                    text.span(),
                    format!("the metric key `{key}` starts with `dt.`"),
                )
                .label("reserved for the platform")
                .help("start the key with the name of the extension instead"),
            );
        }
        return;
    };
    let code = match error.problem() {
        KeyProblem::TooShort { .. } | KeyProblem::TooLong { .. } => &codes::METRIC_KEY_LENGTH,
        _ => &codes::METRIC_KEY,
    };
    let finding = Diagnostic::new(code, text.span(), format!("`{}`: {error}", text.as_str()))
        .label("the ingest refuses or changes this key")
        .help("rename the metric here and wherever it is reported");
    let better = match error.problem() {
        // What the ingest makes of such a key is legal and nobody's intention.
        KeyProblem::TooLong { .. } | KeyProblem::Start(_) => None,
        _ => key::normalize(key).filter(|better| key::validate(better).is_ok()),
    };
    report.push(match better {
        Some(better) if key.len() == text.len() => rename::mend(
            subject,
            finding,
            format!("rename the metric to `{better}`"),
            (key, &better),
        ),
        _ => finding,
    });
}

fn check_duplicates(manifest: &Manifest<'_>, report: &mut Report) {
    let mut described = First::default();
    for key in manifest.metrics.iter().map(|entry| entry.key) {
        if let Some(known) = described.before(key) {
            report.push(duplicate(key, known, "is described twice", Severity::Error));
        }
    }
    for set in manifest.feature_sets() {
        let mut listed = First::default();
        for &key in &set.metrics {
            if let Some(known) = listed.before(key) {
                let problem = format!("is listed twice in feature set `{}`", set.name.as_str());
                report.push(duplicate(key, known, &problem, Severity::Warning));
            }
        }
    }
}

/// Where each key comes first.
#[derive(Default)]
struct First<'t> {
    keys: Numbers<'t>,
    places: Vec<Span>,
}

impl<'t> First<'t> {
    /// The first place of a key that has come before.
    fn before(&mut self, key: Text<'t>) -> Option<Span> {
        let known = self.places.get(self.keys.give(key.as_str())).copied();
        if known.is_none() {
            self.places.push(key.span());
        }
        known
    }
}

fn duplicate(key: Text<'_>, first: Span, problem: &str, severity: Severity) -> Diagnostic {
    Diagnostic::new(
        &codes::DUPLICATE_METRIC,
        key.span(),
        format!("the metric `{}` {problem}", key.as_str()),
    )
    .severity(severity)
    .label("again here")
    .related(first, "first here")
    .help("remove one of the two")
}

fn no_metrics(manifest: &Manifest<'_>, report: &mut Report) {
    let place = manifest.metrics_field.map(|field| field.key.span());
    report.push(
        Diagnostic::new(
            &codes::NO_METRICS,
            place
                .or_else(|| manifest.name.map(Text::span))
                .unwrap_or_else(|| anchor(manifest.root)),
            "the manifest names no metric",
        )
        .label("no metric follows")
        .help(
            "list what the extension reports under `metrics`; \
             what is not listed has no unit, no name and no reporter",
        ),
    );
}
