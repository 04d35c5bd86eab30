//! A change as a unified diff.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use extyped_manifest::render;
use similar::TextDiff;

use super::Change;

const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// Writes the diff that `patch -p0` takes.
pub(crate) fn diff(out: &mut impl Write, change: &Change) -> io::Result<()> {
    let name = change.before.name();
    let diff = TextDiff::from_lines(change.before.text(), &change.after);
    let text = diff.unified_diff().header(name, name).to_string();
    for line in text.split_inclusive('\n') {
        let style = match line.as_bytes().first() {
            Some(b'+') => ADDED,
            Some(b'-') => REMOVED,
            Some(b'@') => PLACE,
            _ => Style::new(),
        };
        let shown = line.trim_end_matches(['\n', '\r']);
        // A file must not steer the terminal; tabs do not.
        let steers = shown.contains(|c: char| c.is_control() && c != '\t');
        if steers {
            writeln!(out, "{style}{}{style:#}", render::harmless(shown))?;
        } else {
            writeln!(out, "{style}{shown}{style:#}")?;
        }
    }
    writeln!(out)
}
