//! What is wrong with the form that an activation schema describes.

use super::{Subject, secrets};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{Text, anchor};
use crate::source::{SourceFile, Span};
use crate::yaml::{Entry, Node};

pub(super) fn check(
    subject: &Subject<'_, '_, '_>,
    source: &SourceFile,
    root: Node<'_>,
    report: &mut Report,
) {
    let mut schema = Schema { source, report };
    let Some(properties) = root.get("properties") else {
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

struct Schema<'c> {
    source: &'c SourceFile,
    report: &'c mut Report,
}

impl Schema<'_> {
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

    fn properties(&mut self, properties: Node<'_>) {
        for entry in properties.entries() {
            self.property(entry);
        }
    }

    fn property(&mut self, entry: Entry<'_>) {
        let (name, property) = (entry.name(), entry.value);
        let kind = property.get("type").and_then(Text::of);
        self.default(name, kind, property);
        self.constraints(property);
        let is_text = kind.is_some_and(|kind| *kind == *"text");
        if is_text && secrets::is_secret_name(name) {
            self.report.push(
                Diagnostic::new(
                    &codes::SECRET,
                    kind.map_or(entry.key.span(), Text::span),
                    format!("the property `{name}` is a text, which everybody can read"),
                )
                .label("shown and stored as it is")
                .help("write `\"type\": \"secret\"`"),
            );
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
