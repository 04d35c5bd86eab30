//! Which entity types a metric belongs to, and what they need of its lines.

use super::dimensions::{self, Declaration, Mentioned};
use crate::model::{ConditionText, EntityTypeEntry, PatternText, Rule, Source, Supplies};

/// An entity type some of whose rules select a metric by its key.
pub(crate) struct Match<'m, 't> {
    /// The type.
    pub(crate) entity: &'m EntityTypeEntry<'t>,
    /// Its index in the list of types.
    pub(crate) index: usize,
    /// The rules that select the metric, in order.
    pub(crate) rules: Vec<MatchedRule<'m, 't>>,
    /// Whether every one of them chooses its lines by required dimensions. If
    /// not, the type wants all lines of the metric.
    pub(crate) is_conditional: bool,
    /// What every one of them needs.
    pub(crate) need: Vec<Mentioned<'m>>,
}

/// A rule that selects a metric.
pub(crate) struct MatchedRule<'m, 't> {
    pub(crate) rule: &'m Rule<'t>,
    /// The most specific of its conditions that match.
    pub(crate) condition: &'m ConditionText<'t>,
    /// The dimensions without which the rule creates no entity, except those
    /// that the platform or the data source supplies.
    pub(crate) need: Vec<Mentioned<'m>>,
}

/// Finds the types for a metric that is known under these keys.
pub(super) fn find<'m, 't>(
    types: &'m [EntityTypeEntry<'t>],
    keys: &[&str],
    supplies: Supplies,
) -> Vec<Match<'m, 't>> {
    types
        .iter()
        .enumerate()
        .filter(|(_, entity)| entity.enabled)
        .filter_map(|(index, entity)| match_type(entity, index, keys, supplies))
        .collect()
}

fn match_type<'m, 't>(
    entity: &'m EntityTypeEntry<'t>,
    index: usize,
    keys: &[&str],
    supplies: Supplies,
) -> Option<Match<'m, 't>> {
    let rules: Vec<MatchedRule<'m, 't>> = entity
        .rules
        .iter()
        .filter_map(|rule| {
            Some(MatchedRule {
                rule,
                condition: best_condition(rule, keys)?,
                need: needed(rule, supplies),
            })
        })
        .collect();
    let (first, others) = rules.split_first()?;
    let mut need = first.need.clone();
    for other in others {
        dimensions::intersect(&mut need, &other.need);
    }
    Some(Match {
        entity,
        index,
        is_conditional: rules
            .iter()
            .all(|matched| !matched.rule.required.is_empty()),
        need,
        rules,
    })
}

fn best_condition<'m, 't>(rule: &'m Rule<'t>, keys: &[&str]) -> Option<&'m ConditionText<'t>> {
    rule.sources
        .iter()
        .filter_map(|source| match source {
            Source::Metrics(condition) => condition.as_ref(),
            Source::Other => None,
        })
        .filter(|source| keys.iter().any(|key| source.condition.matches(key)))
        // Of equals the first, so that the order of the file decides.
        .rev()
        .max_by_key(|source| source.condition.specificity())
}

fn needed<'m>(rule: &'m Rule<'_>, supplies: Supplies) -> Vec<Mentioned<'m>> {
    let mut need = Vec::new();
    for pattern in rule.id.iter().chain(&rule.instance_name) {
        dimensions::unite(&mut need, &placeholders(pattern));
    }
    for required in &rule.required {
        let mentioned = Mentioned {
            key: &required.key,
            span: required.key.span(),
        };
        dimensions::unite(&mut need, &[mentioned]);
    }
    need.retain(|mentioned| !dimensions::is_supplied(mentioned.key, supplies));
    need
}

fn placeholders<'m>(pattern: &'m PatternText<'_>) -> Vec<Mentioned<'m>> {
    pattern
        .pattern
        .placeholders
        .iter()
        .map(|placeholder| Mentioned {
            key: &placeholder.key,
            span: pattern.span_of(&placeholder.range),
        })
        .collect()
}

impl<'m> Match<'m, '_> {
    /// How specific the most specific of the matching conditions is.
    pub(super) fn specificity(&self) -> usize {
        self.rules
            .iter()
            .map(|matched| matched.condition.condition.specificity())
            .max()
            .unwrap_or_default()
    }

    /// Whether a rule chooses its lines by this dimension.
    pub(super) fn asks_for(&self, key: &str) -> bool {
        self.rules.iter().any(|matched| {
            let mut required = matched.rule.required.iter();
            required.any(|required| *required.key == *key)
        })
    }

    /// Every dimension that the rules mention, supplied ones and those of
    /// attributes included.
    pub(crate) fn mentions(&self) -> Vec<Mentioned<'m>> {
        let mut list = Vec::new();
        for rule in self.rules.iter().map(|matched| matched.rule) {
            for pattern in rule.id.iter().chain(&rule.instance_name) {
                dimensions::unite(&mut list, &placeholders(pattern));
            }
            for required in &rule.required {
                let mentioned = Mentioned {
                    key: &required.key,
                    span: required.key.span(),
                };
                dimensions::unite(&mut list, &[mentioned]);
            }
            for pattern in rule.attributes.iter().filter_map(|a| a.pattern.as_ref()) {
                dimensions::unite(&mut list, &placeholders(pattern));
            }
        }
        list
    }

    /// The dimensions that lines with the declared ones lack; none if some rule
    /// gets all that it needs.
    pub(crate) fn missing(&self, declaration: &Declaration<'_, '_>) -> Vec<Mentioned<'m>> {
        let lacking = |need: &[Mentioned<'m>]| -> Vec<Mentioned<'m>> {
            let lacks = |mentioned: &&Mentioned<'m>| !declaration.has(mentioned.key);
            need.iter().filter(lacks).copied().collect()
        };
        let always = lacking(&self.need);
        if !always.is_empty() {
            return always;
        }
        // What all rules need is there, yet each may lack something of its own:
        // the rule that comes closest tells what to add.
        self.rules
            .iter()
            .map(|matched| lacking(&matched.need))
            .min_by_key(Vec::len)
            .unwrap_or_default()
    }
}
