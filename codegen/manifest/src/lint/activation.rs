//! `EXT092`: the parts of an activation schema that types are made of.

use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{Text, anchor};
use crate::source::{SourceFile, Span};
use crate::suggest;
use crate::yaml::{Entry, Node, NodeKind, Tree};

/// The types that a property can have, besides those of the schema itself.
const TYPES: [&str; 16] = [
    "boolean",
    "dateTime",
    "enum",
    "float",
    "integer",
    "list",
    "local_date",
    "local_date_time",
    "local_time",
    "object",
    "secret",
    "set",
    "setting",
    "text",
    "time_zone",
    "zoned_date_time",
];

/// What a `$ref` starts with, and the part of the schema that it leads to.
const REFERENCES: [(&str, &str); 2] = [("#/types/", "types"), ("#/enums/", "enums")];

/// Most types, properties and choices of one schema together. Public forms have
/// fewer than a hundred; nobody fills in one that has more than this.
const MAX_PARTS: usize = 500;

/// Most values of all kinds. The largest public schema has about 400.
const MAX_VALUES: usize = 10_000;

/// The finding for a schema that is too large to be looked at: the checks weigh
/// every part of it against every other.
pub(crate) fn over_budget(tree: &Tree) -> Option<Diagnostic> {
    let root = tree.root();
    let count = |part: &str, inner: &str| -> usize {
        let mut count = 0;
        for Entry { value, .. } in root.entries_of(part) {
            count += 1 + value.entries_of(inner).len() + value.items_of(inner).len();
        }
        count
    };
    let top = root.get("properties").map_or(0, |it| it.entries().len());
    let parts = top + count("types", "properties") + count("enums", "items");
    let values = tree.nodes().count();
    let (number, of_what, limit) = if parts > MAX_PARTS {
        (parts, "types, properties and choices", MAX_PARTS)
    } else if values > MAX_VALUES {
        (values, "values", MAX_VALUES)
    } else {
        return None;
    };
    Some(
        Diagnostic::new(
            &codes::TOO_LARGE,
            anchor(root),
            format!("the schema has {number} {of_what}"),
        )
        .label(format!("more than {limit}"))
        .help("nobody fills in a form like that: make it smaller"),
    )
}

/// The finding for a side that code is to be made for, and that has no form.
pub(crate) fn no_form(root: Node<'_>, form: &str) -> Diagnostic {
    let properties = root.get("properties").unwrap_or(root);
    Diagnostic::new(
        &codes::ACTIVATION_SIDE,
        anchor(properties),
        format!("the schema has no `{form}`, which the manifest activates"),
    )
    .severity(Severity::Error)
    .label("no form to make types of")
    .help(format!(
        "add `\"{form}\": {{ \"type\": {{ \"$ref\": \"#/types/{form}\" }} }}` and that type, or \
         remove the side from `python.activation`"
    ))
}

pub(crate) fn check(source: &SourceFile, root: Node<'_>, report: &mut Report) {
    if root.kind() != NodeKind::Mapping {
        // Told for every file that is no object.
        return;
    }
    let mut schema = Schema {
        source,
        root,
        report,
    };
    let Some(properties) = root.get("properties") else {
        schema.refuse(
            anchor(root),
            "the schema has no `properties`",
            "no form to fill in",
            "add `properties` with `pythonRemote` or `pythonLocal`".to_owned(),
        );
        return;
    };
    schema.object(anchor(root), "`properties`", properties);
    for part in ["types", "enums"] {
        if let Some(node) = root.get(part) {
            schema.object(anchor(root), &format!("`{part}`"), node);
        }
    }
    schema.properties(properties);
    for entry in root.entries_of("types") {
        let (place, name) = (entry.key.span(), entry.name());
        schema.object(place, &format!("the type `{name}`"), entry.value);
        if let Some(properties) = entry.value.get("properties") {
            schema.object(place, &format!("`properties` of `{name}`"), properties);
            schema.properties(properties);
        }
    }
}

struct Schema<'c, 't> {
    source: &'c SourceFile,
    root: Node<'t>,
    report: &'c mut Report,
}

impl<'t> Schema<'_, 't> {
    fn refuse(&mut self, span: Span, message: impl Into<String>, label: &str, help: String) {
        self.report.push(
            Diagnostic::new(&codes::ACTIVATION_SCHEMA, span, message)
                .label(label)
                .help(help),
        );
    }

    /// An extension cannot read the schema at all where something else stands.
    fn object(&mut self, place: Span, what: &str, node: Node<'t>) {
        if node.kind() == NodeKind::Mapping {
            return;
        }
        // Nothing has no place of its own.
        let place = match node.kind() {
            NodeKind::Null => place,
            _ => anchor(node),
        };
        self.refuse(
            place,
            format!("{what} is no object"),
            "expected `{`",
            "write an object, with a name for each entry: `{ \"name\": … }`".to_owned(),
        );
    }

    fn properties(&mut self, properties: Node<'t>) {
        for entry in properties.entries() {
            self.property(entry);
        }
    }

    fn property(&mut self, entry: Entry<'t>) {
        let (name, property) = (entry.name(), entry.value);
        let place = entry.key.span();
        if property.kind() != NodeKind::Mapping {
            self.refuse(
                place,
                format!("the property `{name}` is no object"),
                "expected `{`",
                "describe it with `type`, `displayName` and so on".to_owned(),
            );
            return;
        }
        let of_type = property.get("type");
        let kind = of_type.and_then(Text::of);
        match of_type {
            // `"$ref"` stands in the place of `type` as often as below it.
            None if property.get("$ref").is_some() => self.reference(property),
            None => self.refuse(
                place,
                format!("the property `{name}` has no `type`"),
                "of no type",
                "add `\"type\": \"text\"` or another one".to_owned(),
            ),
            Some(_) => match kind {
                Some(kind) => self.known_type(kind),
                None => self.reference(of_type.unwrap_or(property)),
            },
        }
        if let Some(items) = property.get("items") {
            let item = items.get("type");
            match item.and_then(Text::of) {
                Some(kind) => self.known_type(kind),
                None => self.reference(item.unwrap_or(items)),
            }
        } else if kind.is_some_and(|kind| matches!(&*kind, "list" | "set")) {
            self.refuse(
                place,
                format!("the list `{name}` has no `items`"),
                "a list of nothing",
                "say what it is a list of: `\"items\": { \"type\": \"text\" }`".to_owned(),
            );
        }
    }

    fn known_type(&mut self, kind: Text<'_>) {
        if TYPES.contains(&kind.as_str()) || kind.is_template() {
            return;
        }
        let finding = Diagnostic::new(
            &codes::ACTIVATION_SCHEMA,
            kind.span(),
            format!("`{}` is no type of a property", kind.as_str()),
        )
        .severity(Severity::Warning)
        .label("unknown type");
        let close = match kind.as_str() {
            "string" => Some("text"),
            "bool" => Some("boolean"),
            "int" | "number" => Some("integer"),
            "array" => Some("list"),
            "password" => Some("secret"),
            other => suggest::closest(other, TYPES),
        };
        self.report.push(match close {
            Some(close) => finding.help(format!("write `{close}`")).write_instead(
                self.source,
                kind.span(),
                close,
            ),
            None => finding.help(format!("write one of {}", TYPES.join(", "))),
        });
    }

    /// A `$ref` must lead to something.
    fn reference(&mut self, node: Node<'t>) {
        let Some(target) = node.get("$ref").and_then(Text::of) else {
            return;
        };
        for (prefix, part) in REFERENCES {
            let Some(name) = target.strip_prefix(prefix) else {
                continue;
            };
            let mut known = Vec::new();
            for entry in self.root.entries_of(part) {
                known.push(entry.name());
            }
            if known.contains(&name) {
                return;
            }
            let close = suggest::closest(name, known);
            self.refuse(
                target.span(),
                format!("`{}` leads nowhere", target.as_str()),
                "no such part of the schema",
                match close {
                    Some(close) => format!("did you mean `{prefix}{close}`?"),
                    None => "add it, or correct the reference".to_owned(),
                },
            );
            return;
        }
    }
}
