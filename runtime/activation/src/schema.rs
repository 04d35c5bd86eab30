//! The schema, read leniently: what is wrong with it is for the checks of the
//! manifest to say, which know where it stands.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::constraint::Constraint;
use crate::precondition::Precondition;

/// A way to activate an extension, each with a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// On an `ActiveGate`.
    Remote,
    /// On a `OneAgent`.
    Local,
}

impl Side {
    /// Both.
    pub const ALL: [Side; 2] = [Side::Remote, Side::Local];

    /// The field of an activation that holds the configuration of this side.
    pub fn field(self) -> &'static str {
        match self {
            Side::Remote => "pythonRemote",
            Side::Local => "pythonLocal",
        }
    }
}

/// An activation schema.
#[derive(Debug, Clone)]
pub struct Schema {
    types: Vec<(String, ObjectType)>,
    enums: Vec<(String, Enumeration)>,
    properties: Vec<(String, Property)>,
}

/// An object type: a group of the form.
#[derive(Debug, Clone, Default)]
pub struct ObjectType {
    /// Its properties, in the order of the form.
    pub properties: Vec<(String, Property)>,
}

/// A list of choices.
#[derive(Debug, Clone, Default)]
pub struct Enumeration {
    /// What may be chosen.
    pub choices: Vec<Choice>,
}

/// What may be chosen.
#[derive(Debug, Clone)]
pub struct Choice {
    /// As the configuration holds it: a text, or a number.
    pub value: Value,
    /// As the form shows it.
    pub display_name: Option<String>,
}

/// A field of the form.
#[derive(Debug, Clone)]
pub struct Property {
    /// What the operator sees.
    pub display_name: Option<String>,
    /// What it holds.
    pub kind: Kind,
    /// What the items of a list are like.
    pub items: Option<Box<Property>>,
    /// Whether it may be left empty.
    pub is_nullable: bool,
    /// What it is when it is not given.
    pub default: Option<Value>,
    /// What a value has to be.
    pub constraints: Vec<Constraint>,
    /// When the field is shown; hidden, it has no value.
    pub precondition: Option<Precondition>,
}

/// What a property holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A text that is a URL with a host.
    Url,
    /// A text that is shown to nobody.
    Secret,
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number.
    Float,
    /// A date, `2026-11-24`.
    LocalDate,
    /// A time of day, `15:04:05`.
    LocalTime,
    /// A date and a time of day.
    LocalDateTime,
    /// A date and a time in a zone.
    ZonedDateTime,
    /// The name of a time zone, `Europe/Vienna`.
    TimeZone,
    /// The identifier of an object of the tenant, such as a credential.
    Setting,
    /// Several values.
    List,
    /// Several values, no two of them equal.
    Set,
    /// An object of this type.
    Object(String),
    /// One of the choices of this enumeration.
    Enum(String),
    /// Something the schema does not tell in words that are known.
    Other,
}

impl Kind {
    /// Whether JSON holds it as a text.
    pub fn is_text(&self) -> bool {
        !matches!(
            self,
            Kind::Boolean
                | Kind::Integer
                | Kind::Float
                | Kind::List
                | Kind::Set
                | Kind::Object(_)
                | Kind::Enum(_)
                | Kind::Other
        )
    }
}

/// Why a text is no activation schema.
#[derive(Debug)]
pub struct SchemaError(serde_json::Error);

#[derive(Deserialize)]
struct Document {
    #[serde(default = "Vec::new", deserialize_with = "in_order")]
    types: Vec<(String, ObjectType)>,
    #[serde(default = "Vec::new", deserialize_with = "in_order")]
    enums: Vec<(String, Enumeration)>,
    #[serde(default = "Vec::new", deserialize_with = "in_order")]
    properties: Vec<(String, Property)>,
}

impl Schema {
    /// Reads a schema. What it says in words that are not known is passed over:
    /// a property of an unknown type takes anything.
    ///
    /// # Errors
    /// The text is no JSON, or not the object that a schema is.
    pub fn read(text: &str) -> Result<Schema, SchemaError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Document {
            types,
            enums,
            properties,
        } = serde_json::from_str(text).map_err(SchemaError)?;
        Ok(Schema {
            types,
            enums,
            properties,
        })
    }

    /// The type of the configuration of a side, if the schema has that side.
    pub fn form(&self, side: Side) -> Option<&Property> {
        find(&self.properties, side.field())
    }

    /// The object type of a name.
    pub fn object_type(&self, name: &str) -> Option<&ObjectType> {
        find(&self.types, name)
    }

    /// The enumeration of a name.
    pub fn enumeration(&self, name: &str) -> Option<&Enumeration> {
        find(&self.enums, name)
    }

    /// All object types, in their order.
    pub fn object_types(&self) -> impl Iterator<Item = (&str, &ObjectType)> {
        self.types.iter().map(|(name, of)| (name.as_str(), of))
    }
}

impl ObjectType {
    /// The property of a name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        find(&self.properties, name)
    }
}

fn find<'a, T>(all: &'a [(String, T)], name: &str) -> Option<&'a T> {
    all.iter()
        .find(|(other, _)| other == name)
        .map(|(_, found)| found)
}

impl<'de> Deserialize<'de> for ObjectType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            #[serde(default = "Vec::new", deserialize_with = "in_order")]
            properties: Vec<(String, Property)>,
        }
        let Raw { properties } = Raw::deserialize(deserializer)?;
        Ok(ObjectType { properties })
    }
}

impl<'de> Deserialize<'de> for Enumeration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Value::deserialize(deserializer)?;
        let items = raw.get("items").and_then(Value::as_array);
        let choices = items.into_iter().flatten().filter_map(|item| {
            Some(Choice {
                value: item.get("value")?.clone(),
                display_name: text(item, "displayName"),
            })
        });
        Ok(Enumeration {
            choices: choices.collect(),
        })
    }
}

impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Property::of(&Value::deserialize(deserializer)?))
    }
}

impl Property {
    fn of(raw: &Value) -> Property {
        let own = raw.get("constraints").and_then(Value::as_array);
        let mut constraints: Vec<Constraint> = own
            .into_iter()
            .flatten()
            .filter_map(Constraint::read)
            .collect();
        constraints.extend(Constraint::of_items(raw));
        let items = raw.get("items").filter(|items| items.is_object());
        Property {
            display_name: text(raw, "displayName"),
            kind: kind(raw),
            items: items.map(|items| Box::new(Property::of(items))),
            is_nullable: raw.get("nullable") == Some(&Value::Bool(true)),
            default: raw.get("default").filter(|it| !it.is_null()).cloned(),
            constraints,
            precondition: raw.get("precondition").and_then(Precondition::read),
        }
    }
}

fn kind(raw: &Value) -> Kind {
    // `$ref` stands in the place of `type` as often as below it.
    let of_type = raw.get("type");
    let reference = of_type.and_then(|it| it.get("$ref")).or(raw.get("$ref"));
    if let Some(reference) = reference.and_then(Value::as_str) {
        return if let Some(name) = reference.strip_prefix("#/types/") {
            Kind::Object(name.to_owned())
        } else if let Some(name) = reference.strip_prefix("#/enums/") {
            Kind::Enum(name.to_owned())
        } else {
            Kind::Other
        };
    }
    let is_url = || raw.get("subType").and_then(Value::as_str) == Some("url");
    match of_type.and_then(Value::as_str).unwrap_or_default() {
        "text" if is_url() => Kind::Url,
        "text" => Kind::Text,
        "secret" => Kind::Secret,
        "boolean" => Kind::Boolean,
        "integer" => Kind::Integer,
        "float" => Kind::Float,
        "local_date" => Kind::LocalDate,
        "local_time" => Kind::LocalTime,
        "local_date_time" => Kind::LocalDateTime,
        "zoned_date_time" | "dateTime" => Kind::ZonedDateTime,
        "time_zone" => Kind::TimeZone,
        "setting" => Kind::Setting,
        "list" => Kind::List,
        "set" => Kind::Set,
        _ => Kind::Other,
    }
}

fn text(raw: &Value, field: &str) -> Option<String> {
    let text = raw.get(field)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Reads an object as pairs: the order of properties is that of the form.
fn in_order<'de, D, T>(deserializer: D) -> Result<Vec<(String, T)>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Pairs<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
        type Value = Vec<(String, T)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs: Self::Value = Vec::new();
            while let Some(name) = map.next_key::<String>()? {
                // The first of two stands: the reader of the schema tells of them.
                if pairs.iter().any(|(other, _)| *other == name) {
                    map.next_value::<IgnoredAny>()?;
                } else {
                    pairs.push((name, map.next_value()?));
                }
            }
            Ok(pairs)
        }
    }

    deserializer.deserialize_map(Pairs(PhantomData))
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no activation schema: {}", self.0)
    }
}

impl std::error::Error for SchemaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
