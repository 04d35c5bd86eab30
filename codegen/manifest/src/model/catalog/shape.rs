//! Parts of the format that are read for their form alone: which fields a
//! section has, and what they hold.
//!
//! The tables say what is known. Platforms add to most sections, so there only
//! what looks like a slip of something known is reported.

mod dashboards;
mod documents;
mod files;
mod pipelines;
mod screens;
mod sections;
mod sources;

pub(crate) use self::dashboards::CLASSIC_DASHBOARD;
pub(crate) use self::documents::DOCUMENT;
pub(crate) use self::files::{ALERT, ALERT_TEMPLATE, ANALYZER_INPUT};
pub(crate) use self::pipelines::{PIPELINE, PIPELINE_SOURCE};
pub(super) use self::screens::SCREENS;
pub(super) use self::sections::TOP_LEVEL;
pub(crate) use self::sources::{GCP_OPTIONS, JDBC};

use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::section::{self, TRUTH, wrong_type};
use crate::model::{Text, anchor};
use crate::source::{SourceFile, Span};
use crate::suggest;
use crate::yaml::{Node, NodeKind, is_template};

/// What a value may be.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Anything; others look at it, or nobody knows more.
    Any,
    /// A text or number.
    Text,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// One of these; newer platforms may know more.
    Choice(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// Values under names that the author gives.
    Map(&'static Shape),
    /// Fields with values.
    Fields(&'static Fields),
}

/// A section.
pub(crate) struct Fields {
    /// As it stands in a message: "a chart".
    pub(crate) name: &'static str,
    /// Its fields.
    pub(crate) known: &'static [(&'static str, Shape)],
    /// Those that it cannot do without.
    pub(crate) required: &'static [&'static str],
}

/// Checks a value. Everything found here is a warning: the form of these parts
/// is known from what authors write, not from the platform's own schemas.
pub(crate) fn check(
    source: &SourceFile,
    node: Node<'_>,
    what: &str,
    shape: Shape,
    report: &mut Report,
) {
    value(source, node, anchor(node), what, shape, report);
}

fn value(
    source: &SourceFile,
    node: Node<'_>,
    announced: Span,
    what: &str,
    shape: Shape,
    report: &mut Report,
) {
    let unknown = node.as_str().is_some_and(is_template);
    if node.kind() == NodeKind::Null || unknown {
        return;
    }
    let mut refuse =
        |expected: &str| report.push(wrong_type(node, what, expected).severity(Severity::Warning));
    match shape {
        Shape::Text if node.kind() != NodeKind::Scalar => refuse("a text"),
        Shape::Flag if node.as_bool().is_none() => refuse(TRUTH),
        Shape::Number if number(node).is_none() => refuse("a number"),
        Shape::Any | Shape::Text | Shape::Flag | Shape::Number => {}
        Shape::Choice(known) => match Text::of(node) {
            Some(text) => report.extend(choice(source, text, what, known)),
            None => refuse("a text"),
        },
        Shape::List(_) if node.kind() != NodeKind::Sequence => refuse("a list"),
        Shape::List(item) => {
            let what = format!("an entry of {what}");
            for node in node.items() {
                value(source, node, anchor(node), &what, *item, report);
            }
        }
        Shape::Fields(_) | Shape::Map(_) if node.kind() != NodeKind::Mapping => {
            refuse("fields with values");
        }
        Shape::Map(item) => {
            let what = format!("an entry of {what}");
            for entry in node.entries() {
                value(source, entry.value, entry.key.span(), &what, *item, report);
            }
        }
        Shape::Fields(fields) => section(source, node, announced, fields, report),
    }
}

fn section(
    source: &SourceFile,
    node: Node<'_>,
    announced: Span,
    fields: &Fields,
    report: &mut Report,
) {
    for entry in node.entries() {
        let name = entry.name();
        if let Some(&(_, shape)) = fields.known.iter().find(|(known, _)| *known == name) {
            let what = format!("`{name}`");
            value(source, entry.value, entry.key.span(), &what, shape, report);
            continue;
        }
        let known = fields.known.iter().map(|(known, _)| *known);
        let slip = suggest::closest(name, known).filter(|close| node.get(close).is_none());
        if let Some(close) = slip {
            report.push(section::unknown(
                source,
                entry.key,
                fields.name,
                Some(close),
            ));
        }
    }
    for required in fields.required {
        if node.get(required).is_none() {
            report.push(
                Diagnostic::new(
                    &codes::MISSING_FIELD,
                    announced,
                    format!("{} has no `{required}`", fields.name),
                )
                .severity(Severity::Warning)
                .label(format!("`{required}` is missing"))
                .help(format!("add `{required}:` with its value")),
            );
        }
    }
}

/// The number that a scalar is, quoted or not: the platform takes both.
fn number(node: Node<'_>) -> Option<f64> {
    node.as_str()?.trim().parse().ok()
}

/// The finding for a text that is likely a slip of one of `known`.
fn choice(
    source: &SourceFile,
    text: Text<'_>,
    what: &str,
    known: &[&'static str],
) -> Option<Diagnostic> {
    if known.contains(&text.as_str()) {
        return None;
    }
    let close = suggest::closest(&text, known.iter().copied())?;
    Some(section::unknown_value(source, text, what, known, Some(close)).severity(Severity::Warning))
}
