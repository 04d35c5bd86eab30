//! `EXT133`: what a value has to be.

mod misplaced;
mod rules;

use extyped_activation::{Kind, Rule};

use self::rules::RULES;
use super::form::{Field, Form};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{Text, anchor};
use crate::source::Span;
use crate::suggest;
use crate::yaml::{Entry, Node, NodeKind};

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    for field in form.fields() {
        misplaced::beside(&field, report);
        let Some(constraints) = field.node.get("constraints") else {
            continue;
        };
        if !matches!(constraints.kind(), NodeKind::Sequence | NodeKind::Null) {
            let title = field.title();
            report.push(
                finding(
                    anchor(constraints),
                    format!("the constraints of {title} are no list"),
                )
                .label("expected `[`")
                .help("put them in brackets: `[{ \"type\": \"NOT_BLANK\" }]`"),
            );
        }
        for node in constraints.items() {
            constraint(form, &field, node, report);
        }
    }
}

fn finding(place: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::ACTIVATION_CONSTRAINT, place, message)
}

fn constraint(form: &Form<'_, '_>, field: &Field<'_, '_>, node: Node<'_>, report: &mut Report) {
    let Some(kind) = node.get("type").and_then(Text::of) else {
        let title = field.title();
        report.push(
            finding(
                anchor(node),
                format!("a constraint of {title} has no `type`"),
            )
            .label("asks for nothing")
            .help(format!("add `type`, one of {}", names())),
        );
        return;
    };
    if kind.is_template() {
        return;
    }
    let Some(rule) = RULES.iter().find(|rule| rule.name == kind.as_str()) else {
        report.push(unknown(form, kind));
        return;
    };
    if let Some(told) = misplaced::check(form, field, rule, node, kind) {
        report.push(told);
    } else {
        report.extend(missing(rule, node, kind));
        report.extend(rules::does_not_speak_of(rule, field, kind));
    }
    report.extend(pattern(field, node));
    unique(form, field, node, report);
}

fn unknown(form: &Form<'_, '_>, kind: Text<'_>) -> Diagnostic {
    let finding = finding(kind.span(), format!("`{}` is no constraint", kind.as_str()))
        .label("asks for nothing");
    if let Some(close) = suggest::closest(&kind, RULES.iter().map(|rule| rule.name)) {
        return finding.help(format!("write `{close}`")).write_instead(
            form.source,
            kind.span(),
            close,
        );
    }
    match kind.to_ascii_uppercase().as_str() {
        "REQUIRED" | "NOT_NULL" => finding.help(
            "a field is required unless it has `\"nullable\": true`; a text that has to say \
             something is `NOT_BLANK`",
        ),
        "MIN" | "MAX" | "MIN_MAX" | "BETWEEN" => {
            finding.help("write `RANGE` with `minimum` and `maximum`")
        }
        "MIN_LENGTH" | "MAX_LENGTH" | "SIZE" => {
            finding.help("write `LENGTH` with `minLength` and `maxLength`")
        }
        _ => finding.help(format!("write one of {}", names())),
    }
}

/// A rule that does not say what it asks for.
fn missing(rule: &rules::Constraint, node: Node<'_>, kind: Text<'_>) -> Option<Diagnostic> {
    let is_there = |key: &&&str| node.get(key).is_some();
    let needs_one = matches!(rule.name, "LENGTH" | "RANGE" | "PATTERN");
    if !needs_one || rule.keys.iter().any(|key| is_there(&key)) {
        return None;
    }
    let keys: Vec<String> = rule.keys.iter().map(|key| format!("`{key}`")).collect();
    Some(
        finding(
            kind.span(),
            format!("`{}` has no {}", rule.name, keys.join(" or ")),
        )
        .label("asks for nothing")
        .help(format!(
            "add {}, or remove the constraint",
            keys.join(" or ")
        )),
    )
}

/// A pattern that is not understood. Java understands some that others do not,
/// and the form is Java.
fn pattern(field: &Field<'_, '_>, node: Node<'_>) -> Option<Diagnostic> {
    let pattern = node.get("pattern").and_then(Text::of)?;
    let constraints = &field.property?.constraints;
    let is_mystery = constraints.iter().any(|constraint| match &constraint.rule {
        Rule::Pattern(other) => other.as_str() == pattern.as_str() && !other.is_understood(),
        _ => false,
    });
    (is_mystery && !pattern.is_template()).then(|| {
        finding(
            pattern.span(),
            format!("the pattern of {} is not understood", field.title()),
        )
        .label("the extension takes everything here")
        .help(
            "correct the regular expression; if the platform takes it, it alone looks at the value",
        )
    })
}

/// The fields by which items are told apart.
fn unique(form: &Form<'_, '_>, field: &Field<'_, '_>, node: Node<'_>, report: &mut Report) {
    let items = field.property.and_then(|property| property.items.as_ref());
    let (Some(fields), Some(Kind::Object(of))) =
        (node.get("uniqueProperties"), items.map(|items| &items.kind))
    else {
        return;
    };
    let of_type = form.root.get("types").and_then(|types| types.get(of));
    let Some(properties) = of_type.and_then(|of_type| of_type.get("properties")) else {
        return;
    };
    for name in fields.items().filter_map(Text::of) {
        if properties.get(&name).is_some() || name.is_template() {
            continue;
        }
        let close = suggest::closest(&name, properties.entries().map(Entry::name));
        let finding = finding(
            name.span(),
            format!("the items of `{}` have no `{}`", field.name, name.as_str()),
        )
        .label("no such field");
        report.push(match close {
            Some(close) => finding
                .help(format!("did you mean `{close}`?"))
                .write_instead(form.source, name.span(), close),
            None => finding.help(format!("name a field of `{of}`")),
        });
    }
}

fn names() -> String {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    names.join(", ")
}
