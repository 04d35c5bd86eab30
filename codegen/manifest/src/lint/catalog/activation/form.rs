//! A schema as the checks walk it: each field with its place in the file, and
//! with what the extension will read there.

use extyped_activation::{Kind, ObjectType, Property, Schema, Side};
use serde_json::Value;

use crate::source::{SourceFile, Span};
use crate::suggest;
use crate::yaml::{Entry, Node, NodeKind, is_template};

/// A schema.
pub(super) struct Form<'c, 't> {
    /// The text, for edits.
    pub(super) source: &'c SourceFile,
    /// As it is written.
    pub(super) root: Node<'t>,
    /// As the extension reads it; none if its parts are no objects.
    pub(super) schema: Option<Schema>,
}

/// A field of the form, or what the items of a list are like.
#[derive(Clone, Copy)]
pub(super) struct Field<'f, 't> {
    /// Its name; of items, that of their list.
    pub(super) name: &'t str,
    /// Where the name is written; of items, `items`.
    pub(super) key: Span,
    /// What is written of it.
    pub(super) node: Node<'t>,
    /// The fields of its group, itself among them.
    pub(super) siblings: Node<'t>,
    /// What the extension reads of its group.
    pub(super) group: Option<&'f ObjectType>,
    /// What the extension reads of it.
    pub(super) property: Option<&'f Property>,
    /// Whether it stands for the items of a list.
    pub(super) is_item: bool,
}

impl<'c, 't> Form<'c, 't> {
    pub(super) fn read(source: &'c SourceFile, root: Node<'t>) -> Self {
        Form {
            source,
            root,
            schema: Schema::read(source.text()).ok(),
        }
    }

    /// The entries of `types`, `enums` or `properties`.
    pub(super) fn part(&self, name: &str) -> impl Iterator<Item = Entry<'t>> {
        self.root.get(name).into_iter().flat_map(Node::entries)
    }

    /// Every field, those of the sides first. The items of a list follow it.
    pub(super) fn fields(&self) -> Vec<Field<'_, 't>> {
        let mut fields = Vec::new();
        let schema = self.schema.as_ref();
        if let Some(sides) = self.root.get("properties") {
            add(&mut fields, sides, None, |_, name| {
                let side = Side::ALL.into_iter().find(|side| side.field() == name)?;
                schema?.form(side)
            });
        }
        for entry in self.part("types") {
            let group = schema.and_then(|schema| schema.object_type(entry.name()));
            if let Some(properties) = entry.value.get("properties") {
                add(&mut fields, properties, group, |at, name| {
                    // The same order, unless the file is in disorder.
                    let there = group?.properties.get(at);
                    match there.filter(|(there, _)| there == name) {
                        Some((_, property)) => Some(property),
                        None => group?.property(name),
                    }
                });
            }
        }
        fields
    }

    /// The value of a scalar or collection as JSON reads it.
    pub(super) fn value(&self, node: Node<'_>) -> Option<Value> {
        serde_json::from_str(self.source.slice(node.span())).ok()
    }

    /// The values that a property may be, if it is a choice.
    pub(super) fn choices(&self, property: &Property) -> Vec<&Value> {
        let Kind::Enum(name) = &property.kind else {
            return Vec::new();
        };
        let schema = self.schema.as_ref();
        let enumeration = schema.and_then(|schema| schema.enumeration(name));
        let choices = enumeration.into_iter().flat_map(|it| &it.choices);
        choices.map(|choice| &choice.value).collect()
    }

    /// The value of a property that another one was likely meant to be: the
    /// same without or with quotes, or the choice that it is a slip of.
    pub(super) fn meant(&self, property: &Property, value: &Value) -> Option<Value> {
        let written = plain(value);
        let read: Option<Value> = serde_json::from_str(&written).ok();
        let fits = |value: &Value| match &property.kind {
            Kind::Boolean => value.is_boolean(),
            Kind::Integer => value.is_i64(),
            Kind::Float => value.is_number(),
            _ => false,
        };
        if let Some(read) = read.filter(fits) {
            return Some(read);
        }
        let is_single = value.is_number() || value.is_boolean();
        if is_single && matches!(property.kind, Kind::Text) {
            return Some(Value::String(written));
        }
        let choices = self.choices(property);
        let texts: Vec<String> = choices.iter().copied().map(plain).collect();
        let same = texts.iter().position(|text| *text == written);
        let close = || {
            let close = suggest::closest(&written, texts.iter().map(String::as_str))?;
            texts.iter().position(|text| text == close)
        };
        let at = same.or_else(close)?;
        choices.get(at).copied().cloned()
    }
}

impl<'f> Field<'f, '_> {
    /// What it holds, unless the schema says it in words that are not known.
    pub(super) fn kind(&self) -> Option<&'f Kind> {
        let kind = self.property.map(|property| &property.kind)?;
        (*kind != Kind::Other).then_some(kind)
    }

    /// As it stands in a message.
    pub(super) fn title(&self) -> String {
        if self.is_item {
            format!("the items of `{}`", self.name)
        } else {
            format!("`{}`", self.name)
        }
    }
}

fn add<'f, 't>(
    fields: &mut Vec<Field<'f, 't>>,
    properties: Node<'t>,
    group: Option<&'f ObjectType>,
    property: impl Fn(usize, &str) -> Option<&'f Property>,
) {
    for (at, entry) in properties.entries().enumerate() {
        if entry.value.kind() != NodeKind::Mapping {
            continue;
        }
        let field = Field {
            name: entry.name(),
            key: entry.key.span(),
            node: entry.value,
            siblings: properties,
            group,
            property: property(at, entry.name()),
            is_item: false,
        };
        fields.push(field);
        let items = entry.value.entries().find(|it| it.name() == "items");
        if let Some(items) = items.filter(|it| it.value.kind() == NodeKind::Mapping) {
            fields.push(Field {
                key: items.key.span(),
                node: items.value,
                property: field.property.and_then(|it| it.items.as_deref()),
                is_item: true,
                ..field
            });
        }
    }
}

/// A value as a text, without quotes.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a build puts other text in the place of some of the value.
pub(super) fn has_template(node: Node<'_>) -> bool {
    node.as_str().is_some_and(is_template)
        || node.items().any(has_template)
        || node.entries().any(|entry| has_template(entry.value))
}
