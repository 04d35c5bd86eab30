//! Mistakes that the text gives away and the parser does not see: it gives up
//! later, over something that is right.

use super::syntax;
use crate::diagnostic::Diagnostic;
use crate::source::{Span, offset};

/// What the lines up to the place at which the parser gave up have that no
/// author can mean.
pub(super) fn mistake(text: &str, at: usize) -> Option<Diagnostic> {
    let end = text
        .get(at..)
        .and_then(|after| after.find(['\n', '\r']))
        .map_or(text.len(), |end| at + end);
    let read = text.get(..end)?;
    conflict(read).or_else(|| {
        let mut lines = lines(read)
            .rev()
            .filter(|(_, line)| !line.trim().is_empty());
        let last = lines.next()?;
        let above = lines.next();
        [Some(last), above]
            .into_iter()
            .flatten()
            .find_map(|(start, line)| odd_space(start, line).or_else(|| bare_dash(start, line)))
            .or_else(|| bare_colon(last.0, last.1))
    })
}

/// The lines, each with its start.
fn lines(text: &str) -> impl DoubleEndedIterator<Item = (usize, &str)> {
    text.split(['\n', '\r'])
        .map(move |line| (line.as_ptr().addr() - text.as_ptr().addr(), line))
}

fn conflict(read: &str) -> Option<Diagnostic> {
    let (start, line) = lines(read).find(|(_, line)| line.starts_with("<<<<<<< "))?;
    Some(
        syntax(place(start, line.len()), "a merge left a conflict here")
            .label("one side starts here")
            .help("keep one of the two sides, and remove the lines that start with `<<<<<<<`, `=======` and `>>>>>>>`"),
    )
}

/// Indentation, or what sets a value apart, that only looks like a space. In
/// the middle of a text such a character is nobody's mistake.
fn odd_space(start: usize, line: &str) -> Option<Diagnostic> {
    let (at, c) = line.char_indices().find(|&(at, c)| {
        let before = line.get(..at).unwrap_or_default();
        let sets_apart = before.trim_start().is_empty()
            || (before.ends_with([':', '-']) && !before.contains(['"', '\'', '#']));
        is_odd_space(c) && sets_apart
    })?;
    let code = u32::from(c);
    Some(
        syntax(
            place(start + at, c.len_utf8()),
            format!("the character U+{code:04X} looks like a space and is none"),
        )
        .label("not a space")
        .help("type a space in its place; it came with a text that was copied"),
    )
}

fn is_odd_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// `-key: value`, which is a key that begins with a dash.
fn bare_dash(start: usize, line: &str) -> Option<Diagnostic> {
    let item = line.trim_start();
    let key = item.strip_prefix('-')?;
    let is_key = key.starts_with(|c: char| c.is_alphabetic()) && key.contains(':');
    is_key.then(|| {
        syntax(
            place(start + line.len() - item.len(), 1),
            "a space is missing after `-`",
        )
        .label("begins an item of a list only with a space after it")
        .help("write `- ` before the first key of the item")
    })
}

/// `key:value`, which is a text.
fn bare_colon(start: usize, line: &str) -> Option<Diagnostic> {
    let entry = line.trim_start().trim_start_matches("- ");
    let key = entry.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    let value = entry.get(key..)?.strip_prefix(':')?;
    let is_bare = key > 0 && value.starts_with(|c: char| !c.is_whitespace() && c != '/');
    is_bare.then(|| {
        syntax(
            place(start + line.len() - entry.len() + key, 1),
            "a space is missing after `:`",
        )
        .label("ends a key only with a space after it")
        .help("write `key: value`; or put quotes around the whole text if it is no key")
    })
}

fn place(at: usize, len: usize) -> Span {
    Span::new(offset(at), offset(at + len))
}
