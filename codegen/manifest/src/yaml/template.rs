//! Placeholders that a build replaces before the manifest is uploaded, such as
//! `<%=version%>` and `{{ version }}`.
//!
//! What stands in the place of one is unknown, so a value that holds one is
//! checked for nothing. Some are no YAML at all; for these the reader covers
//! them with a text of the same length, so that all places stay what they are.

use std::ops::Range;

/// Stands for a placeholder in a covered text. No author types it.
const COVER: char = '\u{e000}';

/// What placeholders look like: where they begin, and where they end.
const FORMS: [(&str, &str); 4] = [("<%", "%>"), ("{{", "}}"), ("{%", "%}"), ("${", "}")];

/// Whether a value holds a placeholder, covered or not. `$(…)` is none: screens
/// use it for what the platform fills in.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains(COVER) || next(text, 0, word(text, '<', '>')).is_some()
}

/// The first placeholder from `from` on; `angled` is one in angle brackets.
fn next(text: &str, from: usize, angled: Option<Range<usize>>) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let bracketed = FORMS.iter().filter_map(|(open, close)| {
        let start = rest.find(open)?;
        let inside = rest.get(start + open.len()..)?;
        let end = inside.find(close)?;
        let one_line = !inside[..end].contains(['\n', '\r']) && end > 0;
        one_line.then(|| start..start + open.len() + end + close.len())
    });
    let words = word(rest, '%', '%')
        .into_iter()
        .chain(word(rest, '@', '@'))
        .chain(angled);
    let found = bracketed.chain(words).min_by_key(|range| range.start)?;
    Some(from + found.start..from + found.end)
}

/// Any text in angle brackets: `<type, example: count>`. In a value that is no
/// YAML, it is most likely meant to be replaced.
fn angled(text: &str) -> Option<Range<usize>> {
    text.match_indices('<').find_map(|(start, _)| {
        let inside = &text[start + 1..];
        let len = inside.find(['<', '>'])?;
        let named = inside.starts_with(|c: char| c.is_ascii_alphabetic());
        (named && inside[len..].starts_with('>')).then(|| start..start + len + 2)
    })
}

/// A name between two marks: `%name%`, `@version@`, `<author>`.
fn word(text: &str, open: char, close: char) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(open).find_map(|(start, _)| {
        let inside = &text[start + 1..];
        let len = inside.find(|c| !is_part(c))?;
        let named = len > 1 && inside.starts_with(|c: char| c.is_ascii_alphabetic());
        (named && inside[len..].starts_with(close)).then(|| start..start + len + 2)
    })
}

/// Longest line in which placeholders are sought, so that the time for a line
/// is bounded.
const MAX_LINE: usize = 4_096;

/// The text with its placeholders covered, if it has any. A line that holds
/// nothing but an instruction such as `{% if x %}` becomes a comment.
pub(super) fn cover(text: &str) -> Option<String> {
    let mut covered = String::with_capacity(text.len());
    let mut any = false;
    for line in text.split_inclusive('\n') {
        if line.len() > MAX_LINE {
            covered.push_str(line);
        } else {
            any |= cover_line(line, &mut covered);
        }
    }
    any.then_some(covered)
}

fn cover_line(line: &str, covered: &mut String) -> bool {
    let mut at = 0;
    while let Some(found) = next(line, at, angled(&line[at..])) {
        covered.push_str(&line[at..found.start]);
        let others = [&line[..found.start], &line[found.end..]];
        let alone = others.iter().all(|other| other.trim().is_empty());
        let mut left = found.len();
        if alone {
            covered.push('#');
            left -= 1;
        } else if left >= COVER.len_utf8() {
            covered.push(COVER);
            left -= COVER.len_utf8();
        }
        covered.extend(std::iter::repeat_n('x', left));
        at = found.end;
    }
    covered.push_str(&line[at..]);
    at > 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_told_from_text() {
        for text in [
            "<%=version%>",
            "com.<%= name %>.x",
            "{{ version }}",
            "${VERSION}",
            "%name%",
            "@project.version@",
            "<author>",
        ] {
            assert!(is_template(text), "{text}");
        }
        for text in [
            "1.0.0",
            "50 % of 100 %",
            "a < b > c",
            "{dim}",
            "$(entityConditions)",
            "me@example.com",
            "$prefix(a)",
            "a%b",
            "{}",
            "<1>",
        ] {
            assert!(!is_template(text), "{text}");
        }
    }

    #[test]
    fn a_cover_is_as_long_as_what_it_covers() {
        let text = "name: %a-b%%c%\n{% if x %}\nversion: {{ v }}\n";
        let covered = cover(text).expect("it has placeholders");
        assert_eq!(covered.len(), text.len());
        assert!(covered.contains("\n#xxx"), "{covered}");
        assert_eq!(cover("version: 1.0.0"), None);
    }

    proptest! {
        #[test]
        fn covering_keeps_every_place(text in "[<>%{}@a-c\\n $\\[\\]é]*") {
            if let Some(covered) = cover(&text) {
                prop_assert_eq!(covered.len(), text.len());
                let breaks = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
                prop_assert_eq!(breaks(&covered), breaks(&text));
            }
        }
    }
}
