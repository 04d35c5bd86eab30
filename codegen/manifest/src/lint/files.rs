//! `EXT090` and `EXT091`: the files that a manifest names are there.

use super::{Scope, Subject};
use crate::beside::{Files, Lookup};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::NamedFile;
use crate::source::SourceFile;

/// Looks for those of the files that the manifest names that are wanted. What
/// is wrong with a reference is a finding of the manifest.
pub(crate) fn find<'m, 't>(
    subject: &Subject<'_, 'm, 't>,
    files: &dyn Files,
    scope: Scope,
    report: &mut Report,
) -> Vec<(&'m NamedFile<'t>, SourceFile)> {
    let mut missing = Vec::new();
    let mut found: Vec<(&NamedFile<'_>, SourceFile)> = Vec::new();
    for file in subject
        .manifest
        .files
        .iter()
        .filter(|file| scope.has(file.role))
    {
        if file.path.is_template() {
            continue;
        }
        if let Some(problem) = outside(file) {
            report.push(problem);
            continue;
        }
        match files.read(&file.path) {
            Lookup::Found(source) => found.push((file, source)),
            Lookup::Missing => missing.push(file),
            Lookup::Unreadable(reason) => report.push(unreadable(file, &reason)),
            Lookup::Skipped => {}
        }
    }
    // Whoever looks at a manifest alone left the other files behind; code is not
    // made without the files that it is made of.
    if missing.is_empty() || (scope != Scope::Code && files.is_bare()) {
        return found;
    }
    for file in missing {
        // Where others of its folder are, it is missing; where none is, perhaps
        // only the manifest is here.
        let here = folder(&file.path);
        let alone = !found.iter().any(|(other, _)| folder(&other.path) == here);
        // Without a schema there are no types, and code that uses them is wrong.
        let alone = alone && scope != Scope::Code;
        report.push(absent(file, alone));
    }
    found
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
