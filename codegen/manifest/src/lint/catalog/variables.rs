//! `EXT103` and `EXT104`: variables of declarative data sources.

use super::{Subject, mend};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::Text;
use crate::suggest;

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
    for variable in &manifest.catalog.variables {
        let used = format!("var:{}", variable.id.as_str());
        if !mentions(subject.source.text(), &used) && !variable.id.is_template() {
            report.push(unused(subject, variable.id));
        }
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
            let better = format!("var:{close}");
            let edit = fix::replace_scalar(subject.source, text.span(), &better);
            mend(
                finding.help(format!("did you mean `{better}`?")),
                format!("write `{better}`"),
                vec![edit],
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
