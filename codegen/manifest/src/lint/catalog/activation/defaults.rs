//! `EXT131`: defaults that the form refuses itself.

use extyped_activation::{Kind, Property, Schema, Violation};

use super::form::{Field, Form, has_template};
use super::mend;
use crate::codes;
use crate::diagnostic::{Diagnostic, Edit, Report};
use crate::model::Text;
use crate::yaml::Node;

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    let Some(schema) = &form.schema else {
        return;
    };
    for field in form.fields() {
        let (Some(property), Some(default)) = (field.property, field.node.get("default")) else {
            continue;
        };
        // The default of a secret is wrong whatever it is.
        if property.kind == Kind::Secret {
            continue;
        }
        for violation in schema.check_default(property) {
            let (node, property) = find(schema, property, default, &violation.path);
            if !is_a_start(&violation, node, property) && !has_template(node) {
                report.push(refused(form, &field, &violation, node, property));
            }
        }
    }
}

/// Whether a default only fills the form for a start, as nearly all public
/// schemas do it: a blank text, an empty list, an object with fields left out.
fn is_a_start(violation: &Violation, node: Node<'_>, property: Option<&Property>) -> bool {
    let kind = property.map(|property| &property.kind);
    let is_blank = node.as_str().is_some_and(|text| text.trim().is_empty());
    let is_empty_list = node.items().len() == 0 && matches!(kind, Some(Kind::List | Kind::Set));
    (is_blank && kind.is_some_and(Kind::is_text))
        || (is_empty_list && violation.rule != "type")
        || violation.rule == "missing"
}

/// What a path such as `default[0].url` leads to, as far as it does.
fn find<'t, 'p>(
    schema: &'p Schema,
    property: &'p Property,
    default: Node<'t>,
    path: &str,
) -> (Node<'t>, Option<&'p Property>) {
    let mut rest = path.strip_prefix("default").unwrap_or_default();
    let (mut node, mut property) = (default, Some(property));
    while !rest.is_empty() {
        if let Some((index, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            let item = index.parse().ok().and_then(|index| node.items().nth(index));
            let Some(item) = item else { break };
            node = item;
            property = property.and_then(|it| it.items.as_deref());
            rest = after;
            continue;
        }
        let Some(name) = rest.strip_prefix('.') else {
            break;
        };
        // A name may have dots of its own.
        let is_next = |after: &str| after.is_empty() || after.starts_with(['.', '[']);
        let found = node.entries().find_map(|entry| {
            let after = name.strip_prefix(entry.name()).filter(|it| is_next(it))?;
            Some((entry, after))
        });
        let Some((entry, after)) = found else { break };
        node = entry.value;
        property = match property.map(|it| &it.kind) {
            Some(Kind::Object(of)) => schema
                .object_type(of)
                .and_then(|group| group.property(entry.name())),
            _ => None,
        };
        rest = after;
    }
    (node, property)
}

fn refused(
    form: &Form<'_, '_>,
    field: &Field<'_, '_>,
    violation: &Violation,
    node: Node<'_>,
    property: Option<&Property>,
) -> Diagnostic {
    let message = match violation.path.strip_prefix("default") {
        Some("") | None => format!("the default of {} {}", field.title(), violation.message),
        Some(path) => format!(
            "`{path}` in the default of {} {}",
            field.title(),
            violation.message
        ),
    };
    let finding = Diagnostic::new(&codes::ACTIVATION_DEFAULT, node.span(), message);
    let (label, help) = match violation.rule {
        "type" => ("another type", "write a value of the type"),
        "enum" => ("no choice", "write one of the choices as it stands there"),
        _ => (
            "the form refuses it",
            "correct the default or the constraint: whoever leaves the field as it is cannot save",
        ),
    };
    let finding = match rule(field, violation) {
        Some(rule) => finding.related(rule.span(), "the constraint"),
        None => finding,
    };
    let meant = property
        .filter(|_| matches!(violation.rule, "type" | "enum"))
        .and_then(|property| form.meant(property, &form.value(node)?));
    match meant {
        Some(meant) => {
            let edit = Edit {
                span: node.span(),
                replacement: meant.to_string(),
            };
            mend(
                finding.label(label).help(format!("write `{meant}`")),
                format!("write `{meant}`"),
                vec![edit],
            )
        }
        None => finding.label(label).help(help),
    }
}

/// The constraint of the field that a default breaks.
fn rule<'t>(field: &Field<'_, 't>, violation: &Violation) -> Option<Text<'t>> {
    let is_own = violation.path == "default";
    let of = if is_own {
        field.node
    } else {
        field.node.get("items")?
    };
    let constraints = of.get("constraints").into_iter().flat_map(Node::items);
    constraints
        .filter_map(|node| node.get("type").and_then(Text::of))
        .find(|of_type| **of_type == *violation.rule)
}
