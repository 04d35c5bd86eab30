//! `EXT093`: what is in the files that a manifest names.

use super::contents::{self, Pipelines};
use super::{Subject, activation, entity_types, references, secrets};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::anchor;
use crate::model::catalog::References;
use crate::model::{FileRole, NamedFile};
use crate::source::SourceFile;
use crate::yaml::{Node, NodeKind};

pub(crate) fn check_content(
    subject: &Subject<'_, '_, '_>,
    file: &NamedFile<'_>,
    source: &SourceFile,
    root: Node<'_>,
    pipelines: &Pipelines,
    report: &mut Report,
) {
    if root.kind() != NodeKind::Mapping {
        report.push(
            Diagnostic::new(
                &codes::INCOMPLETE_FILE,
                anchor(root),
                format!("{} is no object", file.role.name()),
            )
            .severity(Severity::Error)
            .label("expected `{`")
            .help("the file must hold one object: `{ … }`"),
        );
        return;
    }
    match file.role {
        FileRole::ActivationSchema => activation::check(subject, source, root, report),
        role => contents::check(role, source, root, pipelines, report),
    }
    secrets::check_tree(root, report);
    let mut found = References::default();
    found.collect(root);
    // What a pipeline names, it makes.
    if file.role == FileRole::Pipeline {
        found.metrics.clear();
    }
    references::check_references(subject, source, &found, Some(&pipelines.metrics), report);
    entity_types::check_references(subject, source, &found, report);
}
