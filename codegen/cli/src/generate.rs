//! `extyped generate`.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use extyped_codegen::Options;
use extyped_manifest::beside::{Companion, Folder};
use extyped_manifest::diagnostic::{Diagnostic, Report, Severity};
use extyped_manifest::levels::Settings;
use extyped_manifest::source::SourceFile;

use crate::args::GenerateArgs;
use crate::failure::Failure;
use crate::{Outcome, files, human};

pub(crate) fn run(args: &GenerateArgs) -> Result<Outcome, Failure> {
    let manifest = files::manifest(&args.path)?;
    let source = match SourceFile::read(&manifest) {
        Ok(source) => source,
        Err(unreadable) => {
            show(&unreadable.source, [&unreadable.diagnostic])?;
            return Ok(Outcome::Failed);
        }
    };
    let settings = Settings::near(&manifest);
    let mut options = args.options();
    options.levels = options.levels.over(&settings.levels);
    let mut has_errors = false;
    if let Some(file) = &settings.file {
        show(&file.source, file.report.diagnostics())?;
        has_errors = file.report.has_errors();
    }
    let file = extyped_codegen::generate_file(&source, &options, &Folder::of(&manifest));
    show_all(&source, &file.report)?;
    has_errors |= file.report.has_errors();
    for companion in file.companions {
        let Companion { source, report } = companion.beside(source.name());
        show_all(&source, &report)?;
        has_errors |= report.has_errors();
    }
    if has_errors {
        say(&format!(
            "no code is written while {} has errors",
            source.name()
        ))?;
        return Ok(Outcome::Unsound);
    }
    match &args.output {
        None => {
            io::stdout().write_all(file.text.as_bytes())?;
            Ok(Outcome::Sound)
        }
        Some(path) if args.check => compare(path, &file.text, source.name(), args),
        Some(path) => write(path, &file.text),
    }
}

/// Writes the file unless that would change nothing: a new time stamp would
/// make cargo build again.
fn write(path: &Path, text: &str) -> Result<Outcome, Failure> {
    let path_shown = path.display();
    match fs::read_to_string(path) {
        Ok(old) if old == text => {
            say(&format!("{path_shown} is up to date"))?;
            return Ok(Outcome::Sound);
        }
        _ => files::refuse_foreign(path)?,
    }
    files::replace(path, text).map_err(|cause| {
        let failure = Failure::new(format!("{path_shown} cannot be written")).cause(cause);
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => failure.help(
                format!("there is no folder {}; make it first", folder.display()),
            ),
            _ => failure,
        }
    })?;
    say(&format!("wrote {path_shown}"))?;
    Ok(Outcome::Sound)
}

fn compare(
    path: &Path,
    text: &str,
    manifest: &str,
    args: &GenerateArgs,
) -> Result<Outcome, Failure> {
    let path_shown = path.display();
    let fault = match fs::read_to_string(path) {
        Ok(old) => match first_difference(&old, text) {
            None => return Ok(Outcome::Sound),
            Some(line) => format!("{path_shown}:{line}: not what {manifest} asks for"),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            format!("{path_shown} does not exist")
        }
        Err(error) => {
            return Err(Failure::new(format!("{path_shown} cannot be read")).cause(error));
        }
    };
    // The command comes last, to be copied as it stands.
    let how = if args.options() == Options::default() {
        "regenerate it, with the options it was generated with, if there were any"
    } else {
        "regenerate it"
    };
    let failure = Failure::new(fault).help(format!("{how}: {}", args.command()));
    crate::report(&failure);
    Ok(Outcome::Unsound)
}

/// The first line, from 1, in which the texts differ. How a line ends is not
/// looked at: git may have changed that at check-out.
fn first_difference(old: &str, new: &str) -> Option<usize> {
    let (mut old, mut new) = (old.lines(), new.lines());
    (1..).find_map(|line| match (old.next(), new.next()) {
        (None, None) => Some(None),
        (old, new) => (old != new).then_some(Some(line)),
    })?
}

/// Shows all but hints: advice belongs to `check`; here it would hide what
/// matters.
fn show_all(source: &SourceFile, report: &Report) -> io::Result<()> {
    let findings = report.diagnostics().iter();
    show(
        source,
        findings.filter(|diagnostic| diagnostic.severity > Severity::Hint),
    )
}

fn show<'a>(
    source: &SourceFile,
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
) -> io::Result<()> {
    human::findings(&mut anstream::stderr().lock(), source, diagnostics)
}

/// Standard output may hold the code: what is said goes beside it.
fn say(message: &str) -> io::Result<()> {
    writeln!(anstream::stderr(), "{message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\r\nb\r\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("a\nb\n", "a\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
    }
}
