//! A configuration held against its schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::constraint::{Rule, twins};
use crate::schema::{Kind, ObjectType, Property, Schema, Side};
use crate::value;
use crate::violation::Violation;

/// More are a sign that it is not this schema's configuration at all.
const MAX_VIOLATIONS: usize = 100;

/// How deep objects may lie in each other. A schema that refers to itself and
/// has a default for it has no end.
const MAX_DEPTH: u8 = 64;

/// How many fields may depend on each other in a row.
const MAX_CHAIN: u8 = 16;

/// What became of a configuration.
#[derive(Clone, Default, PartialEq)]
pub struct Checked {
    /// The configuration with every field of its schema: defaults are filled
    /// in, and `null` stands where nothing is given or the field is hidden.
    /// Unless there are violations, the types made of the schema read it.
    pub value: Value,
    /// Everything that is wrong, in the order of the schema; at most 100.
    pub violations: Vec<Violation>,
    /// What is there and the schema does not know, by path.
    pub unknown: BTreeMap<String, Value>,
    /// The secrets in it.
    pub secrets: Vec<String>,
}

// Any value of a configuration may be a secret.
impl std::fmt::Debug for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checked")
            .field("violations", &self.violations)
            .finish_non_exhaustive()
    }
}

impl Schema {
    /// Holds the configuration of a side against the schema: the object under
    /// `pythonRemote` or `pythonLocal`.
    pub fn check(&self, side: Side, configuration: &Value) -> Checked {
        let mut check = Check {
            schema: self,
            checked: Checked::default(),
        };
        let path = side.field();
        let value = if let Some(form) = self.form(side) {
            check.required(form, Some(configuration), path, 0)
        } else {
            check.told(path, None, "missing", "is no part of the schema".to_owned());
            Value::Null
        };
        Checked {
            value,
            ..check.checked
        }
    }

    /// What is wrong with the default of a property.
    pub fn check_default(&self, property: &Property) -> Vec<Violation> {
        let Some(default) = &property.default else {
            return Vec::new();
        };
        let mut check = Check {
            schema: self,
            checked: Checked::default(),
        };
        check.value(property, default, "default", 0);
        check.checked.violations
    }
}

struct Check<'s> {
    schema: &'s Schema,
    checked: Checked,
}

impl Check<'_> {
    fn told(&mut self, path: &str, of: Option<&Property>, rule: &'static str, message: String) {
        if self.checked.violations.len() < MAX_VIOLATIONS {
            self.checked.violations.push(Violation {
                path: path.to_owned(),
                display_name: of.and_then(|of| of.display_name.clone()),
                rule,
                message,
            });
        }
    }

    /// The value of a field that is shown, or what takes its place.
    fn required(
        &mut self,
        property: &Property,
        given: Option<&Value>,
        path: &str,
        depth: u8,
    ) -> Value {
        if depth > MAX_DEPTH {
            self.told(path, None, "missing", "lies too deep".to_owned());
            return Value::Null;
        }
        match given {
            Some(given) if !given.is_null() => return self.value(property, given, path, depth),
            Some(_) if property.is_nullable => return Value::Null,
            _ => {}
        }
        if let Some(default) = &property.default {
            // A default that is against the rules only fills the form: whoever
            // leaves it has given nothing.
            let violations = self.checked.violations.len();
            let secrets = self.checked.secrets.len();
            let value = self.value(property, default, path, depth);
            if self.checked.violations.len() == violations {
                return value;
            }
            self.checked.violations.truncate(violations);
            self.checked.secrets.truncate(secrets);
        }
        if property.is_nullable {
            return Value::Null;
        }
        let may_be_empty = !property
            .constraints
            .iter()
            .any(|constraint| constraint.broken_by(&Value::Array(Vec::new())).is_some());
        if matches!(property.kind, Kind::List | Kind::Set) && may_be_empty {
            return Value::Array(Vec::new());
        }
        self.told(path, Some(property), "missing", "is missing".to_owned());
        Value::Null
    }

    fn value(&mut self, property: &Property, given: &Value, path: &str, depth: u8) -> Value {
        let before = self.checked.violations.len();
        let value = match &property.kind {
            Kind::Object(name) => self.object(property, name, given, path, depth),
            Kind::Enum(name) => self.choice(property, name, given, path),
            Kind::List | Kind::Set => self.list(property, given, path, depth),
            kind => match kind.normal(given) {
                Some(value) => value,
                None => self.wrong_kind(property, given, path),
            },
        };
        // Rules speak of texts, numbers and lists: what is none of these, where
        // one is expected, need not hear of them too. A text that is no URL may
        // break a pattern all the same.
        let is_sound = self.checked.violations.len() == before;
        let subject = if is_sound || value.is_array() {
            &value
        } else {
            given
        };
        if is_sound || value.is_array() || (property.kind.is_text() && given.is_string()) {
            for constraint in &property.constraints {
                if let Some(message) = constraint.broken_by(subject) {
                    self.told(path, Some(property), constraint.rule.name(), message);
                }
            }
        }
        if property.kind == Kind::Secret
            && let Some(secret) = value.as_str()
        {
            self.checked.secrets.push(secret.to_owned());
        }
        value
    }

    fn wrong_kind(&mut self, property: &Property, given: &Value, path: &str) -> Value {
        let wanted = property.kind.described();
        // A text where a text is expected has the wrong form.
        let message = if given.is_string() && property.kind.is_text() {
            format!("is not {wanted}")
        } else {
            format!("is {} where {wanted} is expected", value::described(given))
        };
        self.told(path, Some(property), "type", message);
        Value::Null
    }

    fn choice(&mut self, property: &Property, name: &str, given: &Value, path: &str) -> Value {
        let Some(choices) = self.schema.enumeration(name).map(|it| &it.choices) else {
            // The schema is wrong, not the configuration.
            return given.clone();
        };
        if choices.iter().any(|choice| choice.value == *given) {
            return given.clone();
        }
        let choices: Vec<String> = choices
            .iter()
            .map(|choice| match &choice.value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect();
        let message = format!("is none of the choices: {}", choices.join(", "));
        self.told(path, Some(property), "enum", message);
        Value::Null
    }

    fn list(&mut self, property: &Property, given: &Value, path: &str, depth: u8) -> Value {
        let Some(items) = given.as_array() else {
            return self.wrong_kind(property, given, path);
        };
        let items: Vec<Value> = match &property.items {
            None => items.clone(),
            Some(item) => items
                .iter()
                .enumerate()
                .map(|(index, given)| {
                    let path = format!("{path}[{index}]");
                    if given.is_null() && !item.is_nullable {
                        self.told(&path, Some(item), "missing", "is missing".to_owned());
                    }
                    if given.is_null() {
                        return Value::Null;
                    }
                    self.value(item, given, &path, depth.saturating_add(1))
                })
                .collect(),
        };
        let is_unique = |constraint: &crate::Constraint| matches!(constraint.rule, Rule::Unique(_));
        if property.kind == Kind::Set
            && !property.constraints.iter().any(is_unique)
            && let Some((first, second)) = twins(&items, |item| item)
        {
            let message = format!("has the items {first} and {second}, which are equal");
            self.told(path, Some(property), "set", message);
        }
        Value::Array(items)
    }

    fn object(
        &mut self,
        property: &Property,
        name: &str,
        given: &Value,
        path: &str,
        depth: u8,
    ) -> Value {
        let Some(fields) = given.as_object() else {
            return self.wrong_kind(property, given, path);
        };
        let schema = self.schema;
        let Some(of_type) = schema.object_type(name) else {
            // The schema is wrong, not the configuration.
            return given.clone();
        };
        let mut object = Map::new();
        for (name, property) in &of_type.properties {
            let path = format!("{path}.{name}");
            let value = if is_shown(of_type, property, fields, 0) {
                self.required(property, fields.get(name), &path, depth.saturating_add(1))
            } else {
                Value::Null
            };
            object.insert(name.clone(), value);
        }
        for (name, value) in fields {
            if of_type.property(name).is_none() {
                self.checked
                    .unknown
                    .insert(format!("{path}.{name}"), value.clone());
            }
        }
        Value::Object(object)
    }
}

/// Whether the form shows a property while the object has these fields. Fields
/// may depend on each other; those that go around in a circle are shown.
pub(crate) fn is_shown(
    of_type: &ObjectType,
    property: &Property,
    fields: &Map<String, Value>,
    depth: u8,
) -> bool {
    let Some(precondition) = &property.precondition else {
        return true;
    };
    // A condition on a field that does not exist is a mistake of the schema:
    // the field is rather shown than lost.
    let is_sound = |name: &str| of_type.property(name).is_some();
    if depth > MAX_CHAIN || !precondition.fields().into_iter().all(is_sound) {
        return true;
    }
    precondition.holds(&mut |name| {
        let other = of_type.property(name)?;
        if !is_shown(of_type, other, fields, depth + 1) {
            return None;
        }
        fields.get(name).or(other.default.as_ref())
    })
}
