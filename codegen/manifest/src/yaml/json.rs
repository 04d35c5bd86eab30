//! Reads JSON into the same tree. The files that a manifest names are JSON, and
//! the platform takes nothing that only YAML allows: no comments, no commas at
//! the end, no text without quotes. Libraries that read JSON keep no places.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::events::{Event, Properties};
use super::tree::Style;
use crate::source::{Span, offset};

/// Why a text is no JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotJson {
    /// Where it stops being JSON.
    pub(super) at: usize,
    /// What is wrong there.
    pub(super) problem: &'static str,
}

type Outcome<T> = Result<T, Stop>;

/// Why reading ends before the text does.
enum Stop {
    NotJson(NotJson),
    /// The visitor has had enough.
    Enough,
}

/// Calls `visit` for each event with its place, until it breaks off.
pub(super) fn read<'s>(
    text: &'s str,
    visit: impl FnMut(Event<'s>, Span) -> ControlFlow<()>,
) -> Result<(), NotJson> {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { text, at, visit };
    match reader.document() {
        Err(Stop::NotJson(error)) => Err(error),
        Ok(()) | Err(Stop::Enough) => Ok(()),
    }
}

struct Reader<'s, V> {
    text: &'s str,
    at: usize,
    visit: V,
}

impl<'s, V: FnMut(Event<'s>, Span) -> ControlFlow<()>> Reader<'s, V> {
    /// The whole text, without recursion: how deep it may go is for the
    /// visitor to say.
    fn document(&mut self) -> Outcome<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.spaces();
            match self.peek() {
                Some(b'{') => {
                    self.token(Event::Mapping(properties(Style::Flow)))?;
                    open.push(b'{');
                    self.spaces();
                    if self.peek() != Some(b'}') {
                        self.key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.token(Event::Sequence(properties(Style::Flow)))?;
                    open.push(b'[');
                    self.spaces();
                    if self.peek() != Some(b']') {
                        continue;
                    }
                }
                Some(b'"') => self.string()?,
                Some(_) => self.literal()?,
                None => return self.fail("ends where a value should be"),
            }
            if self.close(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Goes on after a value, to the place of the next one. Whether the text
    /// ends there.
    fn close(&mut self, open: &mut Vec<u8>) -> Outcome<bool> {
        loop {
            self.spaces();
            match (open.last(), self.peek()) {
                (None, None) => return Ok(true),
                (None, Some(_)) => return self.fail("has more text after its end"),
                (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) => {
                    self.token(Event::End)?;
                    open.pop();
                }
                (Some(b'{'), Some(b',')) => {
                    self.at += 1;
                    self.spaces();
                    self.key()?;
                    return Ok(false);
                }
                (Some(_), Some(b',')) => {
                    self.at += 1;
                    self.spaces();
                    if self.peek() == Some(b']') {
                        return self.fail("has a comma without a value after it");
                    }
                    return Ok(false);
                }
                (Some(_), None) => return self.fail("ends before its last bracket is closed"),
                (Some(_), Some(_)) => return self.fail("lacks a comma or a closing bracket"),
            }
        }
    }

    fn key(&mut self) -> Outcome<()> {
        match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'}') => return self.fail("has a comma without a field after it"),
            _ => return self.fail("has a field without a name in double quotes"),
        }
        self.spaces();
        if self.peek() != Some(b':') {
            return self.fail("has a field without a colon after its name");
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Outcome<()> {
        let start = self.at;
        let body = start + 1;
        let mut at = body;
        let mut content = Cow::Borrowed("");
        let mut copied = body;
        loop {
            match self.text.as_bytes().get(at) {
                None => {
                    self.at = start;
                    return self.fail("has a text without a closing quote");
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    let own = content.to_mut();
                    own.push_str(self.text.get(copied..at).unwrap_or_default());
                    let Some((c, len)) = escape(self.text.get(at..).unwrap_or_default()) else {
                        self.at = at;
                        return self.fail("has an escape that does not exist");
                    };
                    own.push(c);
                    at += len;
                    copied = at;
                }
                Some(0..=0x1f) => {
                    self.at = at;
                    return self.fail("has a line break or control character inside a text");
                }
                Some(_) => at += 1,
            }
        }
        let rest = self.text.get(copied..at).unwrap_or_default();
        if copied == body {
            content = Cow::Borrowed(rest);
        } else {
            content.to_mut().push_str(rest);
        }
        self.at = at + 1;
        let span = Span::new(offset(start), offset(self.at));
        self.tell(
            Event::Scalar(content, properties(Style::DoubleQuoted)),
            span,
        )
    }

    fn literal(&mut self) -> Outcome<()> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            return self.fail("has something that is no value");
        }
        let span = Span::new(offset(self.at), offset(self.at + word.len()));
        self.at += word.len();
        let word = Cow::Borrowed(word);
        self.tell(Event::Scalar(word, properties(Style::Plain)), span)
    }

    /// Tells of a token of one byte.
    fn token(&mut self, event: Event<'s>) -> Outcome<()> {
        let span = Span::new(offset(self.at), offset(self.at + 1));
        self.at += 1;
        self.tell(event, span)
    }

    fn tell(&mut self, event: Event<'s>, span: Span) -> Outcome<()> {
        match (self.visit)(event, span) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Enough),
        }
    }

    fn fail<T>(&self, problem: &'static str) -> Outcome<T> {
        Err(Stop::NotJson(NotJson {
            at: self.at,
            problem,
        }))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }
}

fn properties(style: Style) -> Properties {
    Properties {
        style,
        anchor: 0,
        tag: None,
    }
}

/// The character of an escape at the start of `text`, and its length. Half a
/// pair of surrogates is no character; readers of JSON let it pass.
fn escape(text: &str) -> Option<(char, usize)> {
    let c = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((c, 2))
}

fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = text.get(from..from + 4)?;
        let all = digits.bytes().all(|b| b.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(2)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((
            char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
            6,
        ));
    }
    let low = (text.get(6..8) == Some("\\u")).then(|| unit(8)).flatten();
    match low.filter(|low| (0xdc00..0xe000).contains(low)) {
        Some(low) => {
            let c = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            Some((char::from_u32(c)?, 12))
        }
        None => Some((char::REPLACEMENT_CHARACTER, 6)),
    }
}

fn is_number(word: &str) -> bool {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.trim_start_matches(['+', '-'])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accepted(text: &str) -> Result<(), NotJson> {
        read(text, |_, _| ControlFlow::Continue(()))
    }

    #[test]
    fn json_is_taken_and_nothing_else() {
        for text in [
            "{}",
            "[]",
            " [1, -2.5e+3, true, null] ",
            "{\"a\": {\"b\": []}}",
            "\"\\u00e9\\/\"",
            "\u{feff}{\t\"a\"\r\n:\t1}",
            "0",
            "\"\\ud83d\\ude00\"",
        ] {
            assert_eq!(accepted(text), Ok(()), "{text}");
        }
        for (text, at, problem) in [
            ("", 0, "ends where a value should be"),
            ("{\"a\": 1,}", 8, "has a comma without a field after it"),
            ("[1,]", 3, "has a comma without a value after it"),
            ("{a: 1}", 1, "has a field without a name in double quotes"),
            ("{\"a\" 1}", 5, "has a field without a colon after its name"),
            ("[1 2]", 3, "lacks a comma or a closing bracket"),
            ("[1", 2, "ends before its last bracket is closed"),
            ("[1}", 2, "lacks a comma or a closing bracket"),
            ("{} // no", 3, "has more text after its end"),
            ("'a'", 0, "has something that is no value"),
            ("01", 0, "has something that is no value"),
            ("NaN", 0, "has something that is no value"),
            ("\"a", 0, "has a text without a closing quote"),
            (
                "\"a\nb\"",
                2,
                "has a line break or control character inside a text",
            ),
            ("\"\\x\"", 1, "has an escape that does not exist"),
        ] {
            assert_eq!(accepted(text), Err(NotJson { at, problem }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\",:a-e0-9u\\\\ .é]*") {
            let _ = accepted(&text);
        }
    }
}
