//! `EXT092`: the activation schema, which is the form that users fill in.

use super::{Subject, secrets};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{Text, anchor};
use crate::source::{SourceFile, Span};
use crate::suggest;
use crate::yaml::{Entry, Node, NodeKind};

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

pub(super) fn check(
    subject: &Subject<'_, '_, '_>,
    source: &SourceFile,
    root: Node<'_>,
    report: &mut Report,
) {
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
    schema.sides(subject, properties);
    schema.properties(properties);
    for entry in root.get("types").into_iter().flat_map(Node::entries) {
        if let Some(properties) = entry.value.get("properties") {
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

    fn warn(&mut self, span: Span, message: String, label: &str, help: &str) {
        self.report.push(
            Diagnostic::new(&codes::ACTIVATION_SCHEMA, span, message)
                .severity(Severity::Warning)
                .label(label)
                .help(help),
        );
    }

    /// The manifest says where the extension runs, and the schema has a form
    /// for each.
    fn sides(&mut self, subject: &Subject<'_, '_, '_>, properties: Node<'_>) {
        let python = subject.manifest.root.get("python");
        let activation = python.and_then(|python| python.get("activation"));
        for (side, form) in [("remote", "pythonRemote"), ("local", "pythonLocal")] {
            let wanted = activation.is_some_and(|activation| activation.get(side).is_some());
            let own = activation.and_then(|activation| activation.get(side)?.get("path"));
            let here = own.and_then(Node::as_str) == Some(self.source.name());
            if wanted && here && properties.get(form).is_none() {
                self.warn(
                    anchor(properties),
                    format!("the manifest names this schema for `{side}`, and it has no `{form}`"),
                    "no form for it",
                    &format!("add `{form}`, or remove `{side}` from the manifest"),
                );
            }
        }
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
        self.default(name, kind, property);
        self.constraints(property);
        let is_text = kind.is_some_and(|kind| *kind == *"text");
        if is_text && secrets::is_secret_name(name) {
            self.report.push(
                Diagnostic::new(
                    &codes::SECRET,
                    kind.map_or(place, Text::span),
                    format!("the property `{name}` is a text, which everybody can read"),
                )
                .label("shown and stored as it is")
                .help("write `\"type\": \"secret\"`"),
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
            let part = self.root.get(part);
            if part.is_some_and(|part| part.get(name).is_some()) {
                return;
            }
            let known = part.into_iter().flat_map(Node::entries);
            let close = suggest::closest(name, known.map(Entry::name));
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

    fn default(&mut self, name: &str, kind: Option<Text<'_>>, property: Node<'_>) {
        let Some(default) = property.get("default") else {
            return;
        };
        let of = |expected: &str| kind.is_some_and(|kind| *kind == *expected);
        let text = Text::of(default).filter(|text| !text.is_template());
        if of("secret") {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                self.report
                    .push(secrets::secret(text, "the default of a secret"));
            }
            return;
        }
        for text in text.into_iter().chain(default.items().filter_map(Text::of)) {
            self.report.extend(secrets::insecure(text));
        }
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return;
        };
        let fits = if of("boolean") {
            default.as_bool().is_some()
        } else if of("integer") {
            default.is_plain() && text.parse::<i64>().is_ok()
        } else if of("float") {
            default.is_plain() && text.parse::<f64>().is_ok()
        } else {
            true
        };
        if !fits {
            self.warn(
                text.span(),
                format!("the default of `{name}` does not fit its type"),
                "another type",
                "write it without quotes, as a value of the type",
            );
        }
    }

    fn constraints(&mut self, property: Node<'_>) {
        let number = |node: Node<'_>, key: &str| -> Option<(f64, Span)> {
            let node = node.get(key)?;
            Some((node.as_str()?.parse().ok()?, node.span()))
        };
        let constraints = property
            .get("constraints")
            .into_iter()
            .flat_map(Node::items);
        for node in constraints.chain([property]) {
            for (least, most) in [
                ("minLength", "maxLength"),
                ("minimum", "maximum"),
                ("minItems", "maxItems"),
                ("minObjects", "maxObjects"),
            ] {
                if let (Some((min, _)), Some((max, span))) =
                    (number(node, least), number(node, most))
                    && min > max
                {
                    self.warn(
                        span,
                        format!("`{most}` is {max}, less than `{least}`, which is {min}"),
                        "nothing fits",
                        "swap the two",
                    );
                }
            }
        }
    }
}
