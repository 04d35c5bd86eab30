//! `EXT059` and `EXT065`: relationships that the platform refuses, and those
//! that no line can create.

use super::{Subject, enumerate};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{EntityTypeEntry, Relationship, RelationshipSource, Source, Text};
use crate::resolve::{Metric, is_supplied};
use crate::suggest;
use crate::topology::Condition;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for relationship in &subject.manifest.topology.relationships {
        check_form(subject, relationship, report);
        for source in &relationship.sources {
            report.extend(unjoinable(subject, relationship, source));
        }
    }
}

fn defined<'m, 't>(
    subject: &Subject<'_, 'm, 't>,
    name: Option<Text<'_>>,
) -> Option<&'m EntityTypeEntry<'t>> {
    let name = name?;
    let mut types = subject.manifest.topology.types.iter();
    types.find(|entity| entity.name.eq_ignore_ascii_case(&name))
}

fn check_form(subject: &Subject<'_, '_, '_>, relationship: &Relationship<'_>, report: &mut Report) {
    let refuse = |span, message: String, label: &str, help: &str| {
        Diagnostic::new(&codes::RELATIONSHIP, span, message)
            .label(label)
            .help(help)
    };
    if let (Some(from), Some(to)) = (relationship.from, relationship.to) {
        let is_builtin = |name: Text<'_>| !name.contains(':') && !name.is_template();
        if is_builtin(from) && is_builtin(to) {
            report.push(refuse(
                from.span(),
                format!(
                    "the relationship from `{}` to `{}` joins two types of the platform",
                    from.as_str(),
                    to.as_str()
                ),
                "neither type is the extension's",
                "at least one side must be an entity type with a colon in its name",
            ));
        }
    }
    for source in &relationship.sources {
        if source.kind.is_some_and(|kind| *kind == *"Entities") && source.mapping_rules == 0 {
            report.push(refuse(
                source.place,
                "a relationship between entities needs `mappingRules`".to_owned(),
                "nothing says which entities belong together",
                "name the properties that are equal on both sides: \
                 `mappingRules: [{sourceProperty: …, destinationProperty: …, …}]`",
            ));
        }
    }
    let sides = [
        (relationship.roles[0], relationship.from),
        (relationship.roles[1], relationship.to),
    ];
    for (role, name) in sides {
        let (Some(role), Some(entity)) = (role, defined(subject, name)) else {
            continue;
        };
        let known: Vec<&str> = entity
            .rules
            .iter()
            .filter_map(|rule| rule.role.map(Text::as_str))
            .collect();
        if known.contains(&role.as_str()) || role.is_template() {
            continue;
        }
        let help = match suggest::closest(&role, known.iter().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None if known.is_empty() => {
                "no rule of the type has a `role`: remove it here, or add it there".to_owned()
            }
            None => format!("its rules have {}", enumerate(&known)),
        };
        report.push(
            refuse(
                role.span(),
                format!(
                    "no rule of `{}` has the role `{}`",
                    entity.name.as_str(),
                    role.as_str()
                ),
                "never met",
                &help,
            )
            .severity(Severity::Warning),
        );
    }
}

/// A relationship from metrics is made of one line that carries the ids of both
/// sides.
fn unjoinable(
    subject: &Subject<'_, '_, '_>,
    relationship: &Relationship<'_>,
    source: &RelationshipSource<'_>,
) -> Option<Diagnostic> {
    let Source::Metrics(Some(condition)) = &source.source else {
        return None;
    };
    let matched: Vec<&Metric<'_, '_>> = subject
        .meaning
        .metrics
        .iter()
        .filter(|metric| {
            condition.condition.matches(&metric.key) || condition.condition.matches(metric.written)
        })
        .collect();
    let finding = |message: String, label: String, help: String| {
        Diagnostic::new(
            &codes::UNJOINABLE_RELATIONSHIP,
            condition.text.span(),
            message,
        )
        .label(label)
        .help(help)
    };
    if matched.is_empty() {
        return is_own(subject, &condition.condition).then(|| {
            finding(
                format!(
                    "`{}` matches no metric of the manifest, so this relationship never appears",
                    condition.text.as_str()
                ),
                "matches nothing".to_owned(),
                "name the metrics whose lines carry the ids of both sides".to_owned(),
            )
        });
    }
    for side in [relationship.from, relationship.to] {
        let Some(entity) = defined(subject, side) else {
            continue;
        };
        // A type with other sources than metrics gets its entities elsewhere.
        if !entity.enabled || !entity.rules.iter().all(is_of_metrics) {
            continue;
        }
        if !matched.iter().any(|metric| can_carry(metric, entity)) {
            let keys: Vec<&str> = matched.iter().map(|metric| metric.key.as_str()).collect();
            let name = entity.name.as_str();
            return Some(
                finding(
                    format!(
                        "no line of {} carries the id of a `{name}`, so this relationship never \
                         appears",
                        enumerate(&keys)
                    ),
                    "one line must carry both ids".to_owned(),
                    format!(
                        "name metrics whose lines carry the dimensions of both ids, or declare \
                         those of `{name}` for these"
                    ),
                )
                .related(entity.name.span(), "its id needs other dimensions"),
            );
        }
    }
    None
}

fn is_of_metrics(rule: &crate::model::Rule<'_>) -> bool {
    let mut sources = rule.sources.iter();
    sources.all(|source| matches!(source, Source::Metrics(Some(_))))
}

/// Whether lines of a metric can carry what the id of an entity is made of. What
/// is not declared may be there if some rule that takes the metric asks for it.
fn can_carry(metric: &Metric<'_, '_>, entity: &EntityTypeEntry<'_>) -> bool {
    if metric.declarations.is_empty() && metric.matches.is_empty() {
        return true;
    }
    let mentioned: Vec<&str> = metric
        .matches
        .iter()
        .flat_map(|matched| {
            matched
                .mentions()
                .into_iter()
                .map(|mentioned| mentioned.key)
        })
        .collect();
    let supplied = |key: &str| {
        let mut declared = metric.declared.iter();
        key.starts_with("dt.") || declared.any(|source| is_supplied(key, source.supplies))
    };
    let carries = |key: &str| {
        supplied(key)
            || if metric.declarations.is_empty() {
                mentioned.contains(&key)
            } else {
                metric.declarations.iter().any(|d| d.has(key))
            }
    };
    entity.rules.iter().any(|rule| {
        let id = rule.id.iter().flat_map(|id| &id.pattern.placeholders);
        id.into_iter().all(|placeholder| carries(&placeholder.key))
    })
}

/// Whether a condition is about metrics of this extension: it shares the first
/// sections of some key.
fn is_own(subject: &Subject<'_, '_, '_>, condition: &Condition) -> bool {
    let (Condition::Equals(text) | Condition::Prefix(text)) = condition else {
        return false;
    };
    super::references::Namespace::of(subject).has(text)
}
