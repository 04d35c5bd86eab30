//! `EXT103`, `EXT104` and `EXT111`: variables of declarative data sources.

use super::{Subject, mend};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::Text;
use crate::suggest;
use crate::yaml::Node;

/// Variables that the platform defines.
const OWN: &str = "ext.";

/// Fields of a group that may leave their value to a variable.
const OPEN: [&str; 3] = ["gcpMonitoringFilter", "schedule", "timeout"];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let manifest = subject.manifest;
    let levels = manifest.sources.levels.iter();
    let texts = levels.flat_map(|level| {
        let values = level.values.iter().map(|value| value.text);
        let intervals = level.intervals.iter().copied();
        let intervals = intervals.filter_map(|node| Text::of(node.get("minutes").unwrap_or(node)));
        let own = OPEN.iter().filter_map(|field| level.node.get(field));
        let filters = level.filters.iter().copied();
        values
            .chain(filters)
            .chain(intervals)
            .chain(own.filter_map(Text::of))
    });
    for text in texts {
        if let Some(id) = text.strip_prefix("var:") {
            report.extend(undefined(subject, text, id));
        }
    }
    for level in &manifest.sources.levels {
        let query = level.node.get("query").and_then(Text::of);
        // A name in a query of JMX may contain anything.
        let query = query.filter(|_| level.source != "jmx");
        for id in query.into_iter().flat_map(|query| named(query.as_str())) {
            report.extend(query.and_then(|query| undefined(subject, query, id)));
        }
    }
    let definitions = manifest.root.get("vars");
    for definition in definitions.into_iter().flat_map(Node::items) {
        check_definition(definition, report);
    }
    for variable in &manifest.catalog.variables {
        let used = format!("var:{}", variable.id.as_str());
        if !mentions(subject.source.text(), &used) && !variable.id.is_template() {
            report.push(unused(subject, variable.id));
        }
    }
}

/// The variables that a query names, each once: `WHERE var:filter`.
fn named(query: &str) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for (at, prefix) in query.match_indices("var:") {
        let before = query[..at].chars().next_back();
        let rest = &query[at + prefix.len()..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let id = rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())].trim_end_matches('.');
        let starts = before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != ':');
        if starts && !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Longest value of a variable.
const LENGTH: usize = 10_000;

/// Whether the fields of a variable contradict each other.
fn check_definition(definition: Node<'_>, report: &mut Report) {
    let text = |field: &str| definition.get(field).and_then(Text::of);
    let mut refuse = |text: Text<'_>, message: String, label: &str, help: &str| {
        let finding = Diagnostic::new(&codes::VARIABLE, text.span(), message);
        report.push(finding.label(label).help(help));
    };
    let default = text("defaultValue").filter(|default| !default.is_template());
    let length = text("maxLength");
    let number = length.and_then(|length| length.trim().parse::<usize>().ok());
    if let (Some(length), Some(number)) = (length, number) {
        if number > LENGTH {
            refuse(
                length,
                format!("the variable may have {number} characters"),
                "at most 10000",
                "write a length that the platform takes",
            );
        }
        if let Some(default) = default.filter(|default| default.chars().count() > number) {
            refuse(
                default,
                format!("the default is longer than the variable may be, which is {number}"),
                "refused as soon as it is saved",
                "shorten it, or raise `maxLength`",
            );
        }
    }
    let kind = text("type").filter(|kind| **kind == *"enum");
    let Some(kind) = kind else { return };
    let available = definition.get("availableValues").into_iter();
    let available: Vec<&str> = available
        .flat_map(Node::items)
        .filter_map(|item| item.get("value")?.as_str())
        .collect();
    if available.is_empty() {
        refuse(
            kind,
            "the variable offers no values".to_owned(),
            "nothing to choose from",
            "list them under `availableValues`, each with `value` and `displayName`",
        );
    } else if let Some(default) = default.filter(|default| !available.contains(&default.as_str())) {
        refuse(
            default,
            format!(
                "the default `{}` is none of the available values",
                default.as_str()
            ),
            "cannot be chosen",
            &format!("write one of `{}`", available.join("`, `")),
        );
    }
}

/// Whether `name` stands in the text as a whole.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text[at + name.len()..].chars().next();
        !next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    })
}

fn undefined(subject: &Subject<'_, '_, '_>, text: Text<'_>, id: &str) -> Option<Diagnostic> {
    let known = || {
        let variables = subject.manifest.catalog.variables.iter();
        variables.map(|variable| variable.id.as_str())
    };
    if known().any(|known| known == id) || id.starts_with(OWN) || text.is_template() {
        return None;
    }
    let finding = Diagnostic::new(
        &codes::UNDEFINED_VARIABLE,
        text.span(),
        format!("no variable `{id}` is defined"),
    )
    .label("not defined under `vars`");
    Some(match suggest::closest(id, known()) {
        Some(close) => {
            let (wrong, better) = (format!("var:{id}"), format!("var:{close}"));
            let edits = if *text == *wrong {
                vec![fix::replace_scalar(subject.source, text.span(), &better)]
            } else {
                fix::replace_within_scalar(subject.source, text.span(), &wrong, &better)
            };
            mend(
                finding.help(format!("did you mean `{better}`?")),
                format!("write `{better}`"),
                edits,
            )
        }
        None => finding.help(format!(
            "add an entry with `id: {id}`, `displayName` and `type: text` to `vars`"
        )),
    })
}

fn unused(subject: &Subject<'_, '_, '_>, id: Text<'_>) -> Diagnostic {
    let help = if subject.manifest.python.is_some() {
        "code does not see variables: make it a property of the activation schema"
    } else {
        "use it as a `filter` or `value`, or remove it: users are asked for it in vain"
    };
    Diagnostic::new(
        &codes::UNUSED_VARIABLE,
        id.span(),
        format!("nothing uses the variable `{}`", id.as_str()),
    )
    .label("no `var:` names it")
    .help(help)
}
