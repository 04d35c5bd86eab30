//! `extyped.toml`: what holds for all manifests below a folder.

use std::env;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Level, Levels};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::source::{SourceFile, Span, offset};
use crate::suggest;

/// The name of the file.
pub const FILE_NAME: &str = "extyped.toml";

/// The tables of the file.
const TABLES: [&str; 1] = ["lints"];

/// What `extyped.toml` says, in the folder of a manifest or the nearest one
/// above it.
#[derive(Debug, Default)]
pub struct Settings {
    /// The levels of its table `[lints]`.
    pub levels: Levels,
    /// The file, if there is one.
    pub file: Option<SettingsFile>,
}

/// An `extyped.toml`.
#[derive(Debug)]
pub struct SettingsFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its text, named relative to the current folder where it lies below.
    pub source: SourceFile,
    /// What is wrong with it.
    pub report: Report,
}

impl Settings {
    /// Reads the file that counts for a manifest. Where there is none, nothing
    /// is said and nothing is wrong.
    pub fn near(manifest: &Path) -> Settings {
        let Some(path) = find(manifest) else {
            return Settings::default();
        };
        let name = shown(&path);
        let (source, levels, report) = match SourceFile::read(&path) {
            Ok(source) => {
                let source = source.named(name);
                let mut report = Report::default();
                let levels = read(&source, &mut report);
                (source, levels, report)
            }
            Err(unreadable) => {
                let report = Report::from_iter([unreadable.diagnostic]);
                (unreadable.source.named(name), Levels::default(), report)
            }
        };
        Settings {
            levels,
            file: Some(SettingsFile {
                path,
                source,
                report,
            }),
        }
    }
}

fn find(manifest: &Path) -> Option<PathBuf> {
    // Of `../extension.yaml` the folders above can only be told once it is
    // resolved. A manifest that is not there has no settings to look for.
    let manifest = fs::canonicalize(manifest).ok()?;
    let mut folders = manifest.ancestors().skip(1);
    folders.find_map(|folder| Some(folder.join(FILE_NAME)).filter(|path| path.is_file()))
}

fn shown(path: &Path) -> String {
    let folder = env::current_dir().and_then(fs::canonicalize);
    let below = folder
        .ok()
        .and_then(|folder| path.strip_prefix(folder).ok());
    below.unwrap_or(path).display().to_string()
}

/// Reads the text of the file; what is wrong with it goes to `report`.
pub(super) fn read(source: &SourceFile, report: &mut Report) -> Levels {
    let mut levels = Levels::default();
    let (table, errors) = DeTable::parse_recoverable(source.text());
    report.extend(errors.iter().map(|error| {
        setting(
            error.span().unwrap_or_default(),
            format!("this is no TOML: {}", error.message()),
        )
        .help("write `[lints]`, and below it lines such as `EXT032 = \"allow\"`")
    }));
    for (name, value) in table.get_ref() {
        match name.get_ref().as_ref() {
            "lints" => lints(value, &mut levels, report),
            _ => report.push(unknown_table(name)),
        }
    }
    report.sort();
    levels
}

fn lints(value: &Spanned<DeValue<'_>>, levels: &mut Levels, report: &mut Report) {
    let Some(table) = value.get_ref().as_table() else {
        report.push(
            setting(value.span(), "`lints` is no table")
                .help("write `[lints]`, and below it lines such as `EXT032 = \"allow\"`"),
        );
        return;
    };
    for (selector, value) in table {
        let level = value.get_ref().as_str().and_then(Level::named);
        let Some(level) = level else {
            report.push(
                setting(
                    value.span(),
                    format!("`{}` has no level", selector.get_ref()),
                )
                .label("not a level")
                .help("write \"allow\", \"warn\" or \"deny\""),
            );
            continue;
        };
        if let Err(refused) = levels.set(selector.get_ref(), level) {
            report.push(setting(selector.span(), refused.message).help(refused.help));
        }
    }
}

fn unknown_table(name: &Spanned<std::borrow::Cow<'_, str>>) -> Diagnostic {
    let finding = setting(
        name.span(),
        format!("{FILE_NAME} has no `{}`", name.get_ref()),
    );
    match suggest::closest(name.get_ref(), TABLES) {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None => finding.help("it has one table, `[lints]`"),
    }
}

fn setting(range: Range<usize>, message: impl Into<String>) -> Diagnostic {
    let span = Span::new(offset(range.start), offset(range.end));
    Diagnostic::new(&codes::LINT_SETTING, span, message)
}
