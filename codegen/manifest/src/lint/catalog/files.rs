//! `EXT090`, `EXT091` and `EXT093`: the files that a manifest names.

use super::{Subject, activation, entity_types, references, secrets};
use crate::beside::{Companion, Files, Lookup};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::anchor;
use crate::model::catalog::shape::{self, ALERT, CLASSIC_DASHBOARD};
use crate::model::catalog::{FileRole, NamedFile, References};
use crate::source::SourceFile;
use crate::yaml::{self, Node, NodeKind};

/// Looks at every file that the manifest names. What is wrong with a reference
/// is a finding of the manifest, what is wrong inside a file one of that file.
pub(crate) fn check(
    subject: &Subject<'_, '_, '_>,
    files: &dyn Files,
    report: &mut Report,
) -> Vec<Companion> {
    let mut companions = Vec::new();
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for file in &subject.manifest.catalog.files {
        if file.path.is_template() {
            continue;
        }
        if let Some(problem) = outside(file) {
            report.push(problem);
            continue;
        }
        match files.read(&file.path) {
            Lookup::Found(source) => {
                found.push(folder(&file.path));
                companions.push(read(subject, file, source));
            }
            Lookup::Missing => missing.push(file),
            Lookup::Unreadable(reason) => report.push(unreadable(file, &reason)),
            Lookup::Skipped => {}
        }
    }
    if files.is_bare() {
        return companions;
    }
    for file in missing {
        // Where others of its folder are, it is missing; where none is, perhaps
        // only the manifest is here.
        let alone = !found.contains(&folder(&file.path));
        report.push(absent(file, alone));
    }
    companions
}

fn folder(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.rsplit_once('/')
        .map_or("", |(folder, _)| folder)
        .to_owned()
}

/// The finding for a path that leads out of the package.
fn outside(file: &NamedFile<'_>) -> Option<Diagnostic> {
    let path = file.path.as_str();
    let problem = if path.contains('\\') {
        "has a backslash"
    } else if path.starts_with('/') || path.contains(':') {
        "is not relative to the manifest"
    } else if path.split('/').any(|part| part == "..") {
        "leads out of the manifest's folder"
    } else {
        return None;
    };
    Some(
        Diagnostic::new(
            &codes::MISSING_FILE,
            file.path.span(),
            format!("the path `{path}` {problem}"),
        )
        .label("not in the package")
        .help("put the file below the manifest's folder, and write its path with `/`"),
    )
}

fn absent(file: &NamedFile<'_>, alone: bool) -> Diagnostic {
    Diagnostic::new(
        &codes::MISSING_FILE,
        file.path.span(),
        format!("{} `{}` is not there", file.role.name(), file.path.as_str()),
    )
    .severity(if alone {
        Severity::Warning
    } else {
        Severity::Error
    })
    .label("no such file beside the manifest")
    .help("correct the path, which is relative to the manifest, or add the file; mind capital letters")
}

fn unreadable(file: &NamedFile<'_>, reason: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::BROKEN_FILE,
        file.path.span(),
        format!("`{}` cannot be read: {reason}", file.path.as_str()),
    )
    .label("named here")
}

fn read(subject: &Subject<'_, '_, '_>, file: &NamedFile<'_>, source: SourceFile) -> Companion {
    let mut report = Report::default();
    if let Some(tree) = yaml::parse_json(&source, &mut report) {
        check_content(subject, file, &source, tree.root(), &mut report);
    }
    report.sort();
    Companion { source, report }
}

fn check_content(
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
