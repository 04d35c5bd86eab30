//! `EXT130`: an extension with code that nobody can give options to.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::source::Span;
use crate::yaml::NodeKind;

pub(in super::super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let root = subject.manifest.root;
    let Some(python) = root.entries().find(|entry| entry.name() == "python") else {
        return;
    };
    let sides = python
        .value
        .entries()
        .find(|entry| entry.name() == "activation");
    let Some(activation) = sides else {
        if python.value.kind() == NodeKind::Mapping {
            let place = python.key.span();
            report.push(absent(place, "`python` has no `activation`"));
        }
        return;
    };
    if activation.value.entries().len() == 0 && activation.value.kind() != NodeKind::Scalar {
        let place = activation.key.span();
        report.push(absent(place, "`python.activation` names no side"));
    }
    for side in activation.value.entries() {
        let is_bare = matches!(side.value.kind(), NodeKind::Null | NodeKind::Mapping)
            && side.value.get("path").is_none();
        if is_bare && matches!(side.name(), "remote" | "local") {
            let message = format!("`python.activation.{}` names no schema", side.name());
            report.push(absent(side.key.span(), &message));
        }
    }
}

fn absent(place: Span, message: &str) -> Diagnostic {
    Diagnostic::new(&codes::NO_ACTIVATION, place, message)
        .label("no form to fill in")
        .help(
            "name a schema, `path: activationSchema.json` below `remote` or `local`; without one \
             nobody is asked for options, and the code gets what comes as raw JSON",
        )
}
