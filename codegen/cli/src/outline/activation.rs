//! What whoever configures the extension is asked for.
//!
//! The schema is the dialect of Settings 2.0: types with properties, which refer
//! to each other, and enumerations.

use std::fmt::Write as _;

use extyped_manifest::diagnostic::Report;
use extyped_manifest::yaml::{self, Node, NodeKind};

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

pub(super) fn sides(root: Node<'_>, extension: &Extension) -> Vec<Side> {
    let activation = root
        .get("python")
        .and_then(|python| python.get("activation"));
    ["remote", "local"]
        .into_iter()
        .filter_map(|name| {
            let path = text(activation?.get(name)?, "path")?;
            let mut side = Side {
                name: name.to_owned(),
                ..Side::default()
            };
            let property = match name {
                "remote" => "pythonRemote",
                _ => "pythonLocal",
            };
            match extension.companion(&path) {
                None => side.missing = Some(format!("{path} cannot be read")),
                Some(source) => match yaml::parse(&source, &mut Report::default()) {
                    None => side.missing = Some(format!("{path} is no JSON")),
                    Some(tree) => side.fields = fields(tree.root(), property),
                },
            }
            Some(side)
        })
        .collect()
}

/// The options below a property of the schema's top.
fn fields(schema: Node<'_>, property: &str) -> Vec<Field> {
    let mut reader = Reader {
        schema,
        fields: Vec::new(),
    };
    if let Some(property) = schema.get("properties").and_then(|all| all.get(property)) {
        reader.inside(property, "", 0);
    }
    reader.fields
}

struct Reader<'t> {
    schema: Node<'t>,
    fields: Vec<Field>,
}

impl<'t> Reader<'t> {
    /// Reads the properties of the type that a property has.
    fn inside(&mut self, property: Node<'t>, path: &str, depth: u8) {
        let kind = property.get("type");
        let target = kind.and_then(|kind| self.referred(kind));
        let properties = target.and_then(|target| target.get("properties"));
        for entry in properties.into_iter().flat_map(Node::entries) {
            let path = if path.is_empty() {
                entry.name().to_owned()
            } else {
                format!("{path}.{}", entry.name())
            };
            self.property(entry.value, &path, depth);
        }
    }

    fn property(&mut self, property: Node<'t>, path: &str, depth: u8) {
        if depth > MAX_DEPTH || self.fields.len() >= MAX_FIELDS {
            return;
        }
        let items = property.get("items");
        let choices = [Some(property), items]
            .into_iter()
            .flatten()
            .filter_map(|node| self.referred(node.get("type")?)?.get("items"))
            .flat_map(Node::items);
        let nullable = property.get("nullable").and_then(Node::as_bool);
        let default = property.get("default").map(json);
        let field = Field {
            display_name: text(property, "displayName"),
            description: text(property, "description"),
            kind: self.kind(property),
            // An empty default only fills the form: whoever has to name
            // something else is asked.
            is_required: nullable != Some(true)
                && default
                    .as_deref()
                    .is_none_or(|default| matches!(default, "" | "\"\"" | "[]" | "null"))
                && !is_boolean(property)
                && !(items.is_some() && may_be_empty(property)),
            default: default.filter(|default| !matches!(default.as_str(), "\"\"" | "[]" | "null")),
            choices: choices.filter_map(|choice| text(choice, "value")).collect(),
            limits: limits(property, items),
            path: path.to_owned(),
        };
        self.fields.push(field);
        self.inside(property, path, depth + 1);
        if let Some(items) = items {
            self.inside(items, &format!("{path}[]"), depth + 1);
        }
    }

    /// What `{"$ref": "#/types/x"}` refers to.
    fn referred(&self, kind: Node<'t>) -> Option<Node<'t>> {
        let reference = kind.get("$ref")?.as_str()?.strip_prefix("#/")?;
        let (section, name) = reference.split_once('/')?;
        self.schema.get(section)?.get(name)
    }

    fn kind(&self, property: Node<'t>) -> String {
        let Some(kind) = property.get("type") else {
            return String::new();
        };
        if let Some(name) = kind.as_str() {
            return match property.get("items") {
                Some(items) => format!("{name} of {}", self.kind(items)),
                None => name.to_owned(),
            };
        }
        let reference = text(kind, "$ref").unwrap_or_default();
        if reference.starts_with("#/enums/") {
            return "choice".to_owned();
        }
        let target = self.referred(kind);
        target
            .and_then(|target| text(target, "displayName"))
            .unwrap_or_else(|| "object".to_owned())
    }
}

/// Whether a list may have no item.
fn may_be_empty(property: Node<'_>) -> bool {
    let least = text(property, "minObjects").or_else(|| text(property, "minItems"));
    least.is_none_or(|least| least == "0")
}

fn is_boolean(property: Node<'_>) -> bool {
    property.get("type").and_then(Node::as_str) == Some("boolean")
}

fn limits(property: Node<'_>, items: Option<Node<'_>>) -> Vec<String> {
    let mut limits = Vec::new();
    let number = |node: Node<'_>, field: &str| text(node, field);
    let between = |low: Option<String>, high: Option<String>, what: &str| match (low, high) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}{what}")),
        (Some(low), None) => Some(format!("at least {low}{what}")),
        (None, Some(high)) => Some(format!("at most {high}{what}")),
        (None, None) => None,
    };
    for constraint in property
        .get("constraints")
        .into_iter()
        .flat_map(Node::items)
    {
        let kind = text(constraint, "type").unwrap_or_default();
        let limit = match kind.as_str() {
            "LENGTH" => between(
                number(constraint, "minLength"),
                number(constraint, "maxLength"),
                " characters",
            ),
            "RANGE" => between(
                number(constraint, "minimum"),
                number(constraint, "maximum"),
                "",
            ),
            "PATTERN" => text(constraint, "pattern").map(|pattern| format!("matches {pattern}")),
            "NOT_EMPTY" | "NOT_BLANK" => Some("not empty".to_owned()),
            _ => None,
        };
        limits.extend(limit);
    }
    if items.is_some() {
        let either =
            |one: &str, other: &str| number(property, one).or_else(|| number(property, other));
        limits.extend(between(
            either("minObjects", "minItems"),
            either("maxObjects", "maxItems"),
            " items",
        ));
    }
    limits
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

/// A value as JSON writes it, without spaces.
fn json(node: Node<'_>) -> String {
    let mut text = String::new();
    write_json(node, &mut text);
    text
}

fn write_json(node: Node<'_>, text: &mut String) {
    let mut separate = false;
    let mut comma = |text: &mut String| {
        if std::mem::replace(&mut separate, true) {
            text.push_str(", ");
        }
    };
    match node.kind() {
        NodeKind::Null => text.push_str("null"),
        NodeKind::Scalar => {
            let content = node.as_str().unwrap_or_default();
            if node.is_plain() {
                text.push_str(content);
            } else {
                // Writing to a string cannot fail.
                let _ = write!(text, "{}", crate::json::Json::text(content));
            }
        }
        NodeKind::Sequence => {
            text.push('[');
            for item in node.items() {
                comma(text);
                write_json(item, text);
            }
            text.push(']');
        }
        NodeKind::Mapping => {
            text.push('{');
            for entry in node.entries() {
                comma(text);
                let _ = write!(text, "{}: ", crate::json::Json::text(entry.name()));
                write_json(entry.value, text);
            }
            text.push('}');
        }
    }
}
