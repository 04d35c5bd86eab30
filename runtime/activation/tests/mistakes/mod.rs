//! Every mistake that breaks one constraint of a valid configuration.

use extyped_activation::{Constraint, Kind, Property, Rule, Schema, Side};
use serde_json::{Value, json};

/// A document with one mistake.
pub(crate) struct Mistake {
    pub(crate) path: String,
    /// The rule that has to be named.
    pub(crate) rule: &'static str,
    pub(crate) document: Value,
}

/// All of them, one document for each.
pub(crate) fn mistakes(schema: &Schema, side: Side, valid: &Value) -> Vec<Mistake> {
    let mut finder = Finder {
        schema,
        valid,
        found: Vec::new(),
    };
    let form = schema.form(side).expect("the schema has this side");
    finder.walk(form, valid, side.field(), "");
    finder.found
}

struct Finder<'s> {
    schema: &'s Schema,
    valid: &'s Value,
    found: Vec<Mistake>,
}

impl Finder<'_> {
    fn walk(&mut self, property: &Property, value: &Value, path: &str, pointer: &str) {
        if value.is_null() {
            return;
        }
        self.add(path, pointer, "type", Some(wrong_kind(&property.kind)));
        if let Kind::Enum(_) = property.kind {
            self.add(path, pointer, "enum", Some(json!("no such choice")));
        }
        for constraint in &property.constraints {
            for wrong in wrong_values(constraint, property, value) {
                self.add(path, pointer, constraint.rule.name(), Some(wrong));
            }
        }
        if let Kind::Object(name) = &property.kind
            && let Some(of_type) = self.schema.object_type(name)
        {
            for (name, field) in &of_type.properties {
                let Some(value) = value.get(name) else {
                    continue;
                };
                let path = format!("{path}.{name}");
                let pointer = format!("{pointer}/{name}");
                let has_default = field.default.as_ref().is_some_and(|default| {
                    field
                        .constraints
                        .iter()
                        .all(|it| it.broken_by(default).is_none())
                });
                let is_list = matches!(field.kind, Kind::List | Kind::Set);
                if !field.is_nullable && !has_default && !is_list {
                    self.add(&path, &pointer, "missing", None);
                    self.add(&path, &pointer, "missing", Some(Value::Null));
                }
                self.walk(field, value, &path, &pointer);
            }
        }
        if let (Some(item), Some(values)) = (&property.items, value.as_array()) {
            for (index, value) in values.iter().enumerate() {
                self.walk(
                    item,
                    value,
                    &format!("{path}[{index}]"),
                    &format!("{pointer}/{index}"),
                );
            }
        }
    }

    /// The valid document with another value at a place, or none.
    fn add(&mut self, path: &str, pointer: &str, rule: &'static str, wrong: Option<Value>) {
        let mut document = self.valid.clone();
        if let Some(wrong) = wrong {
            *document.pointer_mut(pointer).expect("it is there") = wrong;
        } else {
            let (parent, name) = pointer.rsplit_once('/').expect("a field");
            let parent = document.pointer_mut(parent).and_then(Value::as_object_mut);
            parent.expect("an object").remove(name);
        }
        // Choices are told apart from texts by the list of them alone.
        let rule = if rule == "type" && self.is_enum(pointer) {
            "enum"
        } else {
            rule
        };
        self.found.push(Mistake {
            path: path.to_owned(),
            rule,
            document,
        });
    }

    fn is_enum(&self, pointer: &str) -> bool {
        let value = self.valid.pointer(pointer);
        value.is_some_and(|it| *it == json!("slow") || *it == json!("fast"))
    }
}

fn wrong_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Boolean | Kind::Integer | Kind::Float | Kind::List | Kind::Set | Kind::Object(_) => {
            json!("of another kind")
        }
        _ => json!(true),
    }
}

fn wrong_values(constraint: &Constraint, property: &Property, value: &Value) -> Vec<Value> {
    let mut wrong = Vec::new();
    let mut text = |length: u64| {
        wrong.push(json!(
            "x".repeat(usize::try_from(length).expect("a short text"))
        ));
    };
    // A URL or a date that is too short is none; lengths are tried on texts.
    let is_text = matches!(property.kind, Kind::Text | Kind::Secret);
    match &constraint.rule {
        Rule::Length { min, max } if is_text => {
            min.iter()
                .filter(|min| **min > 0)
                .for_each(|min| text(min - 1));
            max.iter()
                .filter(|max| **max < 100_000)
                .for_each(|max| text(max + 1));
        }
        Rule::Range { min, max } => {
            wrong.extend(min.map(|min| json!(whole(min) - 1)));
            wrong.extend(max.map(|max| json!(whole(max) + 1)));
        }
        Rule::Items { min, max } => {
            let items = value.as_array().cloned().unwrap_or_default();
            if min.is_some_and(|min| min > 0) {
                let fewer = usize::try_from(min.unwrap_or(1) - 1).expect("few");
                wrong.push(items.iter().take(fewer).cloned().collect());
            }
            if let (Some(max), Some(first)) = (max.filter(|max| *max < 1_000), items.first()) {
                let more = usize::try_from(max + 1).expect("few");
                wrong.push(std::iter::repeat_n(first.clone(), more).collect());
            }
        }
        Rule::Pattern(_) => {
            let tried = ["", " ", "\u{1}", "x y", "?", "0"].map(Value::from);
            wrong.extend(
                tried
                    .into_iter()
                    .find(|it| constraint.broken_by(it).is_some()),
            );
        }
        Rule::NotEmpty if value.is_array() => wrong.push(json!([])),
        Rule::NotEmpty => wrong.push(json!("")),
        Rule::NotBlank => wrong.push(json!(" \t ")),
        Rule::Trimmed => wrong.push(json!(" x")),
        Rule::NoWhitespace => wrong.push(json!("x y")),
        Rule::Regex => wrong.push(json!("(")),
        Rule::Unique(_) => {
            if let Some(first) = value.as_array().and_then(|items| items.first()) {
                wrong.push(json!([first, first]));
            }
        }
        Rule::Length { .. } => {}
    }
    wrong
}

fn whole(number: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "limits of tests are small")]
    let whole = number.floor() as i64;
    whole
}
