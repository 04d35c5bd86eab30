//! `EXT093`: what is in the files that a manifest names.

use super::{Subject, activation, entity_types, references, secrets};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::anchor;
use crate::model::catalog::References;
use crate::model::catalog::shape::{self, ALERT, CLASSIC_DASHBOARD};
use crate::model::{FileRole, NamedFile};
use crate::source::SourceFile;
use crate::yaml::{Node, NodeKind};

pub(crate) fn check_content(
    subject: &Subject<'_, '_, '_>,
    file: &NamedFile<'_>,
    source: &SourceFile,
    root: Node<'_>,
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
        FileRole::Alert => check_alert(source, root, report),
        FileRole::Dashboard => {
            shape::check(source, root, "the dashboard", CLASSIC_DASHBOARD, report);
        }
        FileRole::Document => check_document(root, report),
        FileRole::Pipeline => {}
    }
    secrets::check_tree(root, report);
    let mut found = References::default();
    found.collect(root);
    references::check_references(subject, source, &found, report);
    entity_types::check_references(subject, source, &found, report);
}

fn check_alert(source: &SourceFile, root: Node<'_>, report: &mut Report) {
    const METRICS: [&str; 3] = ["metricSelector", "metricId", "queryDefinition"];
    shape::check(source, root, "the alert", ALERT, report);
    if METRICS.iter().all(|field| root.get(field).is_none()) {
        report.push(incomplete(
            root,
            "the alert looks at no metric",
            "it needs a `metricSelector` or a `queryDefinition`",
        ));
    }
}

fn check_document(root: Node<'_>, report: &mut Report) {
    const CONTENT: [&str; 4] = ["tiles", "sections", "content", "containerList"];
    if CONTENT.iter().all(|field| root.get(field).is_none()) {
        report.push(incomplete(
            root,
            "the document has no content",
            "a dashboard has `tiles`, a notebook `sections`",
        ));
    }
}

fn incomplete(root: Node<'_>, message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&codes::INCOMPLETE_FILE, anchor(root), message)
        .label("shows nothing")
        .help(help)
}
