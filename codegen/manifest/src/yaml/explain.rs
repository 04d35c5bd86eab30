//! Says in the author's words what a syntax error is and what to do.
//!
//! The parser knows where it gave up. Why is often to be read from the line:
//! most mistakes in manifests are text that needs quotes, and lines that do not
//! align.

mod typing;

use super::events::{SyntaxError, Trouble};
use super::too_deep;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::{Span, offset};

/// The line around an error.
struct Line<'a> {
    /// Its text from the start to the place.
    before: &'a str,
    /// Its text from the place on.
    after: &'a str,
}

impl Line<'_> {
    /// Whether nothing but space stands before the place.
    fn is_start(&self) -> bool {
        self.before.trim_start().is_empty()
    }
}

/// The finding for a syntax error. `bracket` is the one that was open there.
pub(super) fn explain(text: &str, error: &SyntaxError, bracket: Option<Span>) -> Diagnostic {
    let at = text.floor_char_boundary(error.at as usize);
    let (before, after) = text.split_at(at);
    let line = Line {
        before: &before[before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..],
        after: &after[..after.find(['\n', '\r']).unwrap_or(after.len())],
    };
    let here = character(at, &line);
    let is_vague = matches!(
        error.trouble,
        Trouble::Indentation | Trouble::KeyExpected | Trouble::ColonInText | Trouble::Other(_)
    );
    if is_vague && let Some(mistake) = typing::mistake(text, at) {
        return mistake;
    }
    match &error.trouble {
        Trouble::TooDeep => too_deep(here),
        Trouble::Tab => tab(at, &line, after),
        Trouble::UnclosedQuote => syntax(here, "a quoted text is never closed")
            .label("it starts here")
            .help("add the closing quote; a quote inside the text is written `\\\"` in double quotes and `''` in single ones"),
        Trouble::AfterQuote => after_quote(here, &line),
        Trouble::Escape => escape(at, here, after),
        Trouble::UnclosedBracket => syntax(here, "a bracket is never closed")
            .label("opened here")
            .help("add the closing `]` or `}`; text that begins with a bracket needs quotes"),
        Trouble::WrongBracket(open, close) => {
            syntax(here, format!("`{open}` is closed by `{close}`"))
                .label("opened here")
                .help("close it with the bracket that matches, or put quotes around the text")
        }
        Trouble::StrayBracket => syntax(here, "this bracket closes nothing that is open")
            .label("unexpected bracket")
            .help("remove it, or put quotes around the text if it belongs to one"),
        Trouble::InBrackets => in_brackets(here, bracket),
        Trouble::Character(character) => bad_character(here, *character),
        Trouble::ColonInText => colon(here, &line),
        Trouble::DashAfterKey => syntax(here, "a list cannot start on the line of its key")
            .label("unexpected `-`")
            .help("put the `-` on a line of its own below the key, or put quotes around the text"),
        Trouble::Indentation if line.is_start() => {
            syntax(here, "the indentation of this line fits nothing above it")
                .label("not aligned with any line above")
                .help("indent it exactly as much as the lines it belongs with")
        }
        Trouble::Indentation => after_value(here),
        Trouble::KeyExpected => syntax(here, "a key without a colon")
            .label("this is neither a key nor part of the value above")
            .help("write `key: value`, with a space after the colon"),
        Trouble::CommentInText => syntax(here, "the comment ends the text, and more text follows")
            .label("the comment")
            .help("move it to a line of its own above the key, or put quotes around the text"),
        Trouble::AnchorName => syntax(here, "`*` and `&` have a meaning of their own in YAML")
            .label("a name is missing here")
            .help("put quotes around the text that begins with it"),
        Trouble::Other(message) => {
            syntax(here, format!("not valid YAML: {message}")).label("reading stopped here")
        }
    }
}

fn syntax(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::YAML_SYNTAX, span, message)
}

/// The character at the place, or nothing at the end of a line.
fn character(at: usize, line: &Line<'_>) -> Span {
    let width = line.after.chars().next().map_or(0, char::len_utf8);
    Span::new(offset(at), offset(at + width))
}

fn tab(at: usize, line: &Line<'_>, after: &str) -> Diagnostic {
    // The parser may give up before or after the tab that it means, even on
    // the line above it.
    let start = at - line.before.len();
    let before = line.before.find('\t').map(|tab| start + tab);
    let tab = before.or_else(|| after.find('\t').map(|tab| at + tab));
    let place = offset(tab.unwrap_or(at));
    let span = Span::new(place, place + u32::from(tab.is_some()));
    syntax(span, "YAML cannot be indented with tabs")
        .label("a tab")
        .help("replace the tab with spaces")
}

fn after_quote(here: Span, line: &Line<'_>) -> Diagnostic {
    let found =
        syntax(here, "text follows the closing quote").label("does not belong to the value");
    if line.before.trim_end().ends_with('\'') {
        found.help("inside single quotes an apostrophe is written twice: `'it''s'`; or use double quotes around the whole value")
    } else {
        found.help("inside double quotes a quote is written `\\\"`; or use single quotes around the whole value")
    }
}

fn escape(at: usize, here: Span, after: &str) -> Diagnostic {
    let found = match bad_escape(after) {
        Some((from, len)) => {
            let span = Span::new(offset(at + from), offset(at + from + len));
            let escape = &after[from..from + len];
            syntax(span, format!("`{escape}` is no escape that YAML knows")).label("unknown escape")
        }
        None => syntax(here, "a backslash escape is incomplete").label("in this text"),
    };
    found.help(
        "write `\\\\` for a backslash, or use single quotes, in which a backslash is just that",
    )
}

/// Where the first unknown escape stands in a double-quoted text.
fn bad_escape(quoted: &str) -> Option<(usize, usize)> {
    let mut chars = quoted.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let (_, escaped) = chars.next()?;
                if !"0abt\tnvfre \"/\\N_LPxuU\n\r".contains(escaped) {
                    return Some((at, 1 + escaped.len_utf8()));
                }
            }
            '"' => return None,
            _ => {}
        }
    }
    None
}

fn bad_character(here: Span, character: char) -> Diagnostic {
    if character.is_control() || character == '\u{feff}' {
        let code = u32::from(character);
        return syntax(
            here,
            format!("the file contains the invisible character U+{code:04X}"),
        )
        .label("here")
        .help("delete it; typing the line again helps if nothing is to be seen");
    }
    let character = match character {
        '`' => "`` ` ``".to_owned(),
        other => format!("`{other}`"),
    };
    syntax(here, format!("plain text cannot begin with {character}"))
        .label("starts the value")
        .help("put quotes around the value")
}

fn in_brackets(here: Span, bracket: Option<Span>) -> Diagnostic {
    let found = syntax(here, "a comma or a closing bracket is missing before this")
        .label("unexpected here")
        .help("separate the entries with `,`; text that begins with `{` or `[` needs quotes");
    match bracket {
        Some(bracket) => found.related(bracket, "this bracket is still open"),
        None => found,
    }
}

fn colon(here: Span, line: &Line<'_>) -> Diagnostic {
    let key = line.before.trim_start().trim_start_matches("- ");
    if key.contains(": ") {
        return syntax(here, "`: ` cannot stand in plain text")
            .label("a second colon on this line")
            .help("put quotes around the value");
    }
    let start = here.start - offset(key.len());
    syntax(
        Span::new(start, here.start),
        format!(
            "the key `{}` stands inside the value above it",
            key.trim_end()
        ),
    )
    .label("indented like more text of the line above")
    .help("align it with the keys beside it, or remove the text after the colon above")
}

fn after_value(here: Span) -> Diagnostic {
    syntax(here, "text follows a value that is complete")
        .label("does not belong to the value")
        .help("put quotes around the whole value")
}
