//! A configuration that the schema accepts, for whoever has to write one.

mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use crate::check::is_shown;
use crate::constraint::Rule;
use crate::schema::{Kind, Property, Schema, Side};

/// Deeper objects of a type that refers to itself are left out where they may
/// be.
const MAX_DEPTH: u8 = 6;

/// Most items of one list: enough for any rule that a form can have.
const MAX_ITEMS: u64 = 1_000;

/// A configuration as a developer keeps it, with placeholders for its secrets.
#[derive(Debug)]
pub struct Sample {
    /// The configuration: what belongs under `pythonRemote` or `pythonLocal`.
    /// `{{name}}` stands for each secret.
    pub configuration: Ordered,
    /// A value for each placeholder, to be replaced by real ones.
    pub secrets: BTreeMap<String, String>,
    /// The fields that no valid value was found for.
    pub open: Vec<String>,
}

/// JSON whose fields are in the order of the form.
#[derive(Debug, Clone, PartialEq)]
pub enum Ordered {
    /// Anything without fields of its own.
    Value(Value),
    /// An object.
    Object(Vec<(String, Ordered)>),
    /// A list.
    List(Vec<Ordered>),
}

impl Schema {
    /// A configuration of a side that the schema accepts, as far as one is
    /// found; none if the schema has no such side.
    pub fn sample(&self, side: Side) -> Option<Sample> {
        let form = self.form(side)?;
        let mut writer = Writer {
            schema: self,
            secrets: BTreeMap::new(),
            names: BTreeSet::new(),
            open: Vec::new(),
        };
        let configuration = writer.value(form, side.field(), 0, 0);
        // Some may belong to fields that turned out to be hidden.
        let written = configuration.to_value().to_string();
        let mut secrets = writer.secrets;
        secrets.retain(|name, _| written.contains(&format!("{{{{{name}}}}}")));
        Some(Sample {
            configuration,
            secrets,
            open: writer.open,
        })
    }
}

impl Sample {
    /// The configuration with its secrets in it.
    pub fn complete(&self) -> Value {
        let mut value = self.configuration.to_value();
        fill(&mut value, &self.secrets);
        value
    }
}

fn fill(value: &mut Value, secrets: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            let name = text
                .strip_prefix("{{")
                .and_then(|rest| rest.strip_suffix("}}"));
            if let Some(secret) = name.and_then(|name| secrets.get(name)) {
                text.clone_from(secret);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, secrets)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill(field, secrets)),
        _ => {}
    }
}

struct Writer<'s> {
    schema: &'s Schema,
    secrets: BTreeMap<String, String>,
    /// The names that secrets have.
    names: BTreeSet<String>,
    open: Vec<String>,
}

impl Writer<'_> {
    /// The `nth` of several different values.
    fn value(&mut self, property: &Property, path: &str, nth: u64, depth: u8) -> Ordered {
        if nth == 0
            && let Some(default) = self.sound_default(property)
        {
            return Ordered::from(default);
        }
        match &property.kind {
            Kind::Object(name) => self.object(name, path, nth, depth),
            Kind::List | Kind::Set => self.list(property, path, depth),
            Kind::Secret => self.secret(property, path, nth),
            Kind::Enum(name) => {
                let choices = self.schema.enumeration(name).map(|it| &it.choices);
                let choice = choices.and_then(|choices| {
                    let nth = usize::try_from(nth).ok()?;
                    choices.get(nth % choices.len().max(1))
                });
                Ordered::Value(choice.map_or(Value::Null, |choice| choice.value.clone()))
            }
            _ => Ordered::Value(self.single(property, path, nth)),
        }
    }

    fn sound_default(&self, property: &Property) -> Option<Value> {
        let default = property.default.clone()?;
        let is_blank = default.as_str().is_some_and(|text| text.trim().is_empty())
            || default.as_array().is_some_and(Vec::is_empty);
        let is_secret = property.kind == Kind::Secret;
        let is_sound = || self.schema.check_default(property).is_empty();
        (!is_secret && !is_blank && is_sound()).then_some(default)
    }

    fn object(&mut self, name: &str, path: &str, nth: u64, depth: u8) -> Ordered {
        let schema = self.schema;
        let Some(of_type) = schema.object_type(name) else {
            return Ordered::Object(Vec::new());
        };
        // What is shown depends on the values of other fields: so all get one,
        // and those that are hidden then lose it.
        let mut fields = Map::new();
        let mut written = Vec::new();
        for (name, property) in &of_type.properties {
            let path = format!("{path}.{name}");
            let is_deep = depth >= MAX_DEPTH && matches!(property.kind, Kind::Object(_));
            let value = if is_deep && property.is_nullable {
                Ordered::Value(Value::Null)
            } else if depth > 2 * MAX_DEPTH {
                self.open.push(path);
                Ordered::Value(Value::Null)
            } else {
                self.value(property, &path, nth, depth + 1)
            };
            fields.insert(name.clone(), value.to_value());
            written.push((name.clone(), property, value));
        }
        let shown = written.into_iter().filter_map(|(name, property, value)| {
            is_shown(of_type, property, &fields, 0).then_some((name, value))
        });
        Ordered::Object(shown.collect())
    }

    fn list(&mut self, property: &Property, path: &str, depth: u8) -> Ordered {
        let limits = property.constraints.iter().find_map(|it| match it.rule {
            Rule::Items { min, max } => Some((min.unwrap_or(0), max.unwrap_or(u64::MAX))),
            _ => None,
        });
        let (least, most) = limits.unwrap_or((0, u64::MAX));
        let wanted = u64::from(depth < MAX_DEPTH);
        let length = least.max(wanted).min(most).min(MAX_ITEMS);
        let Some(item) = &property.items else {
            return Ordered::List(Vec::new());
        };
        let items = (0..length).map(|nth| {
            let path = format!("{path}[{nth}]");
            self.value(item, &path, nth, depth + 1)
        });
        Ordered::List(items.collect())
    }

    fn secret(&mut self, property: &Property, path: &str, nth: u64) -> Ordered {
        let value = self.single(property, path, nth);
        let own = path.rsplit('.').next().unwrap_or(path);
        let stem: String = own
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let mut name = stem.clone();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{stem}_{number}");
            number += 1;
        }
        let text = value.as_str().unwrap_or_default().to_owned();
        let placeholder = format!("{{{{{name}}}}}");
        self.secrets.insert(name, text);
        Ordered::Value(Value::String(placeholder))
    }

    /// A value that keeps the rules; `null` if none is found.
    fn single(&mut self, property: &Property, path: &str, nth: u64) -> Value {
        let keeps = |value: &Value| {
            let kind = property.kind.normal(value).is_some();
            kind && property
                .constraints
                .iter()
                .all(|constraint| constraint.broken_by(value).is_none())
        };
        if let Some(value) = candidates(property, path, nth).into_iter().find(keeps) {
            return value;
        }
        if !property.is_nullable {
            self.open.push(path.to_owned());
        }
        Value::Null
    }
}

/// Values to try, the best first.
fn candidates(property: &Property, path: &str, nth: u64) -> Vec<Value> {
    match property.kind {
        Kind::Boolean => vec![json!(nth % 2 == 1), json!(true), json!(false)],
        Kind::Integer | Kind::Float => numbers(property, nth),
        Kind::LocalDate => vec![json!(format!("2026-01-{:02}", 1 + nth % 28))],
        Kind::LocalTime => vec![json!(format!("{:02}:{:02}:00", nth / 60 % 24, nth % 60))],
        Kind::LocalDateTime => vec![json!(format!("2026-01-{:02}T12:00:00", 1 + nth % 28))],
        Kind::ZonedDateTime => vec![json!(format!("2026-01-{:02}T12:00:00Z", 1 + nth % 28))],
        Kind::TimeZone => vec![json!("UTC"), json!("Europe/Vienna")],
        Kind::Setting => vec![json!("CREDENTIALS_VAULT-0000000000000000")],
        Kind::Other => vec![Value::Null],
        _ => text::candidates(property, path, nth),
    }
}

fn numbers(property: &Property, nth: u64) -> Vec<Value> {
    let limits = property.constraints.iter().find_map(|it| match it.rule {
        Rule::Range { min, max } => Some((min, max)),
        _ => None,
    });
    let (min, max) = limits.unwrap_or_default();
    #[allow(clippy::cast_precision_loss, reason = "a small number of items")]
    let nth = nth as f64;
    let base = match (min, max) {
        (Some(min), Some(max)) if min <= 0.0 && max >= 0.0 => 0.0,
        (Some(min), _) => min,
        (None, Some(max)) if max < 0.0 => max - nth - 1.0,
        _ => 0.0,
    };
    let number = |value: f64| {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "what is cut off is tried as well"
        )]
        let whole = value as i64;
        json!(whole)
    };
    let mut values = vec![
        number((base + nth).ceil()),
        number(base.floor()),
        json!(base + nth),
    ];
    values.extend(min.into_iter().chain(max).map(|limit| json!(limit)));
    values
}

impl Ordered {
    /// The same with fields in any order.
    pub fn to_value(&self) -> Value {
        match self {
            Ordered::Value(value) => value.clone(),
            Ordered::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), value.to_value()))
                .collect(),
            Ordered::List(items) => items.iter().map(Ordered::to_value).collect(),
        }
    }
}

impl From<Value> for Ordered {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Ordered::List(items.into_iter().map(Ordered::from).collect()),
            Value::Object(fields) => Ordered::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (name, Ordered::from(value)))
                    .collect(),
            ),
            other => Ordered::Value(other),
        }
    }
}

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Ordered::Value(value) => value.serialize(serializer),
            Ordered::List(items) => serializer.collect_seq(items),
            Ordered::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
