//! `extyped check`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use extyped_codegen::Options;
use extyped_manifest::codes;
use extyped_manifest::diagnostic::{Report, Severity};
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml;

use crate::args::{CheckArgs, Format};
use crate::failure::Failure;
use crate::mend::mend;
use crate::{Outcome, files, format, human};

/// A manifest and what was found in it.
struct Subject {
    source: SourceFile,
    report: Report,
    /// What was mended, or would be.
    mended: Vec<String>,
    outcome: Outcome,
}

pub(crate) fn run(args: &CheckArgs) -> Result<Outcome, Failure> {
    let options = args.meaning.options();
    let mut outcome = Outcome::Sound;
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut subjects = Vec::new();
    for path in &args.paths {
        let examined = files::manifest(path).and_then(|manifest| {
            if seen.contains(&manifest) {
                return Ok(None);
            }
            seen.push(manifest.clone());
            examine(&manifest, args, &options).map(Some)
        });
        match examined {
            Ok(subject) => subjects.extend(subject),
            // One file that cannot be read is no reason to skip the others.
            Err(failure) => {
                crate::report(&failure);
                outcome = Outcome::Failed;
            }
        }
    }
    let outcome = subjects
        .iter()
        .map(|subject| subject.outcome)
        .fold(outcome, Outcome::max);
    match args.format {
        Format::Human => print_human(&mut anstream::stdout().lock(), &subjects, args)?,
        Format::Json | Format::Sarif | Format::Github => {
            print_for_programs(&subjects, args, outcome)?;
        }
    }
    Ok(outcome)
}

/// Checks one manifest and, if asked to, mends it.
fn examine(path: &Path, args: &CheckArgs, options: &Options) -> Result<Subject, Failure> {
    let source = match SourceFile::read(path) {
        Ok(source) => source,
        Err(unreadable) => return Ok(Subject::unreadable(*unreadable)),
    };
    let check = |source: &SourceFile| findings(source, options);
    if !args.fix {
        let report = check(&source);
        return Ok(Subject::new(source, report, Vec::new()));
    }
    if args.dry_run {
        let report = check(&source);
        let titles = mend(source.clone(), check).titles;
        return Ok(Subject::new(source, report, titles));
    }
    let mended = mend(source, check);
    if !mended.titles.is_empty() {
        files::replace(path, mended.source.text()).map_err(|cause| {
            Failure::new(format!("{} cannot be written", path.display())).cause(cause)
        })?;
    }
    Ok(Subject::new(mended.source, mended.report, mended.titles))
}

/// What the manifest alone gives rise to, and what generated code would: a
/// manifest found sound is one that the macro takes.
fn findings(source: &SourceFile, options: &Options) -> Report {
    let report = extyped_codegen::generate(source, options).report;
    let mut findings = report.diagnostics().iter();
    let collides = findings.any(|finding| finding.code == &codes::NAME_COLLISION);
    if !collides || has_code(source) {
        return report;
    }
    // A data source that Dynatrace brings along needs no names in Rust. Whoever
    // generates code for one all the same gets the error from the generator.
    let mut softened = Report::default();
    for diagnostic in report.diagnostics() {
        let mut diagnostic = diagnostic.clone();
        if diagnostic.code == &codes::NAME_COLLISION {
            diagnostic.severity = Severity::Hint;
        }
        softened.push(diagnostic);
    }
    softened
}

/// Whether the manifest belongs to an extension with code of its own. `python`
/// is the data source of all of those, whatever they are written in.
fn has_code(source: &SourceFile) -> bool {
    let tree = yaml::parse(source, &mut Report::default());
    tree.is_none_or(|tree| tree.root().get("python").is_some())
}

impl Subject {
    fn new(source: SourceFile, report: Report, mended: Vec<String>) -> Self {
        Subject {
            outcome: if report.has_errors() {
                Outcome::Unsound
            } else {
                Outcome::Sound
            },
            source,
            report,
            mended,
        }
    }

    fn unreadable(unreadable: extyped_manifest::file::Unreadable) -> Self {
        let mut report = Report::default();
        // A file that is there but is no manifest has a fault like any other.
        let is_missing = unreadable.diagnostic.code == &codes::UNREADABLE_FILE
            && unreadable.diagnostic.span.is_none();
        report.push(unreadable.diagnostic);
        let mut subject = Subject::new(unreadable.source, report, Vec::new());
        if is_missing {
            subject.outcome = Outcome::Failed;
        }
        subject
    }
}

fn print_human(out: &mut impl Write, subjects: &[Subject], args: &CheckArgs) -> io::Result<()> {
    let mut all = Report::default();
    for subject in subjects {
        let (source, report) = (&subject.source, &subject.report);
        human::findings(out, source, report.diagnostics())?;
        human::mended(out, source.name(), &subject.mended, args.dry_run)?;
        human::summary(out, source.name(), report)?;
        for diagnostic in report.diagnostics() {
            all.push(diagnostic.clone());
        }
    }
    if subjects.len() > 1 {
        human::summary(out, &format!("{} files", subjects.len()), &all)?;
    }
    Ok(())
}

/// Only the document goes to standard output; what was mended is told beside
/// it.
fn print_for_programs(subjects: &[Subject], args: &CheckArgs, outcome: Outcome) -> io::Result<()> {
    for subject in subjects {
        let name = subject.source.name();
        human::mended(&mut anstream::stderr(), name, &subject.mended, args.dry_run)?;
    }
    let findings = subjects.iter().flat_map(|subject| {
        let diagnostics = subject.report.diagnostics().iter();
        diagnostics.map(|diagnostic| (&subject.source, diagnostic))
    });
    let text = match args.format {
        Format::Human | Format::Json => format::json::document(findings),
        Format::Sarif => {
            format::sarif::log(&findings.collect::<Vec<_>>(), outcome < Outcome::Failed)
        }
        Format::Github => format::github::commands(findings),
    };
    io::stdout().write_all(text.as_bytes())
}
