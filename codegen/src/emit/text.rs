//! An author's words as Markdown that shows exactly them.
//!
//! Whatever a description holds, rustdoc must neither warn about it nor read
//! it as a link, markup or a test.

/// Markdown lines that render as `text`: line breaks are kept, indentation is
/// not.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        let line = line.trim();
        // A backslash at the end of a line is a line break.
        if !line.is_empty()
            && let Some(before) = lines.last_mut()
            && !before.is_empty()
        {
            before.push('\\');
        }
        if !line.is_empty() || lines.last().is_some_and(|before| !before.is_empty()) {
            lines.push(escape(line));
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// `text` as a code span.
pub(super) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let text: String = text.chars().map(visible).collect();
    if text.trim().is_empty() {
        // No code span can hold nothing.
        return "(blank)".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// One line without any meaning to Markdown.
fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some(url) = url(rest) {
            escaped.push('<');
            escaped.push_str(url);
            escaped.push('>');
            rest = rest.get(url.len()..).unwrap_or_default();
            continue;
        }
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if is_markup(c, &escaped, after) {
            escaped.push('\\');
        }
        escaped.push(visible(c));
        rest = after;
    }
    escaped
}

/// Whether Markdown, or rustdoc's smart punctuation, would take `c` for more
/// than itself between these two texts.
fn is_markup(c: char, before: &str, after: &str) -> bool {
    match c {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '&' => true,
        '#' | '+' | '=' => before.is_empty(),
        '-' => before.is_empty() || before.ends_with('-') || after.starts_with('-'),
        '.' if before.ends_with('.') || after.starts_with('.') => true,
        // The number of a list item.
        '.' | ')' => !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit()),
        // A URL that is none, such as `https://`, in rustdoc's eyes.
        ':' => after.starts_with("//"),
        _ => false,
    }
}

/// The URL at the start of `text`, as far as an autolink can hold it.
fn url(text: &str) -> Option<&str> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let end = host
        .find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`\\".contains(c))
        .unwrap_or(host.len());
    let host = host.get(..end)?;
    // The full stop that ends the sentence does not belong to the address.
    let host = host.trim_end_matches(|c: char| c.is_ascii_punctuation() && c != '/');
    if !host.starts_with(|c: char| c.is_alphanumeric()) || host.chars().any(is_invisible) {
        return None;
    }
    text.get(..text.len() - text.split_once("//")?.1.len() + host.len())
}

/// Stands in for characters that a doc comment must not or had better not hold.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if is_invisible(c) => '\u{fffd}',
        c => c,
    }
}

/// Control characters, and those that turn the direction of text around, which
/// rustc refuses in comments.
fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_as_they_are() {
        let text = "CPU usage (in %), see table 3. It's \"fine\": 50 - 60 = ok!";
        assert_eq!(lines(text), [text]);
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(lines("a*b_c `d` [e](f) <g> &amp; h|i ~j~ k\\")[0], {
            r"a\*b\_c \`d\` \[e\](f) \<g\> \&amp; h\|i \~j\~ k\\"
        });
    }

    #[test]
    fn blocks_do_not_begin() {
        for (text, expected) in [
            ("# heading", r"\# heading"),
            ("- item", r"\- item"),
            ("+ item", r"\+ item"),
            ("1. item", r"1\. item"),
            ("12) item", r"12\) item"),
            ("> quote", r"\> quote"),
            ("```rust", r"\`\`\`rust"),
            ("~~~", r"\~\~\~"),
            ("    let indented = code;", "let indented = code;"),
            ("===", r"\==="),
            ("---", r"\-\-\-"),
            ("wait...", r"wait\.\.\."),
            ("--flag", r"\-\-flag"),
        ] {
            assert_eq!(lines(text), [expected]);
        }
    }

    #[test]
    fn lines_and_paragraphs_are_kept() {
        assert_eq!(
            lines("\n\none\r\n  two\n\n\nthree\n\n"),
            ["one\\", "two", "", "three"]
        );
        assert_eq!(lines("a\\\nb"), ["a\\\\\\", "b"]);
        assert_eq!(lines(" \n "), Vec::<String>::new());
    }

    #[test]
    fn a_url_is_a_link_to_itself() {
        assert_eq!(
            lines("See https://example.com/a_b?c=d*e. (http://x.y)")[0],
            "See <https://example.com/a_b?c=d*e>. (<http://x.y>)"
        );
        assert_eq!(lines("https:// is a scheme")[0], r"https\:// is a scheme");
    }

    #[test]
    fn what_no_comment_may_hold_is_shown_as_such() {
        assert_eq!(lines("a\0b\u{202e}c\td")[0], "a\u{fffd}b\u{fffd}c d");
        assert_eq!(code("a\0b"), "`a\u{fffd}b`");
    }

    #[test]
    fn code_spans_are_longer_than_the_backticks_in_them() {
        assert_eq!(code("lb.cpu"), "`lb.cpu`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code(" \n"), "(blank)");
    }
}
