//! From an activation schema to the types that read it.
//!
//! What is wrong with a schema is told by the checks; here what is wrong is left
//! out, or read as JSON of any kind.

mod limits;

use crate::contract::{
    Activation, ActivationSchema, Choice, Enumeration, Form, ObjectType, Property, PropertyKind,
    Side,
};
use crate::model::Text;
use crate::source::{SourceFile, Span};
use crate::yaml::{Entry, Node, NodeKind};

/// How deep lists may lie in lists.
const MAX_DEPTH: u8 = 8;

impl Activation {
    /// What `python.activation` says, before any schema is read.
    pub(crate) fn of(manifest: Node<'_>) -> Self {
        let python = manifest.get("python");
        let activation = python.and_then(|python| python.get("activation"));
        let sides = [(Side::Remote, "remote"), (Side::Local, "local")];
        let declared = sides
            .into_iter()
            .filter(|(_, name)| activation.is_some_and(|it| it.get(name).is_some()));
        Activation {
            schemas: Vec::new(),
            sides: declared.map(|(side, _)| (side, None)).collect(),
            has_code: python.is_some(),
        }
    }

    /// Adds the schema of a file that the manifest names, with the forms that
    /// the manifest takes from it. Returns the properties of forms that it should
    /// have and does not.
    pub(crate) fn add(
        &mut self,
        manifest: Node<'_>,
        source: &SourceFile,
        root: Node<'_>,
    ) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut reader = Reader {
            source,
            root,
            types: Vec::new(),
            nodes: Vec::new(),
            enumerations: Vec::new(),
        };
        let activation = manifest.get("python").and_then(|it| it.get("activation"));
        let schema = self.schemas.len();
        let mut is_used = false;
        for (side, form) in &mut self.sides {
            let (name, field) = match side {
                Side::Remote => ("remote", "pythonRemote"),
                Side::Local => ("local", "pythonLocal"),
            };
            let path = activation.and_then(|it| it.get(name)?.get("path")?.as_str());
            if path != Some(source.name()) {
                continue;
            }
            let property = root.get("properties").and_then(|all| all.get(field));
            let target = property.and_then(reference);
            if let Some(object_type) = target.and_then(|target| reader.object(target)) {
                is_used = true;
                *form = Some(Form {
                    schema,
                    object_type,
                });
            } else {
                missing.push(field);
            }
        }
        if !is_used {
            return missing;
        }
        reader.finish();
        mark_recursion(&mut reader.types);
        self.schemas.push(ActivationSchema {
            path: source.name().to_owned(),
            text: source.text().trim_start_matches('\u{feff}').to_owned(),
            types: reader.types,
            enumerations: reader.enumerations,
        });
        missing
    }
}

struct Reader<'s, 't> {
    source: &'s SourceFile,
    root: Node<'t>,
    types: Vec<ObjectType>,
    /// Where each of the types is written.
    nodes: Vec<Node<'t>>,
    enumerations: Vec<Enumeration>,
}

impl<'t> Reader<'_, 't> {
    /// The index of an object type.
    fn object(&mut self, name: &str) -> Option<usize> {
        let name = name.strip_prefix("#/types/")?;
        if let Some(index) = self.types.iter().position(|known| known.name == name) {
            return Some(index);
        }
        let entry = self.part("types", name)?;
        self.types.push(ObjectType {
            name: name.to_owned(),
            span: entry.key.span(),
            display_name: words(entry.value, "displayName"),
            description: words(entry.value, "description"),
            properties: Vec::new(),
        });
        self.nodes.push(entry.value);
        Some(self.types.len() - 1)
    }

    /// Reads the properties of all types that were asked for, and of those that
    /// these ask for: one after the other, however long the chain.
    fn finish(&mut self) {
        let mut index = 0;
        while let Some(node) = self.nodes.get(index) {
            let mut properties = Vec::new();
            for property in node.entries_of("properties") {
                if property.value.kind() == NodeKind::Mapping {
                    properties.push(self.property(property));
                }
            }
            if let Some(of_type) = self.types.get_mut(index) {
                of_type.properties = properties;
            }
            index += 1;
        }
    }

    fn property(&mut self, entry: Entry<'t>) -> Property {
        let node = entry.value;
        let kind = self.kind(node, 0);
        let has_precondition = node
            .get("precondition")
            .is_some_and(|it| it.kind() == NodeKind::Mapping);
        let is_secret = kind == PropertyKind::Secret;
        let default = node
            .get("default")
            .filter(|it| !is_secret && it.kind() != NodeKind::Null);
        Property {
            name: entry.name().to_owned(),
            span: entry.key.span(),
            display_name: words(node, "displayName"),
            description: words(node, "description"),
            kind,
            is_optional: is_nullable(node) || has_precondition,
            default: default.map(|it| self.written(it.span())),
            limits: limits::of(node),
            least_items: limits::least_items(node),
            has_precondition,
        }
    }

    /// A part of the file on one line.
    fn written(&self, span: Span) -> String {
        let text = self.source.text();
        let text = text.get(span.start as usize..span.end as usize);
        let words = text.unwrap_or_default().split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    fn kind(&mut self, node: Node<'t>, depth: u8) -> PropertyKind {
        if let Some(target) = reference(node) {
            if let Some(object_type) = self.object(target) {
                return PropertyKind::Object {
                    object_type,
                    is_recursive: false,
                };
            }
            return match self.enumeration(target) {
                Some(index) => PropertyKind::Choice(index),
                None => PropertyKind::Other,
            };
        }
        let is_url = node.get("subType").and_then(Node::as_str) == Some("url");
        match node.get("type").and_then(Node::as_str).unwrap_or_default() {
            "text" if is_url => PropertyKind::Url,
            "text" => PropertyKind::Text,
            "secret" => PropertyKind::Secret,
            "boolean" => PropertyKind::Boolean,
            "integer" => PropertyKind::Integer,
            "float" => PropertyKind::Float,
            "local_date" => PropertyKind::LocalDate,
            "local_time" => PropertyKind::LocalTime,
            "local_date_time" => PropertyKind::LocalDateTime,
            "zoned_date_time" | "dateTime" => PropertyKind::ZonedDateTime,
            "time_zone" => PropertyKind::TimeZone,
            "setting" => PropertyKind::Setting,
            "list" | "set" if depth < MAX_DEPTH => {
                let items = node.get("items");
                let items = items.filter(|it| it.kind() == NodeKind::Mapping);
                let kind = items.map_or(PropertyKind::Other, |it| self.kind(it, depth + 1));
                PropertyKind::List(Box::new(kind), items.is_some_and(is_nullable))
            }
            _ => PropertyKind::Other,
        }
    }

    fn enumeration(&mut self, name: &str) -> Option<usize> {
        let name = name.strip_prefix("#/enums/")?;
        let known = &self.enumerations;
        if let Some(index) = known.iter().position(|known| known.name == name) {
            return Some(index);
        }
        let entry = self.part("enums", name)?;
        let mut choices: Vec<Choice> = Vec::new();
        for item in entry.value.items_of("items") {
            let value = item.get("value").and_then(Text::of);
            // The first of two counts, as for everybody who reads the list.
            if let Some(value) = value
                && choices.iter().all(|known| known.value != value.as_str())
            {
                choices.push(Choice {
                    value: value.as_str().to_owned(),
                    span: value.span(),
                    display_name: words(item, "displayName"),
                });
            }
        }
        if choices.is_empty() {
            return None;
        }
        self.enumerations.push(Enumeration {
            name: name.to_owned(),
            span: entry.key.span(),
            display_name: words(entry.value, "displayName"),
            description: words(entry.value, "description"),
            choices,
        });
        Some(self.enumerations.len() - 1)
    }

    fn part(&self, part: &str, name: &str) -> Option<Entry<'t>> {
        let mut entries = self.root.get(part)?.entries();
        entries.find(|entry| entry.name() == name)
    }
}

/// What a property refers to. `$ref` stands in the place of `type` as often as
/// below it.
fn reference(node: Node<'_>) -> Option<&str> {
    let below = node.get("type").and_then(|it| it.get("$ref"));
    below.or_else(|| node.get("$ref"))?.as_str()
}

fn is_nullable(node: Node<'_>) -> bool {
    node.get("nullable").and_then(Node::as_bool) == Some(true)
}

fn words(node: Node<'_>, field: &str) -> Option<String> {
    let text = node.get(field)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Says which fields make a type hold itself. Through a list it may: a list can
/// be empty.
fn mark_recursion(types: &mut [ObjectType]) {
    let edges: Vec<Vec<usize>> = types
        .iter()
        .map(|of_type| of_type.properties.iter().filter_map(held).collect())
        .collect();
    for (owner, of_type) in types.iter_mut().enumerate() {
        for property in &mut of_type.properties {
            if let PropertyKind::Object {
                object_type,
                is_recursive,
            } = &mut property.kind
            {
                *is_recursive = reaches(&edges, *object_type, owner);
            }
        }
    }
}

fn held(property: &Property) -> Option<usize> {
    match property.kind {
        PropertyKind::Object { object_type, .. } => Some(object_type),
        _ => None,
    }
}

fn reaches(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; edges.len()];
    let mut open = vec![from];
    while let Some(index) = open.pop() {
        if index == to {
            return true;
        }
        if let Some(is_seen) = seen.get_mut(index)
            && !std::mem::replace(is_seen, true)
        {
            open.extend_from_slice(edges.get(index).map_or(&[], Vec::as_slice));
        }
    }
    false
}
