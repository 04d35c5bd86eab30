//! When a field of the form is shown.

use serde_json::Value;

use crate::pattern::Pattern;

/// Preconditions may hold others; no form needs more than this.
const MAX_DEPTH: u8 = 16;

/// A condition on other fields of the same object. A field whose condition does
/// not hold is hidden and has no value.
#[derive(Debug, Clone)]
pub enum Precondition {
    /// A field has this value.
    Equals(String, Value),
    /// A field has one of these values.
    In(String, Vec<Value>),
    /// A field has no value.
    Null(String),
    /// A pattern is found in the text of a field.
    Matches(String, Pattern),
    /// Another one does not hold.
    Not(Box<Precondition>),
    /// All of these hold.
    And(Vec<Precondition>),
    /// One of these holds.
    Or(Vec<Precondition>),
}

impl Precondition {
    /// Reads `precondition`; none of a kind that is not known, so that a field
    /// is rather shown than lost.
    pub(crate) fn read(raw: &Value) -> Option<Precondition> {
        read(raw, 0)
    }

    /// Whether it holds, where a field has these values.
    pub(crate) fn holds<'v>(&self, value: &mut dyn FnMut(&str) -> Option<&'v Value>) -> bool {
        match self {
            Precondition::Equals(field, expected) => {
                value(field).is_some_and(|value| same(value, expected))
            }
            Precondition::In(field, expected) => value(field)
                .is_some_and(|value| expected.iter().any(|expected| same(value, expected))),
            Precondition::Null(field) => value(field).is_none_or(Value::is_null),
            Precondition::Matches(field, pattern) => value(field)
                .and_then(Value::as_str)
                .is_some_and(|text| pattern.is_match(text)),
            Precondition::Not(inner) => !inner.holds(value),
            Precondition::And(all) => all.iter().all(|one| one.holds(value)),
            Precondition::Or(all) => all.iter().any(|one| one.holds(value)),
        }
    }

    /// The fields it looks at.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Precondition::Equals(field, _)
            | Precondition::In(field, _)
            | Precondition::Null(field)
            | Precondition::Matches(field, _) => vec![field],
            Precondition::Not(inner) => inner.fields(),
            Precondition::And(all) | Precondition::Or(all) => {
                all.iter().flat_map(Precondition::fields).collect()
            }
        }
    }
}

fn read(raw: &Value, depth: u8) -> Option<Precondition> {
    if depth > MAX_DEPTH {
        return None;
    }
    let field = || Some(raw.get("property")?.as_str()?.to_owned());
    let several = || -> Option<Vec<Precondition>> {
        let all = raw.get("preconditions")?.as_array()?;
        all.iter().map(|one| read(one, depth + 1)).collect()
    };
    Some(match raw.get("type")?.as_str()? {
        "EQUALS" => Precondition::Equals(field()?, raw.get("expectedValue")?.clone()),
        "IN" => Precondition::In(field()?, raw.get("expectedValues")?.as_array()?.clone()),
        "NULL" => Precondition::Null(field()?),
        "REGEX" | "REGEX_MATCH" => {
            Precondition::Matches(field()?, Pattern::new(raw.get("pattern")?.as_str()?))
        }
        "NOT" => Precondition::Not(Box::new(read(raw.get("precondition")?, depth + 1)?)),
        "AND" => Precondition::And(several()?),
        "OR" => Precondition::Or(several()?),
        _ => return None,
    })
}

/// JSON has one kind of numbers: 1 and 1.0 are the same.
#[allow(clippy::float_cmp, reason = "the same text reads as the same number")]
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a == b)
}
