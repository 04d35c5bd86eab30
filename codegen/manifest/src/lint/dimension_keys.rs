//! `EXT050` and `EXT053`: the keys of dimensions and of attributes.

use std::collections::HashSet;

use extyped_line::dimension;

use super::{Subject, mend};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::{PatternText, Rule, Source, Text};
use crate::source::{SourceFile, Span};
use crate::yaml::is_template;

/// Shortest and longest key of an attribute.
const ATTRIBUTE_KEY: std::ops::RangeInclusive<usize> = 3..=20;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    // Groups pass their dimensions down: each is met once for every metric.
    let mut seen: HashSet<Span> = HashSet::new();
    let mut meet = |key: Text<'_>| {
        if seen.insert(key.span()) {
            report.extend(check_key(subject.source, &key, key.span(), key.span()));
        }
    };
    for entry in &subject.manifest.metrics {
        entry.metadata.dimensions.iter().for_each(|d| meet(d.key));
    }
    for metric in &subject.manifest.sources.metrics {
        metric.dimensions.iter().for_each(|d| meet(d.key));
    }
    let types = subject.manifest.topology.types.iter();
    for rule in types.flat_map(|entity| &entity.rules) {
        check_rule(subject, rule, report);
    }
}

fn check_rule(subject: &Subject<'_, '_, '_>, rule: &Rule<'_>, report: &mut Report) {
    for key in rule.attributes.iter().filter_map(|attribute| attribute.key) {
        report.extend(check_attribute(key));
    }
    // Logs, events and entities have attributes with other rules for keys.
    let of_metrics = |source: &Source<'_>| matches!(source, Source::Metrics(_));
    if !rule.sources.iter().all(of_metrics) {
        return;
    }
    for key in rule.required.iter().map(|required| required.key) {
        report.extend(check_key(subject.source, &key, key.span(), key.span()));
    }
    let attributes = rule.attributes.iter().filter_map(|a| a.pattern.as_ref());
    for pattern in rule.id.iter().chain(&rule.instance_name).chain(attributes) {
        check_pattern(subject.source, pattern, report);
    }
}

fn check_pattern(source: &SourceFile, pattern: &PatternText<'_>, report: &mut Report) {
    for placeholder in &pattern.pattern.placeholders {
        let span = pattern.span_of(&placeholder.range);
        report.extend(check_key(
            source,
            &placeholder.key,
            span,
            pattern.text.span(),
        ));
    }
}

/// Checks a key at `span`, in the scalar at `scalar`.
fn check_key(source: &SourceFile, key: &str, span: Span, scalar: Span) -> Option<Diagnostic> {
    if is_template(key) {
        return None;
    }
    let error = dimension::validate_key(key).err()?;
    let finding = Diagnostic::new(&codes::DIMENSION_KEY, span, format!("`{key}`: {error}"))
        .label("no line can carry this key");
    Some(match normal(key) {
        Some(better) => mend(
            finding.help(format!("the ingest stores it as `{better}`: write that")),
            format!("write `{better}`"),
            fix::replace_within_scalar(source, scalar, key, &better),
        ),
        None => finding.help("give the dimension another key"),
    })
}

/// The key that the ingest makes of it.
fn normal(key: &str) -> Option<String> {
    dimension::normalize_key(key)
        .filter(|better| dimension::validate_key(better).is_ok())
        .map(std::borrow::Cow::into_owned)
}

fn check_attribute(key: Text<'_>) -> Option<Diagnostic> {
    let length = key.chars().count();
    if ATTRIBUTE_KEY.contains(&length) || key.is_template() {
        return None;
    }
    let (min, max) = (ATTRIBUTE_KEY.start(), ATTRIBUTE_KEY.end());
    Some(
        Diagnostic::new(
            &codes::ATTRIBUTE_KEY_LENGTH,
            key.span(),
            format!(
                "the attribute key `{}` has {length} characters",
                key.as_str()
            ),
        )
        .label(format!("takes {min} to {max}"))
        .help(format!(
            "rename the attribute to {min} to {max} characters; \
             the dimension in its pattern keeps its key"
        )),
    )
}
