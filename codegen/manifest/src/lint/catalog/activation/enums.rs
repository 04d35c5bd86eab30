//! `EXT092` of enums: choices that nobody can make.

use std::collections::BTreeMap;

use super::form::Form;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{Text, anchor};
use crate::source::Span;
use crate::yaml::NodeKind;

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    for entry in form.part("enums") {
        let items = entry.value.get("items");
        // The platform has classes of its own, which nobody else may name.
        if entry.value.get("enumClass").is_some() {
            continue;
        }
        let Some(items) = items.filter(|items| items.items().len() > 0) else {
            report.push(
                refused(
                    entry.key.span(),
                    format!("the enum `{}` has no `items`", entry.name()),
                )
                .label("nothing to choose from")
                .help(
                    "list the choices: `\"items\": [{ \"value\": \"a\", \"displayName\": \"A\" }]`",
                ),
            );
            continue;
        };
        let mut seen: BTreeMap<(&str, bool), Text<'_>> = BTreeMap::new();
        for item in items.items() {
            let value = item.get("value").and_then(Text::of);
            let Some(value) = value else {
                let message = format!("a choice of the enum `{}` has no `value`", entry.name());
                let help = if item.kind() == NodeKind::Scalar {
                    format!(
                        "write `{{ \"value\": {} }}`",
                        form.source.slice(item.span())
                    )
                } else {
                    "add `value`, which is what the extension gets".to_owned()
                };
                report.push(
                    refused(anchor(item), message)
                        .label("nothing to get")
                        .help(help),
                );
                continue;
            };
            // `1` and `"1"` are two values.
            let of = (value.as_str(), value.node.is_plain());
            if let Some(other) = seen.get(&of) {
                report.push(
                    refused(
                        value.span(),
                        format!(
                            "the enum `{}` has the choice `{}` twice",
                            entry.name(),
                            value.as_str()
                        ),
                    )
                    .severity(Severity::Warning)
                    .label("the extension cannot tell which one was chosen")
                    .related(other.span(), "the first one")
                    .help("give each choice a value of its own"),
                );
            }
            seen.entry(of).or_insert(value);
        }
    }
}

fn refused(place: Span, message: String) -> Diagnostic {
    Diagnostic::new(&codes::ACTIVATION_SCHEMA, place, message)
}
