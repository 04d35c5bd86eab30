//! `EXT136`: types and enums that are part of no form.

use std::collections::BTreeSet;

use super::form::Form;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::Text;
use crate::yaml::Node;

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    let Some(properties) = form.root.get("properties") else {
        // Told as the fault it is.
        return;
    };
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![properties];
    while let Some(node) = open.pop() {
        let mut found = Vec::new();
        references(node, &mut found);
        for target in found {
            if !reached.insert(target) {
                continue;
            }
            let Some((part, name)) = target.strip_prefix("#/").and_then(|it| it.split_once('/'))
            else {
                continue;
            };
            match form.root.get(part).and_then(|part| part.get(name)) {
                Some(group) => open.push(group),
                // What it was to lead to may be all that is missing here.
                None => return,
            }
        }
    }
    for (part, what) in [("types", "type"), ("enums", "enum")] {
        for entry in form.part(part) {
            let name = entry.name();
            let target = format!("#/{part}/{name}");
            if reached.contains(target.as_str()) {
                continue;
            }
            report.push(
                Diagnostic::new(
                    &codes::ACTIVATION_UNUSED,
                    entry.key.span(),
                    format!("no form has anything of the {what} `{name}`"),
                )
                .label("not reached from `properties`")
                .help(format!(
                    "remove it, or refer to it with `\"$ref\": \"{target}\"`"
                )),
            );
        }
    }
}

/// Every `$ref` below a node, which may stand in many places.
fn references<'t>(node: Node<'t>, found: &mut Vec<&'t str>) {
    for item in node.items() {
        references(item, found);
    }
    for entry in node.entries() {
        match Text::of(entry.value) {
            Some(target) if entry.name() == "$ref" => found.push(target.as_str()),
            _ => references(entry.value, found),
        }
    }
}
