//! `extyped check`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use extyped_codegen::{Findings, Options};
use extyped_manifest::beside::{Companion, Folder};
use extyped_manifest::codes;
use extyped_manifest::diagnostic::Report;
use extyped_manifest::levels::Settings;
use extyped_manifest::source::SourceFile;

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
    let mut outcome = Outcome::Sound;
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut subjects = Vec::new();
    for path in &args.paths {
        let examined = files::manifest(path).and_then(|manifest| {
            if seen.contains(&manifest) {
                return Ok(());
            }
            seen.push(manifest.clone());
            let settings = Settings::near(&manifest);
            let options = args.options(&settings.levels);
            subjects.extend(faulty(settings, &mut seen));
            subjects.extend(examine(&manifest, args, &options)?);
            Ok(())
        });
        match examined {
            Ok(()) => {}
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

/// The settings as a subject of their own, if there is anything wrong with them
/// and another manifest has not brought them along.
fn faulty(settings: Settings, seen: &mut Vec<PathBuf>) -> Option<Subject> {
    let file = settings.file?;
    if file.report.diagnostics().is_empty() || seen.contains(&file.path) {
        return None;
    }
    seen.push(file.path);
    Some(Subject::new(file.source, file.report, Vec::new()))
}

/// Checks one manifest and, if asked to, mends it. The files beside it in which
/// anything is wrong are subjects of their own.
fn examine(path: &Path, args: &CheckArgs, options: &Options) -> Result<Vec<Subject>, Failure> {
    let source = match SourceFile::read(path) {
        Ok(source) => source,
        Err(unreadable) => return Ok(vec![Subject::unreadable(*unreadable)]),
    };
    let check = |source: &SourceFile| extyped_codegen::check(source, options, &Folder::of(path));
    let (source, mended) = if args.fix {
        let mended = mend(source.clone(), |source| check(source).report);
        if args.dry_run {
            (source, mended.titles)
        } else {
            if !mended.titles.is_empty() {
                files::replace(path, mended.source.text()).map_err(|cause| {
                    Failure::new(format!("{} cannot be written", path.display())).cause(cause)
                })?;
            }
            (mended.source, mended.titles)
        }
    } else {
        (source, Vec::new())
    };
    let Findings { report, companions } = check(&source);
    let mut subjects = vec![Subject::new(source, report, mended)];
    subjects.extend(
        companions
            .into_iter()
            .filter(|companion| !companion.report.diagnostics().is_empty())
            .map(|companion| Subject::beside(path, companion)),
    );
    Ok(subjects)
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

    /// A file that the manifest at `manifest` names. Its path is told as that
    /// of the manifest is, not from the manifest's folder.
    fn beside(manifest: &Path, companion: Companion) -> Self {
        let path = manifest.with_file_name(companion.source.name());
        let source = companion.source.named(path.display().to_string());
        Subject::new(source, companion.report, Vec::new())
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
