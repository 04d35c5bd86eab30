//! What whoever configures the extension is asked for.
//!
//! The schema is the dialect of Settings 2.0: types with properties, which refer
//! to each other, and enumerations.

use extyped_manifest::contract::{self, Activation, ActivationSchema, Property, PropertyKind};
use extyped_manifest::yaml::Node;

use super::text;
use crate::extension::Extension;

/// The options of one way to activate the extension.
#[derive(Debug, Default)]
pub(crate) struct Side {
    /// `remote` or `local`.
    pub name: String,
    /// Why the options are not known.
    pub missing: Option<String>,
    pub fields: Vec<Field>,
}

/// An option.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// The way to it: `endpoints[].url`.
    pub path: String,
    pub display_name: Option<String>,
    pub description: Option<String>,
    /// `text`, `list of text`.
    pub kind: String,
    /// As JSON writes it.
    pub default: Option<String>,
    pub is_required: bool,
    /// What may be chosen.
    pub choices: Vec<String>,
    /// What a value has to be: `1 to 500 characters`.
    pub limits: Vec<String>,
}

/// How deep types may refer to each other. A schema that refers to itself has
/// no end, and no form.
const MAX_DEPTH: u8 = 12;

/// Most options that are listed: a few types that refer to each other twice
/// each make millions.
const MAX_FIELDS: usize = 2_000;

pub(super) fn sides(activation: &Activation, root: Node<'_>, extension: &Extension) -> Vec<Side> {
    let sides = activation.sides.iter();
    sides
        .filter_map(|(side, form)| {
            let name = match side {
                contract::Side::Remote => "remote",
                contract::Side::Local => "local",
            };
            let mut side = Side {
                name: name.to_owned(),
                ..Side::default()
            };
            let schema = form.and_then(|form| Some((activation.schemas.get(form.schema)?, form)));
            if let Some((schema, form)) = schema {
                let mut lister = Lister {
                    schema,
                    fields: Vec::new(),
                };
                lister.inside(form.object_type, "", 0);
                side.fields = lister.fields;
            } else {
                let named = root.get("python")?.get("activation")?.get(name)?;
                let path = text(named, "path")?;
                side.missing = Some(match extension.companion(&path) {
                    None => format!("{path} cannot be read"),
                    Some(_) => format!("{path} has no form for it"),
                });
            }
            Some(side)
        })
        .collect()
}

struct Lister<'c> {
    schema: &'c ActivationSchema,
    fields: Vec<Field>,
}

impl Lister<'_> {
    /// Lists the properties of a type.
    fn inside(&mut self, object_type: usize, path: &str, depth: u8) {
        let schema = self.schema;
        let of_type = schema.types.get(object_type);
        for property in of_type.into_iter().flat_map(|it| &it.properties) {
            let path = if path.is_empty() {
                property.name.clone()
            } else {
                format!("{path}.{}", property.name)
            };
            self.property(property, &path, depth);
        }
    }

    fn property(&mut self, property: &Property, path: &str, depth: u8) {
        if depth > MAX_DEPTH || self.fields.len() >= MAX_FIELDS {
            return;
        }
        let default = property.default.clone();
        // An empty default only fills the form: whoever has to name something
        // else is asked.
        let default = default.filter(|default| !matches!(default.as_str(), "" | "\"\"" | "[]"));
        self.fields.push(Field {
            path: path.to_owned(),
            display_name: property.display_name.clone(),
            description: property.description.clone(),
            kind: self.words(&property.kind),
            is_required: !property.is_optional
                && default.is_none()
                && property.kind != PropertyKind::Boolean
                && !may_be_empty(property),
            default,
            choices: self.choices(&property.kind),
            limits: property.limits.clone(),
        });
        let (mut kind, mut path) = (&property.kind, path.to_owned());
        while let PropertyKind::List(item, _) = kind {
            (kind, path) = (item, format!("{path}[]"));
        }
        if let PropertyKind::Object { object_type, .. } = kind {
            self.inside(*object_type, &path, depth + 1);
        }
    }

    fn choices(&self, kind: &PropertyKind) -> Vec<String> {
        match kind {
            PropertyKind::List(item, _) => self.choices(item),
            PropertyKind::Choice(index) => {
                let choices = self.schema.enumerations.get(*index);
                let choices = choices.into_iter().flat_map(|it| &it.choices);
                choices.map(|choice| choice.value.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn words(&self, kind: &PropertyKind) -> String {
        match kind {
            PropertyKind::Text => "text",
            PropertyKind::Url => "URL",
            PropertyKind::Secret => "secret",
            PropertyKind::Boolean => "boolean",
            PropertyKind::Integer => "integer",
            PropertyKind::Float => "number",
            PropertyKind::LocalDate => "date",
            PropertyKind::LocalTime => "time of day",
            PropertyKind::LocalDateTime => "date and time",
            PropertyKind::ZonedDateTime => "date, time and zone",
            PropertyKind::TimeZone => "time zone",
            PropertyKind::Setting => "setting",
            PropertyKind::Choice(_) => "choice",
            PropertyKind::Other => "value",
            PropertyKind::List(item, _) => return format!("list of {}", self.words(item)),
            PropertyKind::Object { object_type, .. } => {
                let of_type = self.schema.types.get(*object_type);
                let name = of_type.and_then(|it| it.display_name.clone());
                return name.unwrap_or_else(|| "object".to_owned());
            }
        }
        .to_owned()
    }
}

/// Whether a list may have no item.
fn may_be_empty(property: &Property) -> bool {
    matches!(property.kind, PropertyKind::List(..)) && property.least_items == 0
}

/// The variables of a declarative data source.
pub(super) fn variables(root: Node<'_>) -> Vec<Field> {
    let entries = root.get("vars").into_iter().flat_map(Node::items);
    entries
        .filter_map(|entry| {
            let default = text(entry, "defaultValue");
            let values = entry
                .get("availableValues")
                .into_iter()
                .flat_map(Node::items);
            Some(Field {
                path: text(entry, "id")?,
                display_name: text(entry, "displayName"),
                description: text(entry, "description"),
                kind: text(entry, "type").unwrap_or_else(|| "text".to_owned()),
                is_required: entry.get("required").and_then(Node::as_bool) == Some(true)
                    && default.is_none(),
                default,
                choices: values.filter_map(|value| text(value, "value")).collect(),
                limits: [
                    text(entry, "pattern").map(|pattern| format!("matches {pattern}")),
                    text(entry, "maxLength").map(|length| format!("at most {length} characters")),
                ]
                .into_iter()
                .flatten()
                .collect(),
            })
        })
        .collect()
}
