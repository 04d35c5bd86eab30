//! `extyped check`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use extyped_codegen::{Findings, Options};
use extyped_manifest::beside::{Companion, Folder};
use extyped_manifest::codes;
use extyped_manifest::diagnostic::{Fix, Report};
use extyped_manifest::levels::Settings;
use extyped_manifest::source::SourceFile;

use crate::args::{CheckArgs, Format};
use crate::failure::Failure;
use crate::mend::beside::Companions;
use crate::mend::{Change, mend, preview};
use crate::{Outcome, files, format, human};

/// A manifest and what was found in it.
struct Subject {
    source: SourceFile,
    report: Report,
    /// What was mended, or would be: the manifest, then the files it names.
    changes: Vec<Change>,
    /// Why some of it was not.
    obstacles: BTreeSet<String>,
    outcome: Outcome,
}

/// Checks all manifests and prints what is found.
pub(crate) fn once(args: &CheckArgs) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Sound;
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut subjects = Vec::new();
    for path in &args.paths {
        let manifests = files::manifests(path).unwrap_or_else(|failure| {
            crate::report(&failure);
            outcome = Outcome::Failed;
            Vec::new()
        });
        for manifest in manifests {
            if seen.contains(&manifest) {
                continue;
            }
            seen.push(manifest.clone());
            let settings = Settings::near(&manifest);
            let options = args.options(&settings.levels);
            subjects.extend(faulty(settings, &mut seen));
            match examine(&manifest, args, &options) {
                Ok(examined) => subjects.extend(examined),
                // One file that cannot be written is no reason to skip the
                // others.
                Err(failure) => {
                    crate::report(&failure);
                    outcome = Outcome::Failed;
                }
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
    Some(Subject::new(file.source, file.report))
}

/// Checks one manifest and, if asked to, mends it. The files beside it in which
/// anything is wrong are subjects of their own.
fn examine(path: &Path, args: &CheckArgs, options: &Options) -> Result<Vec<Subject>, Failure> {
    let source = match SourceFile::read(path) {
        Ok(source) => source,
        Err(unreadable) => return Ok(vec![Subject::unreadable(*unreadable)]),
    };
    let check = |source: &SourceFile| extyped_codegen::check(source, options, &Folder::of(path));
    if !args.fix {
        let findings = check(&source);
        return Ok(Subject::all(path, source, findings, args.format));
    }
    let before = source.clone();
    let mut companions = Companions::read(path, &source);
    let obstacles = RefCell::new(BTreeSet::new());
    let is_possible = |fix: &Fix| match companions.obstacle(fix) {
        Some(obstacle) => {
            obstacles.borrow_mut().insert(obstacle);
            false
        }
        None => true,
    };
    let mended = mend(source, is_possible, |source| check(source).report);
    for rename in &mended.renames {
        companions.rename(rename);
    }
    companions.mend(path, |files| {
        extyped_codegen::check(&mended.source, options, files).companions
    });
    let mut changes = Vec::new();
    if !mended.titles.is_empty() {
        changes.push(Change {
            path: path.to_owned(),
            before: before.clone(),
            after: mended.source.text().to_owned(),
            done: mended.titles,
        });
    }
    changes.extend(companions.into_changes());
    let source = if args.dry_run {
        before
    } else {
        write(&changes)?;
        mended.source
    };
    // What was mended beside the manifest is read anew.
    let findings = check(&source);
    let mut subjects = Subject::all(path, source, findings, args.format);
    if let Some(manifest) = subjects.first_mut() {
        manifest.changes = changes;
        manifest.obstacles = obstacles.into_inner();
    }
    Ok(subjects)
}

/// Writes all files or none: what was written is undone when another cannot be.
fn write(changes: &[Change]) -> Result<(), Failure> {
    for (at, change) in changes.iter().enumerate() {
        if let Err(cause) = files::replace(&change.path, &change.after) {
            for done in changes.iter().take(at) {
                // Best effort: the first error is the one worth telling.
                let _ = files::replace(&done.path, done.before.text());
            }
            let path = change.path.display();
            return Err(Failure::new(format!("{path} cannot be written"))
                .cause(cause)
                .help("nothing was changed"));
        }
    }
    Ok(())
}

impl Subject {
    fn new(source: SourceFile, report: Report) -> Self {
        Subject {
            outcome: if report.has_errors() {
                Outcome::Unsound
            } else {
                Outcome::Sound
            },
            source,
            report,
            changes: Vec::new(),
            obstacles: BTreeSet::new(),
        }
    }

    /// A file that the manifest at `manifest` names. Its path is told as that
    /// of the manifest is, not from the manifest's folder.
    fn beside(manifest: &Path, companion: Companion) -> Self {
        let Companion { source, report } = companion.beside(&manifest.display().to_string());
        Subject::new(source, report)
    }

    /// The manifest, then the files beside it in which anything is wrong.
    fn all(path: &Path, source: SourceFile, findings: Findings, format: Format) -> Vec<Self> {
        let Findings { report, companions } = findings;
        let report = match format {
            Format::Human => report,
            Format::Json | Format::Sarif | Format::Github => whole(path, &source, &report),
        };
        let companions = companions
            .into_iter()
            .filter(|companion| !companion.report.diagnostics().is_empty())
            .map(|companion| Subject::beside(path, companion));
        std::iter::once(Subject::new(source, report))
            .chain(companions)
            .collect()
    }

    fn unreadable(unreadable: extyped_manifest::file::Unreadable) -> Self {
        let mut report = Report::default();
        // A file that is there but is no manifest has a fault like any other.
        let is_missing = unreadable.diagnostic.code == &codes::UNREADABLE_FILE
            && unreadable.diagnostic.span.is_none();
        report.push(unreadable.diagnostic);
        let mut subject = Subject::new(unreadable.source, report);
        if is_missing {
            subject.outcome = Outcome::Failed;
        }
        subject
    }
}

/// The findings for programs: they apply a fix as it is written down, which
/// must not be half a rename.
fn whole(path: &Path, source: &SourceFile, findings: &Report) -> Report {
    let files = Companions::read(path, source);
    let mut report = Report::default();
    for finding in findings.diagnostics() {
        let mut finding = finding.clone();
        finding.fix = finding.fix.filter(|fix| !files.is_half(fix));
        report.push(finding);
    }
    report
}

fn print_human(out: &mut impl Write, subjects: &[Subject], args: &CheckArgs) -> io::Result<()> {
    let mut all = Report::default();
    for subject in subjects {
        let (source, report) = (&subject.source, &subject.report);
        human::findings(out, source, report.diagnostics())?;
        print_changes(out, subject, args.dry_run)?;
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

fn print_changes(out: &mut impl Write, subject: &Subject, dry_run: bool) -> io::Result<()> {
    for change in &subject.changes {
        human::mended(out, change.before.name(), &change.done, dry_run)?;
        if dry_run {
            preview::diff(out, change)?;
        }
    }
    human::obstacles(out, &subject.obstacles)
}

/// Only the document goes to standard output; what was mended is told beside
/// it.
fn print_for_programs(subjects: &[Subject], args: &CheckArgs, outcome: Outcome) -> io::Result<()> {
    for subject in subjects {
        print_changes(&mut anstream::stderr(), subject, args.dry_run)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_all_or_none() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let change = |name: &str| Change {
            path: folder.path().join(name),
            before: SourceFile::new(name, "old"),
            after: "new".to_owned(),
            done: Vec::new(),
        };
        let changes = [change("a"), change("b")];
        std::fs::write(&changes[0].path, "old").expect("a file");
        std::fs::create_dir(&changes[1].path).expect("a folder where a file should be");
        let failure = write(&changes).expect_err("a folder is no file");
        assert!(failure.to_string().contains("nothing was changed"));
        let text = |change: &Change| std::fs::read_to_string(&change.path).expect("a file");
        assert_eq!(text(&changes[0]), "old");
        std::fs::remove_dir(&changes[1].path).expect("the folder");
        write(&changes).expect("both are written");
        assert_eq!(text(&changes[0]) + &text(&changes[1]), "newnew");
    }
}
