//! The names of a set of dimensions, its fields and its methods.

use std::collections::HashMap;

use extyped_manifest::contract::{Contract, Dimension, DimensionSet, DimensionValue};
use extyped_manifest::diagnostic::Report;

use super::claims::{Claims, Owner};
use super::ident::{Name, Role};
use super::plan::{Enum, Field, FieldValue, Method, Set};
use super::renames::Renames;
use super::rule;

/// Decides all sets. `items` are the types of the generated code.
pub(super) fn lower<'c>(
    contract: &'c Contract,
    renames: &Renames<'_>,
    items: &mut Claims,
    report: &mut Report,
) -> Vec<Set<'c>> {
    let mut of_type = HashMap::<&str, usize>::new();
    for entity_type in contract
        .sets
        .iter()
        .filter_map(|set| set.entity_type.as_ref())
    {
        *of_type.entry(&entity_type.name).or_default() += 1;
    }
    let mut openers = Claims::new("method", &["of", "is_enabled"]).of("Metrics");
    let mut decided = Vec::new();
    for set in &contract.sets {
        // The type alone tells sets apart only while it has one.
        let entity_type = set
            .entity_type
            .as_ref()
            .filter(|entity_type| of_type.get(entity_type.name.as_str()) == Some(&1));
        let designator = rule::designator(set);
        let owner = match entity_type {
            Some(entity_type) => Owner {
                what: format!("the entity type `{}`", entity_type.name),
                target: entity_type.name.clone(),
                span: set.span,
            },
            None => Owner {
                what: format!("the dimensions `{designator}`"),
                target: designator.clone(),
                span: set.span,
            },
        };
        let by_type = entity_type.and_then(|entity_type| renames.get(&entity_type.name));
        let given = renames.get(&designator).or(by_type);
        let words = given.map_or_else(|| rule::set_words(contract, set), ToOwned::to_owned);

        let reporter = Name::camel(Role::Set, &words);
        let dimensions = reporter.with_suffix("Dimensions");
        let method = Name::snake(Role::Set, &words);
        if items.claim(reporter.as_str(), &owner, report)
            && items.claim(dimensions.as_str(), &owner, report)
            && openers.claim(method.as_str(), &owner, report)
        {
            let mut scope = Scope {
                renames,
                items,
                methods: Claims::new("method", &[]).of(reporter.as_str()),
                reporter: &reporter,
                report,
            };
            let methods = scope.methods(contract, set);
            let required = scope.required(set);
            let optional = scope.optional(set);
            decided.push(Set {
                contract: set,
                constants: set.dimensions.iter().filter_map(constant).collect(),
                reporter,
                dimensions,
                method,
                required,
                optional,
                methods,
            });
        }
    }
    decided
}

/// What the manifest gives by itself: key and value.
fn constant(dimension: &Dimension) -> Option<(&str, &str)> {
    match &dimension.value {
        DimensionValue::Constant(value) if dimension.required => Some((&dimension.key, value)),
        _ => None,
    }
}

/// Where the parts of one set get their names.
struct Scope<'s> {
    renames: &'s Renames<'s>,
    items: &'s mut Claims,
    methods: Claims,
    reporter: &'s Name,
    report: &'s mut Report,
}

impl<'s> Scope<'s> {
    fn methods(&mut self, contract: &Contract, set: &DimensionSet) -> Vec<Method> {
        let shared = rule::shared_segments(rule::metrics_of(contract, set));
        let mut decided = Vec::new();
        for &index in &set.metrics {
            let Some(metric) = contract.metrics.get(index) else {
                continue;
            };
            let key = metric.key.as_str();
            let renamed = self.renames.get(key).map(ToOwned::to_owned);
            let words = renamed.unwrap_or_else(|| rule::method_words(key, shared));
            let name = Name::snake(Role::Metric, &words);
            let owner = Owner {
                what: format!("the metric `{key}`"),
                target: key.to_owned(),
                span: metric.span,
            };
            if self.methods.claim(name.as_str(), &owner, self.report) {
                decided.push(Method {
                    metric: index,
                    name,
                });
            }
        }
        decided
    }

    fn required<'c>(&mut self, set: &'c DimensionSet) -> Vec<Field<'c>> {
        let mut fields =
            Claims::new("field", &[]).of(&format!("{}Dimensions", self.reporter.stem()));
        let mut decided = Vec::new();
        let given = |dimension: &&Dimension| dimension.required && constant(dimension).is_none();
        for dimension in set.dimensions.iter().filter(given) {
            let words = self.words(dimension);
            let name = Name::snake(Role::Dimension, words);
            let owner = owner(dimension);
            if fields.claim(name.as_str(), &owner, self.report)
                && let Some(value) = self.value(dimension, words)
            {
                decided.push(Field {
                    contract: dimension,
                    name,
                    value,
                });
            }
        }
        decided
    }

    fn optional<'c>(&mut self, set: &'c DimensionSet) -> Vec<Field<'c>> {
        let mut decided = Vec::new();
        for dimension in set
            .dimensions
            .iter()
            .filter(|dimension| !dimension.required)
        {
            let words = self.words(dimension);
            let name = Name::snake(Role::Dimension, words).with_prefix("with_");
            let owner = owner(dimension);
            if self.methods.claim(name.as_str(), &owner, self.report)
                && let Some(value) = self.value(dimension, words)
            {
                decided.push(Field {
                    contract: dimension,
                    name,
                    value,
                });
            }
        }
        decided
    }

    fn words<'w>(&self, dimension: &'w Dimension) -> &'w str
    where
        's: 'w,
    {
        self.renames.get(&dimension.key).unwrap_or(&dimension.key)
    }

    fn value<'c>(&mut self, dimension: &'c Dimension, words: &str) -> Option<FieldValue<'c>> {
        let parameter = || Name::camel(Role::Dimension, words);
        match &dimension.value {
            DimensionValue::Any => Some(FieldValue::Display(parameter())),
            DimensionValue::Prefix(prefixes) => Some(FieldValue::Prefixed(parameter(), prefixes)),
            DimensionValue::Constant(value) => {
                let value = std::slice::from_ref(value);
                self.one_of(dimension, words, value)
            }
            DimensionValue::OneOf(values) => self.one_of(dimension, words, values),
        }
    }

    fn one_of<'c>(
        &mut self,
        dimension: &'c Dimension,
        words: &str,
        values: &'c [String],
    ) -> Option<FieldValue<'c>> {
        let key = dimension.key.as_str();
        let name = Name::camel(Role::Dimension, words).with_prefix(self.reporter.stem());
        let mut owner = owner(dimension);
        owner.what = format!("the values of dimension `{key}`");
        if !self.items.claim(name.as_str(), &owner, self.report) {
            return None;
        }
        let mut taken = Claims::new("variant", &[]).of(name.as_str());
        let mut variants = Vec::new();
        for value in values {
            let target = format!("{key}={value}");
            let words = self.renames.get(&target).unwrap_or(value);
            let variant = Name::camel(Role::Value, words);
            let owner = Owner {
                what: format!("the value `{value}` of dimension `{key}`"),
                target,
                span: dimension.span,
            };
            if taken.claim(variant.as_str(), &owner, self.report) {
                variants.push((value.as_str(), variant));
            }
        }
        Some(FieldValue::OneOf(Enum { name, variants }))
    }
}

fn owner(dimension: &Dimension) -> Owner {
    Owner {
        what: format!("the dimension `{}`", dimension.key),
        target: dimension.key.clone(),
        span: dimension.span,
    }
}
