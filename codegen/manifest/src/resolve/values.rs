//! What topology asks of the values of dimensions.

use super::matching::MatchedRule;
use crate::contract::DimensionValue;
use crate::topology::Condition;

/// What a dimension may hold so that one of the rules creates an entity.
///
/// The rules are alternatives: a value that one of them accepts is a good one,
/// and one rule that accepts everything makes every value good.
pub(super) fn accepted(key: &str, rules: &[&MatchedRule<'_, '_>]) -> DimensionValue {
    let mut exact: Vec<String> = Vec::new();
    let mut prefixes: Vec<String> = Vec::new();
    for matched in rules {
        let condition = matched
            .rule
            .required
            .iter()
            .filter(|required| *required.key == *key)
            .find_map(|required| required.value.as_ref());
        match condition {
            Some(Condition::Equals(value)) => push_new(&mut exact, value),
            Some(Condition::Prefix(value)) => push_new(&mut prefixes, value),
            Some(Condition::Exists) | None => return DimensionValue::Any,
        }
    }
    if prefixes.is_empty() {
        return match <[String; 1]>::try_from(exact) {
            Ok([value]) => DimensionValue::Constant(value),
            Err(values) if values.is_empty() => DimensionValue::Any,
            Err(values) => DimensionValue::OneOf(values),
        };
    }
    // A whole value is a prefix of itself; that lets a few more values through
    // than the platform does, and refuses none that it takes.
    for value in &exact {
        push_new(&mut prefixes, value);
    }
    DimensionValue::Prefix(prefixes)
}

fn push_new(list: &mut Vec<String>, value: &str) {
    if !list.iter().any(|known| known == value) {
        list.push(value.to_owned());
    }
}
