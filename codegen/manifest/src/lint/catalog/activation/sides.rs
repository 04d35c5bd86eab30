//! `EXT137`: forms that nobody gets to see. Sides without a form are told where
//! types are made of them.

use super::Subject;
use super::form::Form;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::suggest;
use crate::yaml::Node;

/// What the manifest calls a side, and what the schema calls its form.
const SIDES: [(&str, &str); 2] = [("remote", "pythonRemote"), ("local", "pythonLocal")];

pub(super) fn check(form: &Form<'_, '_>, subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let Some(properties) = form.root.get("properties") else {
        return;
    };
    let python = subject.manifest.root.get("python");
    let activation = python.and_then(|python| python.get("activation"));
    let is_named_for = |side: &str| {
        let path = activation.and_then(|activation| activation.get(side)?.get("path"));
        path.and_then(Node::as_str).map(own) == Some(own(form.source.name()))
    };
    for (side, name) in SIDES {
        let entry = properties.entries().find(|entry| entry.name() == name);
        // Many schemas are made from a template that has both.
        if let Some(entry) = entry
            && !is_named_for(side)
        {
            report.push(
                Diagnostic::new(
                    &codes::ACTIVATION_SIDE,
                    entry.key.span(),
                    format!("the manifest does not name this schema for `{side}`"),
                )
                .severity(Severity::Hint)
                .label("a form that nobody gets to see")
                .help(format!(
                    "add `{side}` to `python.activation`, or remove `{name}`"
                )),
            );
        }
    }
    let missing = || {
        let names = SIDES.iter().map(|(_, name)| *name);
        names.filter(|name| properties.get(name).is_none())
    };
    for entry in properties.entries() {
        let (name, place) = (entry.name(), entry.key.span());
        if SIDES.iter().any(|(_, form)| *form == name) {
            continue;
        }
        let finding = Diagnostic::new(
            &codes::ACTIVATION_SIDE,
            place,
            format!("`{name}` is the form of no side"),
        )
        .label("the extension does not get it");
        report.push(match suggest::closest(name, missing()) {
            Some(close) => finding
                .help(format!("did you mean `{close}`?"))
                .write_instead(form.source, place, close),
            None => finding.help(
                "fields belong to a type in `types`, which `pythonRemote` or `pythonLocal` \
                 refers to",
            ),
        });
    }
}

/// A path as it is, and not as it may be written.
fn own(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}
