//! `EXT052`: an entity type that no metric can create.

use super::{Subject, enumerate};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::model::{ConditionText, EntityTypeEntry, Source, Text};
use crate::resolve::{Match, Metric};
use crate::suggest;
use crate::topology::Condition;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let keys = all_keys(subject);
    if keys.is_empty() {
        // There is a finding for that, and it explains all types.
        return;
    }
    for (index, entity) in subject.manifest.topology.types.iter().enumerate() {
        let Some(conditions) = own_conditions(entity) else {
            continue;
        };
        let is_met = |key: &&str| conditions.iter().any(|c| c.condition.matches(key));
        if !keys.iter().any(is_met) {
            report.push(unmatched(subject, entity, &conditions, &keys));
            continue;
        }
        let mut matches = Vec::new();
        for metric in &subject.meaning.metrics {
            for matched in &metric.matches {
                if matched.index == index {
                    matches.push((metric, matched));
                }
            }
        }
        // A type that wants all lines of a metric has a finding with the metric.
        let is_chosen = !matches.is_empty() && matches.iter().all(|(_, m)| m.is_conditional);
        if is_chosen
            && !matches
                .iter()
                .any(|(metric, matched)| metric.covers(matched))
        {
            report.push(uncovered(entity, &matches));
        }
    }
}

/// All keys, as they are written and as they are stored; those of calculated
/// metrics too, for a rule may look at them.
fn all_keys<'s>(subject: &'s Subject<'_, '_, '_>) -> Vec<&'s str> {
    let written = subject.manifest.written_keys();
    let mut keys: Vec<&str> = written.into_iter().map(Text::as_str).collect();
    for metric in &subject.meaning.metrics {
        keys.push(&metric.key);
    }
    keys
}

/// The conditions of a type that depends on the metrics of this manifest alone;
/// `None` if something else may create its entities.
fn own_conditions<'m, 't>(entity: &'m EntityTypeEntry<'t>) -> Option<Vec<&'m ConditionText<'t>>> {
    let mut conditions = Vec::new();
    for source in entity.rules.iter().flat_map(|rule| &rule.sources) {
        let Source::Metrics(Some(condition)) = source else {
            return None;
        };
        let is_foreign = match &condition.condition {
            Condition::Equals(value) | Condition::Prefix(value) => ["builtin:", "dt.", "ext:"]
                .iter()
                .any(|own| value.starts_with(own)),
            Condition::Exists => true,
        };
        if is_foreign {
            return None;
        }
        conditions.push(condition);
    }
    (entity.enabled && !conditions.is_empty()).then_some(conditions)
}

fn unmatched(
    subject: &Subject<'_, '_, '_>,
    entity: &EntityTypeEntry<'_>,
    conditions: &[&ConditionText<'_>],
    keys: &[&str],
) -> Diagnostic {
    let mut finding = Diagnostic::new(
        &codes::UNREACHABLE_ENTITY,
        entity.name.span(),
        format!(
            "no `{}` can ever appear: none of its conditions matches a metric of the manifest",
            entity.name.as_str()
        ),
    )
    .label("never created");
    for condition in conditions {
        finding = finding.related(condition.text.span(), "matches no metric");
    }
    let meant = conditions
        .iter()
        .find_map(|condition| Some((condition, meant(&condition.condition, keys)?)));
    if let Some((condition, meant)) = meant {
        let written = meant.to_string();
        let edit = fix::replace_scalar(subject.source, condition.text.span(), &written);
        return finding
            .help(format!("did you mean `{written}`?"))
            .fix(format!("write `{written}`"), vec![edit]);
    }
    // Without code of its own, the extension describes what others report.
    let reports = subject.manifest.python.is_some() || !subject.manifest.sources.metrics.is_empty();
    finding
        .severity(if reports {
            Severity::Error
        } else {
            Severity::Hint
        })
        .help(
            "name the metrics that create it in the conditions, \
             or list the metrics that the conditions mean under `metrics`",
        )
}

/// The condition that is a slip of the finger away and matches something.
fn meant(condition: &Condition, keys: &[&str]) -> Option<Condition> {
    match condition {
        Condition::Equals(value) => {
            let close = suggest::closest(value, keys.iter().copied())?;
            Some(Condition::Equals(close.to_owned()))
        }
        Condition::Prefix(value) => {
            let depth = value.split('.').count();
            let prefixes: Vec<String> = keys
                .iter()
                .filter_map(|key| prefix_of(key, depth, value.ends_with('.')))
                .collect();
            let close = suggest::closest(value, prefixes.iter().map(String::as_str))?;
            Some(Condition::Prefix(close.to_owned()))
        }
        Condition::Exists => None,
    }
}

/// The first sections of a key; with a dot at the end, the last one is empty.
fn prefix_of(key: &str, depth: usize, with_dot: bool) -> Option<String> {
    let sections: Vec<&str> = key.split('.').collect();
    let count = if with_dot { depth - 1 } else { depth };
    let prefix = sections.get(..count)?.join(".");
    let is_proper = with_dot && sections.len() > count;
    match (with_dot, is_proper) {
        (true, true) => Some(format!("{prefix}.")),
        (true, false) => None,
        (false, _) => Some(prefix),
    }
}

fn uncovered(
    entity: &EntityTypeEntry<'_>,
    matches: &[(&Metric<'_, '_>, &Match<'_, '_>)],
) -> Diagnostic {
    let mut finding = Diagnostic::new(
        &codes::UNREACHABLE_ENTITY,
        entity.name.span(),
        format!(
            "no `{}` can ever appear: no metric declares all the dimensions that it needs",
            entity.name.as_str()
        ),
    )
    .label("never created");
    let mut closest: Option<(&Metric<'_, '_>, Vec<_>)> = None;
    for (metric, matched) in matches {
        for declaration in &metric.declarations {
            let missing = matched.missing(declaration);
            if closest
                .as_ref()
                .is_none_or(|(_, least)| missing.len() < least.len())
            {
                closest = Some((metric, missing));
            }
        }
    }
    if let Some((metric, missing)) = closest {
        let missing: Vec<&str> = missing.iter().map(|mentioned| mentioned.key).collect();
        let missing = enumerate(&missing);
        finding = finding
            .related(metric.place.span(), format!("declares no {missing}"))
            .help(format!("declare {missing} for the metrics that create it"));
    }
    finding
}
