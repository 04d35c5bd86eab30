//! Keys that stand where the form does not look for them. Public schemas have
//! them, and nobody told their authors that the bounds hold for nothing.

use extyped_activation::Kind;

use super::finding;
use super::rules::{Constraint, RULES};
use crate::diagnostic::{Diagnostic, Edit, Report, Severity};
use crate::fix;
use crate::model::Text;
use crate::suggest;
use crate::yaml::{Entry, Node};

use super::super::form::{Field, Form};
use super::super::mend;

/// Keys of other rules that mean a bound, and what `LENGTH` and `RANGE` call
/// it.
const BOUNDS: [(&[&str], &str, &str); 2] = [
    (&["min", "minimum", "minLength"], "minLength", "minimum"),
    (&["max", "maximum", "maxLength"], "maxLength", "maximum"),
];

/// Keys that say what a value has to be and stand beside `constraints`, as in
/// schemas of JSON.
pub(super) fn beside(field: &Field<'_, '_>, report: &mut Report) {
    const KEYS: [(&str, &str); 7] = [
        ("minLength", "LENGTH"),
        ("maxLength", "LENGTH"),
        ("minimum", "RANGE"),
        ("maximum", "RANGE"),
        ("min", "RANGE"),
        ("max", "RANGE"),
        ("pattern", "PATTERN"),
    ];
    for (key, rule) in KEYS {
        if let Some(entry) = field.node.entries().find(|entry| entry.name() == key) {
            report.push(
                finding(
                    entry.key.span(),
                    format!("`{key}` of {} is in no constraint", field.title()),
                )
                .label("asks for nothing")
                .help(format!(
                    "write it into `constraints`, in an object with `\"type\": \"{rule}\"`"
                )),
            );
        }
    }
}

/// The finding for keys of a constraint that belong to others.
pub(super) fn check(
    form: &Form<'_, '_>,
    field: &Field<'_, '_>,
    rule: &Constraint,
    node: Node<'_>,
    kind: Text<'_>,
) -> Option<Diagnostic> {
    if rule.name == "REGEX" && node.get("pattern").is_some() {
        // `REGEX` asks for a text that is a regular expression itself.
        return Some(
            finding(kind.span(), "`REGEX` does not look at `pattern`")
                .label("asks for any regular expression")
                .help("write `PATTERN`")
                .write_instead(form.source, kind.span(), "PATTERN"),
        );
    }
    if matches!(rule.name, "LENGTH" | "RANGE") {
        return bounds(form, field, rule, node, kind);
    }
    slip(form, rule, node)
}

/// Bounds that have the name that they would have in another rule.
fn bounds(
    form: &Form<'_, '_>,
    field: &Field<'_, '_>,
    rule: &Constraint,
    node: Node<'_>,
    kind: Text<'_>,
) -> Option<Diagnostic> {
    let is_text = matches!(field.kind(), Some(Kind::Text | Kind::Url | Kind::Secret));
    let lengths = |node: Node<'_>| {
        node.entries()
            .any(|entry| matches!(entry.name(), "minLength" | "maxLength"))
    };
    if rule.name == "RANGE" && is_text && lengths(node) {
        return Some(
            finding(
                kind.span(),
                format!(
                    "`RANGE` is a rule for numbers, and {} is a text",
                    field.title()
                ),
            )
            .severity(Severity::Hint)
            .label("the bounds are those of a length")
            .help("write `LENGTH`")
            .write_instead(form.source, kind.span(), "LENGTH"),
        );
    }
    let mut wrong: Vec<Entry<'_>> = Vec::new();
    let mut right: Vec<&str> = Vec::new();
    let mut edits: Vec<Edit> = Vec::new();
    let mut is_free = true;
    for (names, length, range) in BOUNDS {
        let own = if rule.name == "LENGTH" { length } else { range };
        let others = node
            .entries()
            .filter(|entry| names.contains(&entry.name()) && entry.name() != own);
        for (at, entry) in others.enumerate() {
            is_free &= at == 0 && node.get(own).is_none();
            wrong.push(entry);
            right.push(own);
            edits.push(fix::replace_scalar(form.source, entry.key.span(), own));
        }
    }
    let Some(first) = wrong.first() else {
        return slip(form, rule, node);
    };
    let names: Vec<&str> = wrong.iter().map(|entry| entry.name()).collect();
    let finding = finding(
        first.key.span(),
        format!("`{}` has no {}", rule.name, listed(&names)),
    )
    .severity(Severity::Hint)
    .label("the form looks for other keys");
    right.dedup();
    let right = listed(&right);
    Some(if is_free {
        mend(
            finding.help(format!("write {right}")),
            format!("write {right}"),
            edits,
        )
    } else {
        finding.help(format!("{right} is what counts; remove the others"))
    })
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}

/// A key that is likely meant to be one of the rule.
fn slip(form: &Form<'_, '_>, rule: &Constraint, node: Node<'_>) -> Option<Diagnostic> {
    let known = || {
        ["type", "customMessage"]
            .into_iter()
            .chain(rule.keys.iter().copied())
    };
    let is_known = |name: &str| known().any(|known| known == name);
    let is_of_others = |name: &str| RULES.iter().any(|other| other.keys.contains(&name));
    node.entries().find_map(|entry| {
        let name = entry.name();
        if is_known(name) {
            return None;
        }
        if is_of_others(name) {
            return Some(
                finding(
                    entry.key.span(),
                    format!("`{name}` does not belong to `{}`", rule.name),
                )
                .severity(Severity::Hint)
                .label("nobody reads it")
                .help("write another constraint for it, or remove it"),
            );
        }
        let meant = match name {
            "message" | "errorMessage" => Some("customMessage"),
            "regex" | "regexp" if rule.name == "PATTERN" => Some("pattern"),
            _ => suggest::closest(name, known()),
        };
        let meant = meant.filter(|meant| node.get(meant).is_none())?;
        Some(
            finding(entry.key.span(), format!("`{}` has no `{name}`", rule.name))
                .label("nobody reads it")
                .help(format!("did you mean `{meant}`?"))
                .write_instead(form.source, entry.key.span(), meant),
        )
    })
}
