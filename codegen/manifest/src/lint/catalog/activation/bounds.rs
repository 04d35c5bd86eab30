//! `EXT133` of bounds: those that are no numbers, and those that nothing lies
//! between.

use super::form::{Field, Form};
use super::mend;
use crate::codes;
use crate::diagnostic::{Diagnostic, Edit, Report};
use crate::yaml::{Node, is_template};

const PAIRS: [(&str, &str); 6] = [
    ("minLength", "maxLength"),
    ("minimum", "maximum"),
    ("min", "max"),
    ("minItems", "maxItems"),
    ("minObjects", "maxObjects"),
    ("minimumPropertyCount", "maximumPropertyCount"),
];

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    for field in form.fields() {
        let constraints = field.node.get("constraints");
        for node in constraints.into_iter().flat_map(Node::items) {
            pairs(&field, node, report);
        }
        pairs(&field, field.node, report);
    }
}

fn pairs(field: &Field<'_, '_>, node: Node<'_>, report: &mut Report) {
    for (least, most) in PAIRS {
        let bound = |key: &str, report: &mut Report| {
            let node = node.get(key)?;
            let text = node.as_str().filter(|text| !is_template(text))?;
            let number: Option<f64> = text.trim().parse().ok();
            if number.is_none() || !node.is_plain() {
                report.push(no_number(field, key, node, text, number.is_some()));
            }
            Some((number?, node.span()))
        };
        let (min, max) = (bound(least, report), bound(most, report));
        if let (Some((min, place)), Some((max, span))) = (min, max)
            && min > max
        {
            report.push(
                Diagnostic::new(
                    &codes::ACTIVATION_CONSTRAINT,
                    span,
                    format!("`{most}` is {max}, less than `{least}`, which is {min}"),
                )
                .label("nothing fits")
                .related(place, "the lower bound")
                .help("swap the two"),
            );
        }
    }
}

fn no_number(
    field: &Field<'_, '_>,
    key: &str,
    node: Node<'_>,
    text: &str,
    is_quoted: bool,
) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::ACTIVATION_CONSTRAINT,
        node.span(),
        format!("`{key}` of {} is no number", field.title()),
    )
    .label("limits nothing");
    let text = text.trim();
    // What JSON takes for a number is narrower than what Rust does.
    if !is_quoted || serde_json::from_str::<f64>(text).is_err() {
        return finding.help("write a number, without quotes");
    }
    let edit = Edit {
        span: node.span(),
        replacement: text.to_owned(),
    };
    mend(
        finding.help("write it without quotes"),
        format!("write `{text}`"),
        vec![edit],
    )
}
