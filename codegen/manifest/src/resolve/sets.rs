//! The sets of dimensions under which metrics can be reported.

use std::collections::HashMap;

use super::dimensions::{self, Declaration, Mentioned, Named};
use super::matching::Match;
use super::metrics::Metric;
use super::{naming, values};
use crate::contract::{Dimension, DimensionSet, DimensionValue, EntityType};
use crate::model::EntityTypeEntry;
use crate::order::sort_texts;

/// One way to report one metric.
struct Draft {
    required: Vec<Dimension>,
    optional: Vec<Dimension>,
    /// The entity type that names the set.
    entity: Option<usize>,
}

/// What makes two ways of reporting one set: the same required keys with the
/// same values, and the same name.
type Identity = (Vec<(String, DimensionValue)>, Option<usize>);

/// Builds the sets of all metrics, in the order of the metrics that first use
/// them.
pub(super) fn build(
    metrics: &[Metric<'_, '_>],
    types: &[EntityTypeEntry<'_>],
    optional: &[String],
) -> Vec<DimensionSet> {
    let mut sets: Vec<DimensionSet> = Vec::new();
    let mut known: HashMap<Identity, usize> = HashMap::new();
    for (index, metric) in metrics.iter().enumerate() {
        for draft in drafts(metric, optional) {
            let identity = draft.identity();
            if let Some(set) = known.get(&identity).and_then(|&at| sets.get_mut(at)) {
                if set.metrics.last() != Some(&index) {
                    set.metrics.push(index);
                }
                dimensions::absorb(&mut set.dimensions, draft.into_dimensions());
                continue;
            }
            known.insert(identity, sets.len());
            let entity = draft.entity.and_then(|at| types.get(at));
            sets.push(DimensionSet {
                entity_type: entity.map(|entity| EntityType {
                    name: entity.name.to_string(),
                    display_name: entity.display_name.map(|name| name.to_string()),
                }),
                span: entity.map_or(metric.place.span(), |entity| entity.name.span()),
                metrics: vec![index],
                dimensions: draft.into_dimensions(),
            });
        }
    }
    sets
}

impl Draft {
    fn identity(&self) -> Identity {
        let keys = self.required.iter().map(|dimension| &*dimension.key);
        let mut keys: Vec<(&str, u32)> = keys.zip(0..).collect();
        sort_texts(&mut keys);
        let mut required = Vec::with_capacity(keys.len());
        for (key, at) in keys {
            let value = &self.required[at as usize].value;
            required.push((key.to_owned(), value.clone()));
        }
        (required, self.entity)
    }

    fn into_dimensions(self) -> Vec<Dimension> {
        let mut dimensions = self.required;
        dimensions::absorb(&mut dimensions, self.optional);
        dimensions
    }

    /// Moves the dimensions that the author declared optional.
    fn relax(&mut self, optional: &[String]) {
        let (mut relaxed, required) = std::mem::take(&mut self.required)
            .into_iter()
            .partition::<Vec<_>, _>(|dimension| optional.contains(&dimension.key));
        for dimension in &mut relaxed {
            dimension.required = false;
            // A constant that may be left out would never be written.
            dimension.value = DimensionValue::Any;
        }
        self.required = required;
        dimensions::absorb(&mut relaxed, std::mem::take(&mut self.optional));
        self.optional = relaxed;
    }
}

fn drafts(metric: &Metric<'_, '_>, optional: &[String]) -> Vec<Draft> {
    if metric.declarations.is_empty() {
        inferred(metric, optional)
    } else {
        metric
            .declarations
            .iter()
            .map(|declaration| declared(metric, declaration, optional))
            .collect()
    }
}

/// The declared dimensions are the set. Entity types that they cover add their
/// attributes as optional dimensions.
fn declared(
    metric: &Metric<'_, '_>,
    declaration: &Declaration<'_, '_>,
    optional: &[String],
) -> Draft {
    let covered: Vec<&Match<'_, '_>> = metric
        .matches
        .iter()
        .filter(|matched| matched.missing(declaration).is_empty())
        .collect();
    // A type that does not ask for a dimension says nothing of its values.
    let value = |key: &str| {
        let mut met = Vec::new();
        for matched in covered.iter().filter(|matched| matched.asks_for(key)) {
            for rule in &matched.rules {
                if rule.need.iter().all(|need| declaration.has(need.key)) {
                    met.push(rule);
                }
            }
        }
        values::accepted(key, &met)
    };
    let (supplied, required): (Vec<Named<'_>>, Vec<Named<'_>>) = declaration
        .keys
        .iter()
        .partition(|named| named.key.starts_with("dt."));
    let required = required
        .into_iter()
        .map(|named| Dimension {
            key: named.key.to_string(),
            display_name: named.display_name.map(|name| name.to_string()),
            required: true,
            value: value(&named.key),
            span: named.key.span(),
        })
        .collect();
    let mut mentioned = Vec::new();
    for named in supplied {
        mentioned.push(Mentioned {
            key: named.key.as_str(),
            span: named.key.span(),
        });
    }
    for matched in &covered {
        mentioned.extend(matched.mentions());
    }
    let mut draft = Draft {
        required,
        optional: optional_dimensions(mentioned),
        entity: None,
    };
    let entity =
        |draft: &Draft| naming::equal_need(&covered, &draft.keys()).map(|matched| matched.index);
    let before = entity(&draft);
    draft.relax(optional);
    draft.entity = entity(&draft).or(before);
    draft
}

/// One set for each entity type that the metric can create: what the type
/// needs, and what those types need that want every line of the metric.
fn inferred(metric: &Metric<'_, '_>, optional: &[String]) -> Vec<Draft> {
    if metric.matches.is_empty() {
        return vec![Draft {
            required: Vec::new(),
            optional: Vec::new(),
            entity: None,
        }];
    }
    let unconditional = || {
        metric
            .matches
            .iter()
            .filter(|matched| !matched.is_conditional)
    };
    let mut base: Vec<Mentioned<'_>> = Vec::new();
    for matched in unconditional() {
        dimensions::unite(&mut base, &matched.need);
    }
    // Types that ask for the same make one set.
    let mut groups: Vec<(Vec<Dimension>, Vec<&Match<'_, '_>>)> = Vec::new();
    for matched in &metric.matches {
        let required = required_by(matched, &base);
        let same = |(known, _): &&mut (Vec<Dimension>, _)| {
            dimensions::same_keys(&keys(known), &keys(&required))
                && required.iter().all(|dimension| {
                    known
                        .iter()
                        .any(|k| k.key == dimension.key && k.value == dimension.value)
                })
        };
        match groups.iter_mut().find(same) {
            Some((_, types)) => types.push(matched),
            None => groups.push((required, vec![matched])),
        }
    }
    groups
        .into_iter()
        .map(|(required, types)| {
            let mut mentioned = Vec::new();
            for matched in types.iter().copied().chain(unconditional()) {
                mentioned.extend(matched.mentions());
            }
            let mut draft = Draft {
                required,
                optional: optional_dimensions(mentioned),
                entity: None,
            };
            draft.entity = naming::equal_need(&types, &draft.keys())
                // A set for a type that chooses its lines is for that type's
                // sake, even if others add to what a line needs.
                .or_else(|| {
                    let conditional = types.iter().copied().filter(|m| m.is_conditional);
                    naming::most_specific(conditional)
                })
                .map(|matched| matched.index);
            draft.relax(optional);
            draft
        })
        .collect()
}

impl Draft {
    fn keys(&self) -> Vec<&str> {
        keys(&self.required)
    }
}

fn keys(dimensions: &[Dimension]) -> Vec<&str> {
    dimensions
        .iter()
        .map(|dimension| dimension.key.as_str())
        .collect()
}

fn required_by(matched: &Match<'_, '_>, base: &[Mentioned<'_>]) -> Vec<Dimension> {
    let mut required: Vec<Mentioned<'_>> = matched.need.clone();
    for mentioned in base {
        if !required.iter().any(|known| known.key == mentioned.key) {
            required.push(*mentioned);
        }
    }
    let rules: Vec<_> = matched.rules.iter().collect();
    required
        .into_iter()
        .map(|mentioned| dimension(mentioned, true, values::accepted(mentioned.key, &rules)))
        .collect()
}

fn optional_dimensions(mentioned: Vec<Mentioned<'_>>) -> Vec<Dimension> {
    let mut optional = Vec::new();
    for mentioned in mentioned {
        let dimension = dimension(mentioned, false, DimensionValue::Any);
        dimensions::absorb(&mut optional, vec![dimension]);
    }
    optional
}

fn dimension(mentioned: Mentioned<'_>, required: bool, value: DimensionValue) -> Dimension {
    Dimension {
        key: mentioned.key.to_owned(),
        display_name: None,
        required,
        value,
        span: mentioned.span,
    }
}
