//! `EXT092` of types that hold themselves, so that no configuration ever ends.

use std::collections::BTreeMap;

use extyped_activation::{Kind, Property, Rule, Schema};

use super::form::Form;
use super::graph;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    let Some(schema) = &form.schema else {
        return;
    };
    let names: Vec<&str> = schema.object_types().map(|(name, _)| name).collect();
    let needs = needs(schema, &names);
    let after: Vec<Vec<usize>> = needs
        .iter()
        .map(|needs| needs.iter().map(|(_, target)| *target).collect())
        .collect();
    for circle in graph::circles(&after) {
        let [first, ..] = circle.as_slice() else {
            continue;
        };
        let second = circle.get(1).unwrap_or(first);
        let field = needs.get(*first).into_iter().flatten();
        let field = field.clone().find(|(_, target)| target == second);
        if let (Some((field, _)), Some(name)) = (field, names.get(*first)) {
            report.extend(endless(form, name, field));
        }
    }
}

/// For each type the fields that it cannot be without, and the types of these.
fn needs<'s>(schema: &'s Schema, names: &[&str]) -> Vec<Vec<(&'s str, usize)>> {
    let at: BTreeMap<&str, usize> = (0..).zip(names).map(|(at, name)| (*name, at)).collect();
    schema
        .object_types()
        .map(|(_, group)| {
            let fields = group.properties.iter();
            fields
                .filter_map(|(name, property)| {
                    Some((name.as_str(), at.get(needed(property)?).copied()?))
                })
                .collect()
        })
        .collect()
}

/// The type of which a configuration has to hold an object where the property
/// is.
fn needed(property: &Property) -> Option<&str> {
    let may_be_absent =
        property.is_nullable || property.default.is_some() || property.precondition.is_some();
    if may_be_absent {
        return None;
    }
    match &property.kind {
        Kind::Object(name) => Some(name),
        Kind::List | Kind::Set => {
            let is_filled = property
                .constraints
                .iter()
                .any(|constraint| matches!(constraint.rule, Rule::Items { min: Some(1..), .. }));
            let item = property.items.as_deref().filter(|_| is_filled)?;
            match &item.kind {
                Kind::Object(name) if !item.is_nullable => Some(name),
                _ => None,
            }
        }
        _ => None,
    }
}

fn endless(form: &Form<'_, '_>, of: &str, field: &str) -> Option<Diagnostic> {
    let group = form.root.get("types")?.get(of)?.get("properties")?;
    let place = group.entries().find(|entry| entry.name() == field)?;
    Some(
        Diagnostic::new(
            &codes::ACTIVATION_SCHEMA,
            place.key.span(),
            format!("`{of}` cannot be without `{field}`, which holds a `{of}` again"),
        )
        .label("no configuration ever ends")
        .help("write `\"nullable\": true`, or make it a list that may be empty"),
    )
}
