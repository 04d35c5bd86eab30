//! Edits of scalars that keep their style.

use std::fmt::Write as _;

use crate::diagnostic::{Edit, Report};
use crate::source::{SourceFile, Span, offset};
use crate::yaml;

/// Gives the scalar at `node`, the span of its node, another text.
///
/// Quotes stay as they are. A text without quotes gets them if YAML would read
/// the new one as anything but this text; a number or boolean may become
/// another one without quotes. A missing value is filled in.
pub fn replace_scalar(source: &SourceFile, node: Span, text: &str) -> Edit {
    let written = source.slice(node);
    let replacement = match written.bytes().next() {
        Some(b'\'') if !text.contains(char::is_control) => single_quoted(text),
        Some(b'\'' | b'"' | b'|' | b'>') => double_quoted(text),
        Some(_) if is_literal(written) && is_literal(text) => text.to_owned(),
        Some(_) => plain_or_quoted(text),
        None => {
            let before = source.text().get(..node.start as usize).unwrap_or_default();
            let needs_space = !before.ends_with([' ', '\n', '\r']) && !before.is_empty();
            let space = if needs_space { " " } else { "" };
            format!("{space}{}", plain_or_quoted(text))
        }
    };
    Edit {
        span: node,
        replacement,
    }
}

/// Replaces a name wherever it stands in the scalar at `node`, as in a selector
/// `lb.bytes:avg` that names the metric `lb.bytes`. Names that only contain it,
/// such as `lb.bytes.in`, stay.
///
/// There is an edit for each place, none if the scalar does not name it.
pub fn replace_within_scalar(
    source: &SourceFile,
    node: Span,
    name: &str,
    new_name: &str,
) -> Vec<Edit> {
    let written = source.slice(node);
    let Some(content) = content(written) else {
        return Vec::new();
    };
    let mut wanted = content.clone();
    let mut places: Vec<usize> = names(&content, name);
    if places.is_empty() {
        return Vec::new();
    }
    while let Some(at) = places.pop() {
        wanted.replace_range(at..at + name.len(), new_name);
    }
    let edits: Vec<Edit> = names(written, name)
        .into_iter()
        .map(|at| Edit {
            span: Span::new(
                node.start + offset(at),
                node.start + offset(at + name.len()),
            ),
            replacement: new_name.to_owned(),
        })
        .collect();
    // Escapes and brackets can give the name another meaning as it is written.
    let local: Vec<Edit> = edits
        .iter()
        .map(|edit| Edit {
            span: Span::new(edit.span.start - node.start, edit.span.end - node.start),
            replacement: edit.replacement.clone(),
        })
        .collect();
    let rewritten = super::edited(written, &local.iter().collect::<Vec<_>>());
    let is_quoted = written.starts_with(['\'', '"', '|', '>']);
    let is_safe = is_quoted || !new_name.contains([',', '[', ']', '{', '}']);
    if is_safe && self::content(&rewritten).as_deref() == Some(wanted.as_str()) {
        edits
    } else {
        vec![replace_scalar(source, node, &wanted)]
    }
}

/// The text that a scalar stands for.
fn content(written: &str) -> Option<String> {
    let source = SourceFile::new("", written);
    let tree = yaml::parse(&source, &mut Report::default())?;
    tree.root().as_str().map(str::to_owned)
}

/// Where `name` stands in `text` and is not part of a longer name.
fn names(text: &str, name: &str) -> Vec<usize> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(name) {
        let (before, from) = text.split_at(at);
        let mut after = from[name.len()..].chars();
        let goes_on = match after.next() {
            // A full stop at the end of a sentence is no part of a name.
            Some('.') => after.next().is_some_and(is_in_name),
            next => next.is_some_and(is_in_name),
        };
        let starts_before = before.ends_with(|c| is_in_name(c) || matches!(c, '.' | ':'));
        if !name.is_empty() && !goes_on && !starts_before {
            names.push(at);
        }
    }
    names
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// The text as a scalar of YAML, without quotes if they are not needed.
pub(crate) fn plain_or_quoted(text: &str) -> String {
    if is_safe_plain(text) {
        text.to_owned()
    } else if text.contains(['"', '\\']) && !text.contains(char::is_control) {
        single_quoted(text)
    } else {
        double_quoted(text)
    }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // Writing to a string cannot fail.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether every reader takes the text for text when it has no quotes, in
/// brackets and outside.
fn is_safe_plain(text: &str) -> bool {
    let starts_well = |c: char| !c.is_whitespace() && !"-?:#&*!|>'\"%@`=~<.".contains(c);
    let is_risky = |c: char| {
        c.is_control()
            || matches!(
                c,
                ',' | '[' | ']' | '{' | '}' | '\u{feff}' | '\u{2028}' | '\u{2029}'
            )
    };
    text.starts_with(starts_well)
        && !text.ends_with(char::is_whitespace)
        && !text.ends_with(':')
        && !text.contains(is_risky)
        && !text.contains(": ")
        && !text.contains(" #")
        && !looks_like_literal(text)
}

/// Whether a reader of any YAML version could take the text for a number, a
/// date, a boolean or null.
pub(super) fn looks_like_literal(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "~", "yes", "no", "on", "off", "y", "n", ""];
    let is_word = |word: &&str| text.eq_ignore_ascii_case(word);
    let starts_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
    is_literal(text)
        || WORDS.iter().any(is_word)
        || (text.starts_with(starts_number) && text.chars().all(is_in_number))
}

/// Whether the text is a boolean or likely a number, which needs no quotes to
/// take the place of another.
fn is_literal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    text.eq_ignore_ascii_case("true")
        || text.eq_ignore_ascii_case("false")
        || (digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_hexdigit())
            && digits.chars().all(is_in_number))
}

fn is_in_number(c: char) -> bool {
    c.is_ascii_hexdigit() || "+-._:xXoOinfINFaAtTzZ".contains(c)
}
