//! Values that a field is compared with and can never have.

use extyped_activation::{Kind, Property};

use super::finding;
use crate::diagnostic::{Diagnostic, Edit};
use crate::yaml::Node;

use super::super::form::{Form, has_template};

/// The finding for a value that a field can never have.
pub(super) fn never(
    form: &Form<'_, '_>,
    target: &str,
    property: &Property,
    node: Node<'_>,
) -> Option<Diagnostic> {
    let schema = form.schema.as_ref()?;
    let value = form.value(node).filter(|value| !value.is_null())?;
    // What breaks a constraint may still stand in the form for a while, and a
    // text is compared before it is a URL or a date.
    let kind = match &property.kind {
        kind if kind.is_text() => Kind::Text,
        kind => kind.clone(),
    };
    let as_default = Property {
        kind,
        default: Some(value.clone()),
        constraints: Vec::new(),
        ..property.clone()
    };
    if has_template(node) {
        return None;
    }
    let broken = schema.check_default(&as_default).into_iter().next()?;
    // Of lists and objects only what they are is known.
    if broken.path != "default" {
        return None;
    }
    let finding = finding(
        node.span(),
        format!("`{target}` is never this: it {}", broken.message),
    )
    .label("no such value");
    Some(match form.meant(&as_default, &value) {
        Some(meant) => {
            let edit = Edit {
                span: node.span(),
                replacement: meant.to_string(),
            };
            finding
                .help(format!("write `{meant}`"))
                .fix(format!("write `{meant}`"), vec![edit])
        }
        None => finding.help(format!("write a value that `{target}` may have")),
    })
}
