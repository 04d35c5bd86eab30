//! `EXT134`: keys that nobody reads, and that are likely meant to be others.

use super::form::Form;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::source::SourceFile;
use crate::suggest;
use crate::yaml::{Node, NodeKind};

const TOP: [&str; 24] = [
    "$schema",
    "allowedScopes",
    "constraints",
    "deletionConstraints",
    "description",
    "displayName",
    "documentation",
    "dynatrace",
    "enums",
    "keyProperty",
    "maturity",
    "maxObjects",
    "metadata",
    "metaData",
    "multiObject",
    "ordered",
    "ownerDevelopment",
    "ownerProductManagement",
    "properties",
    "schemaConstraints",
    "schemaGroups",
    "schemaId",
    "types",
    "version",
];

const TYPE: [&str; 11] = [
    "constraints",
    "description",
    "displayName",
    "documentation",
    "metaData",
    "properties",
    "searchPattern",
    "summaryPattern",
    "type",
    "version",
    "versionInfo",
];

const FIELD: [&str; 23] = [
    "$ref",
    "constraints",
    "datasource",
    "default",
    "description",
    "displayName",
    "documentation",
    "forceSecretResubmission",
    "items",
    "maxItems",
    "maxObjects",
    "metaData",
    "migrationPattern",
    "minItems",
    "minObjects",
    "modificationPolicy",
    "nullable",
    "precondition",
    "referencedType",
    "subType",
    "type",
    "uiCustomization",
    "version",
];

const ENUM: [&str; 7] = [
    "description",
    "displayName",
    "documentation",
    "enumClass",
    "items",
    "metaData",
    "type",
];

const CHOICE: [&str; 5] = [
    "description",
    "displayName",
    "enumInstance",
    "icon",
    "value",
];

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    let source = form.source;
    slips(source, form.root, "the schema", &TOP, report);
    for entry in form.part("types") {
        slips(source, entry.value, "a type", &TYPE, report);
    }
    for entry in form.part("enums") {
        slips(source, entry.value, "an enum", &ENUM, report);
        let items = entry.value.get("items");
        for item in items.into_iter().flat_map(Node::items) {
            slips(source, item, "a choice", &CHOICE, report);
        }
    }
    for field in form.fields() {
        slips(source, field.node, "a property", &FIELD, report);
    }
}

/// Newer platforms know more keys, so only what looks like a slip is told.
fn slips(source: &SourceFile, node: Node<'_>, of: &str, known: &[&str], report: &mut Report) {
    if node.kind() != NodeKind::Mapping {
        return;
    }
    for entry in node.entries() {
        let name = entry.name();
        if known.contains(&name) {
            continue;
        }
        // Words that schemas of JSON have for the same.
        let synonym = match name {
            "title" | "label" => Some("displayName"),
            "defaultValue" => Some("default"),
            "preconditions" => Some("precondition"),
            _ => None,
        };
        let meant = synonym
            .filter(|synonym| known.contains(synonym))
            .or_else(|| suggest::closest(name, known.iter().copied()));
        let Some(meant) = meant.filter(|meant| node.get(meant).is_none()) else {
            continue;
        };
        report.push(
            Diagnostic::new(
                &codes::ACTIVATION_METADATA,
                entry.key.span(),
                format!("{of} has no `{name}`"),
            )
            .label("nobody reads it")
            .help(format!("did you mean `{meant}`?"))
            .write_instead(source, entry.key.span(), meant),
        );
    }
}
