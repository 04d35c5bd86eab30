//! Entity types, what makes their entities, and how they relate.

use std::fmt;

use extyped_manifest::yaml::Node;

use super::text;

/// An entity type that the extension defines.
#[derive(Debug, Default)]
pub(crate) struct EntityType {
    pub name: String,
    pub display_name: Option<String>,
    pub is_enabled: bool,
    pub rules: Vec<Rule>,
}

/// A way to make entities of a type.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub id: String,
    pub name: Option<String>,
    pub role: Option<String>,
    /// Where lines come from, with the condition if there is one.
    pub sources: Vec<String>,
    /// What lines must have, with the value if one is asked for.
    pub required: Vec<String>,
    pub attributes: Vec<Attribute>,
}

/// Something that is known of an entity.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub key: String,
    pub display_name: Option<String>,
    pub pattern: String,
}

/// How entities of two types relate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub from: String,
    pub to: String,
    /// `RUNS_ON`, as the manifest says it.
    pub kind: String,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.from, self.kind, self.to)
    }
}

impl EntityType {
    /// The attributes of all rules, each once.
    pub(crate) fn attributes(&self) -> Vec<&Attribute> {
        let mut attributes: Vec<&Attribute> = Vec::new();
        for attribute in self.rules.iter().flat_map(|rule| &rule.attributes) {
            if !attributes.iter().any(|known| known.key == attribute.key) {
                attributes.push(attribute);
            }
        }
        attributes
    }
}

pub(super) fn types(root: Node<'_>) -> Vec<EntityType> {
    items(root.get("topology"), "types")
        .filter_map(|node| {
            Some(EntityType {
                name: text(node, "name")?,
                display_name: text(node, "displayName"),
                is_enabled: node.get("enabled").and_then(Node::as_bool) != Some(false),
                rules: items(Some(node), "rules").map(rule).collect(),
            })
        })
        .collect()
}

fn rule(node: Node<'_>) -> Rule {
    let sources = items(Some(node), "sources").filter_map(|source| {
        let kind = text(source, "sourceType")?;
        Some(match text(source, "condition") {
            Some(condition) => format!("{kind} {condition}"),
            None => kind,
        })
    });
    let required = items(Some(node), "requiredDimensions").filter_map(|dimension| {
        let key = text(dimension, "key")?;
        Some(match text(dimension, "valuePattern") {
            Some(value) => format!("{key} {value}"),
            None => key,
        })
    });
    let attributes = items(Some(node), "attributes").filter_map(|attribute| {
        Some(Attribute {
            key: text(attribute, "key")?,
            display_name: text(attribute, "displayName"),
            pattern: text(attribute, "pattern").unwrap_or_default(),
        })
    });
    Rule {
        id: text(node, "idPattern").unwrap_or_default(),
        name: text(node, "instanceNamePattern"),
        role: text(node, "role"),
        sources: sources.collect(),
        required: required.collect(),
        attributes: attributes.collect(),
    }
}

/// The relationships that are not switched off, each once.
pub(super) fn relations(root: Node<'_>) -> Vec<Relation> {
    let mut relations: Vec<Relation> = Vec::new();
    for node in items(root.get("topology"), "relationships") {
        if node.get("enabled").and_then(Node::as_bool) == Some(false) {
            continue;
        }
        let relation = (|| {
            Some(Relation {
                from: text(node, "fromType")?,
                to: text(node, "toType")?,
                kind: text(node, "typeOfRelation")?,
            })
        })();
        relations.extend(relation.filter(|relation| !relations.contains(relation)));
    }
    relations
}

fn items<'t>(node: Option<Node<'t>>, field: &str) -> impl Iterator<Item = Node<'t>> {
    let list = node.and_then(|node| node.get(field));
    list.into_iter().flat_map(Node::items)
}
