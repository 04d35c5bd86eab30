//! `extyped.toml`: what holds for all manifests below a folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

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
///
/// The file is TOML, of which it needs tables and texts on one line. A library
/// that reads all of TOML would cost everyone who uses the macro a second of
/// each clean build; what is not understood here is said to be so.
pub(super) fn read(source: &SourceFile, report: &mut Report) -> Levels {
    let mut reader = Reader {
        report,
        levels: Levels::default(),
        table: Table::None,
        seen: Vec::new(),
    };
    for number in 1..=source.line_count() {
        let span = source.line(number);
        let text = source.slice(span);
        let mut line = Line {
            text,
            at: text.len() - text.trim_start_matches('\u{feff}').len(),
            start: span.start,
        };
        line.spaces();
        if !line.is_over() {
            reader.line(&mut line);
        }
    }
    let levels = reader.levels;
    report.sort();
    levels
}

struct Reader<'r> {
    report: &'r mut Report,
    levels: Levels,
    table: Table,
    /// The tables, then the keys, that came before.
    seen: Vec<String>,
}

/// Where the next line belongs.
#[derive(PartialEq, Eq)]
enum Table {
    /// Before the first header.
    None,
    Lints,
    /// One that is not known, and has been reported.
    Unknown,
}

/// A line, and how far it has been read.
struct Line<'s> {
    text: &'s str,
    at: usize,
    /// Where the line starts in the file.
    start: u32,
}

impl Reader<'_> {
    fn line(&mut self, line: &mut Line<'_>) {
        if line.takes('[') {
            self.header(line);
        } else {
            self.entry(line);
        }
    }

    fn header(&mut self, line: &mut Line<'_>) {
        line.spaces();
        let name = line.key();
        line.spaces();
        let Some((name, span)) = name.filter(|_| line.takes(']') && line.ends()) else {
            self.table = Table::Unknown;
            return self.not_understood(line);
        };
        self.table = Table::Unknown;
        if name != "lints" {
            self.report.push(unknown_table(name, span));
        } else if self.is_new(format!("[{name}]"), name, span) {
            self.table = Table::Lints;
        }
    }

    fn entry(&mut self, line: &mut Line<'_>) {
        if self.table == Table::Unknown {
            return;
        }
        let key = line.key();
        line.spaces();
        let Some((selector, place)) = key.filter(|_| line.takes('=')) else {
            return self.not_understood(line);
        };
        line.spaces();
        let value_start = line.at;
        let level = line.quoted().filter(|_| line.ends());
        let value = line.span_from(value_start);
        if self.table == Table::None {
            self.report.push(
                setting(place, format!("`{selector}` stands in no table"))
                    .help("write `[lints]` on a line of its own above it"),
            );
            return;
        }
        // A check has a code and a name, and two levels if it stands by both.
        let identity = codes::find(selector).map_or(selector, |code| code.id);
        if !self.is_new(identity.to_owned(), selector, place) {
            return;
        }
        let Some(level) = level.and_then(Level::named) else {
            self.report.push(
                setting(value, format!("`{selector}` has no level"))
                    .label("not a level")
                    .help("write \"allow\", \"warn\" or \"deny\""),
            );
            return;
        };
        if let Err(refused) = self.levels.set(selector, level) {
            self.report
                .push(setting(place, refused.message).help(refused.help));
        }
    }

    fn is_new(&mut self, identity: String, name: &str, span: Span) -> bool {
        let is_new = !self.seen.contains(&identity);
        if is_new {
            self.seen.push(identity);
        } else {
            self.report
                .push(setting(span, format!("`{name}` comes twice")).help("remove one of the two"));
        }
        is_new
    }

    fn not_understood(&mut self, line: &Line<'_>) {
        let text = line.text.trim();
        let indent = line.text.len() - line.text.trim_start().len();
        let start = line.start + offset(indent);
        self.report.push(
            setting(
                Span::new(start, start + offset(text.len())),
                "this line is not understood",
            )
            .help("write `[lints]`, and below it lines such as `EXT032 = \"allow\"`"),
        );
    }
}

impl<'s> Line<'s> {
    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn takes(&mut self, c: char) -> bool {
        let takes = self.rest().starts_with(c);
        if takes {
            self.at += c.len_utf8();
        }
        takes
    }

    /// Whether nothing but a comment is left.
    fn is_over(&self) -> bool {
        let rest = self.rest();
        rest.is_empty() || rest.starts_with('#')
    }

    fn ends(&mut self) -> bool {
        self.spaces();
        self.is_over()
    }

    fn span_from(&self, from: usize) -> Span {
        let end = self
            .text
            .get(..self.at)
            .unwrap_or_default()
            .trim_end()
            .len();
        let end = if end > from {
            end
        } else {
            self.text.trim_end().len().max(from)
        };
        Span::new(self.start + offset(from), self.start + offset(end))
    }

    /// A key, bare or in quotes, and where it stands.
    fn key(&mut self) -> Option<(&'s str, Span)> {
        let from = self.at;
        let key = self.quoted().or_else(|| {
            let rest = self.rest();
            let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let end = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
            self.at += end;
            rest.get(..end).filter(|key| !key.is_empty())
        })?;
        Some((
            key,
            Span::new(self.start + offset(from), self.start + offset(self.at)),
        ))
    }

    /// A text in quotes. Codes and levels need no escapes, so there are none.
    fn quoted(&mut self) -> Option<&'s str> {
        let quote = self
            .rest()
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))?;
        let inner = self.rest().get(1..)?;
        let (text, _) = inner.split_once(quote)?;
        let is_plain = !text.contains(|c: char| c.is_control() || c == '\\');
        is_plain.then(|| {
            self.at += text.len() + 2;
            text
        })
    }
}

fn unknown_table(name: &str, span: Span) -> Diagnostic {
    let finding = setting(span, format!("{FILE_NAME} has no `{name}`"));
    match suggest::closest(name, TABLES) {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None => finding.help("it has one table, `[lints]`"),
    }
}

fn setting(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::LINT_SETTING, span, message)
}
