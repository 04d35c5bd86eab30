//! `EXT057` and `EXT058`: the attributes of entity types.

use std::collections::HashMap;

use super::{Subject, enumerate};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{EntityTypeEntry, PatternText, Rule, Source};
use crate::resolve::{Metric, is_supplied};
use crate::suggest;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for (index, entity) in subject.manifest.topology.types.iter().enumerate() {
        check_forms(entity, report);
        for rule in &entity.rules {
            check_filled(subject, index, rule, report);
        }
    }
}

/// Attributes of a rule that no line of its metrics can fill.
fn check_filled(
    subject: &Subject<'_, '_, '_>,
    entity: usize,
    rule: &Rule<'_>,
    report: &mut Report,
) {
    let of_metrics = |source: &Source<'_>| matches!(source, Source::Metrics(Some(_)));
    if !rule.sources.iter().all(of_metrics) {
        return;
    }
    let applies = |metric: &&Metric<'_, '_>| {
        let mut own = metric.matches.iter().filter(|m| m.index == entity);
        own.any(|matched| matched.rules.iter().any(|m| std::ptr::eq(m.rule, rule)))
    };
    let metrics: Vec<&Metric<'_, '_>> = subject.meaning.metrics.iter().filter(applies).collect();
    // Where nothing is declared, a line may carry anything.
    if metrics.is_empty() || metrics.iter().any(|metric| metric.declarations.is_empty()) {
        return;
    }
    let can_fill = |key: &str| {
        metrics.iter().any(|metric| {
            let declared = metric.declarations.iter().any(|d| d.has(key));
            let mut sources = metric.declared.iter();
            declared || sources.any(|source| is_supplied(key, source.supplies))
        })
    };
    for attribute in &rule.attributes {
        let Some(pattern) = &attribute.pattern else {
            continue;
        };
        for placeholder in &pattern.pattern.placeholders {
            let key = placeholder.key.as_str();
            if key.starts_with("dt.") || can_fill(key) {
                continue;
            }
            let keys: Vec<&str> = metrics.iter().map(|metric| metric.key.as_str()).collect();
            let help = match meant(key, &metrics) {
                Some(meant) => format!("did you mean `{{{meant}}}`, which is declared?"),
                None => format!(
                    "declare `{key}` for {}, or remove the attribute",
                    enumerate(&keys)
                ),
            };
            report.push(
                Diagnostic::new(
                    &codes::UNFILLED_ATTRIBUTE,
                    pattern.span_of(&placeholder.range),
                    format!("no line carries `{key}`, so this attribute stays empty"),
                )
                .label("never filled")
                .help(help),
            );
        }
    }
}

/// The declared dimension that is spelled like `key`, or ends in it: `state` is
/// often short for `queue_state`.
fn meant<'m>(key: &str, metrics: &[&'m Metric<'_, '_>]) -> Option<&'m str> {
    let declared = || {
        let declarations = metrics.iter().flat_map(|metric| &metric.declarations);
        let keys = declarations.flat_map(|declaration| &declaration.keys);
        keys.map(|named| named.key.as_str())
    };
    let mut longer = declared().filter(|known| {
        let before = known.strip_suffix(key);
        before.is_some_and(|before| before.ends_with(['_', '.', '-']))
    });
    longer.next().or_else(|| suggest::closest(key, declared()))
}

/// Attributes whose patterns differ in more than the dimensions they name.
fn check_forms(entity: &EntityTypeEntry<'_>, report: &mut Report) {
    let mut first: HashMap<&str, &PatternText<'_>> = HashMap::new();
    for attribute in entity.rules.iter().flat_map(|rule| &rule.attributes) {
        let (Some(key), Some(pattern)) = (attribute.key, &attribute.pattern) else {
            continue;
        };
        let Some(known) = first.get(key.as_str()) else {
            first.insert(key.as_str(), pattern);
            continue;
        };
        if form(known) != form(pattern) {
            report.push(
                Diagnostic::new(
                    &codes::UNEVEN_ATTRIBUTE,
                    pattern.text.span(),
                    format!(
                        "the attribute `{}` has patterns of different form in the rules of `{}`",
                        key.as_str(),
                        entity.name.as_str()
                    ),
                )
                .label("another form")
                .related(known.text.span(), "first written like this")
                .help(
                    "between rules, only the names of the dimensions may differ; \
                     give the attribute another key here, or the same text around the dimensions",
                ),
            );
        }
    }
}

/// The pattern without the names of its dimensions.
fn form(pattern: &PatternText<'_>) -> String {
    let text = pattern.text.as_str();
    let mut form = String::with_capacity(text.len());
    let mut at = 0;
    for placeholder in &pattern.pattern.placeholders {
        form.push_str(text.get(at..placeholder.range.start).unwrap_or_default());
        at = placeholder.range.end;
    }
    form.push_str(text.get(at..).unwrap_or_default());
    form
}
