//! Texts that keep the rules of a field.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

use crate::constraint::Rule;
use crate::schema::{Kind, Property};

/// No form asks for longer texts than this, and nobody wants to see one.
const MAX_LENGTH: u64 = 10_000;

/// Texts that forms ask for: patterns are mostly about one of these.
const USUAL: [&str; 14] = [
    "example.com",
    "https://example.com",
    "http://example.com",
    "https://example.com/",
    "192.0.2.1",
    "192.0.2.1:443",
    "example.com:443",
    "user@example.com",
    "1",
    "10",
    "/example",
    "example.*",
    "2026-01-31",
    "12:00",
];

/// Texts to try for a field, the best first.
pub(super) fn candidates(property: &Property, path: &str, nth: u64) -> Vec<Value> {
    let (mut least, mut most) = (0, MAX_LENGTH);
    let mut patterns = Vec::new();
    for constraint in &property.constraints {
        match &constraint.rule {
            Rule::Length { min, max } => {
                least = least.max(min.unwrap_or(0));
                most = most.min(max.unwrap_or(MAX_LENGTH));
            }
            Rule::Pattern(pattern) => patterns.push(pattern.as_str()),
            _ => {}
        }
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    let mut texts = Vec::new();
    match property.kind {
        Kind::Url => texts.push(numbered("https://example.com", nth, "/")),
        Kind::Secret => texts.push(numbered("change-me", nth, "-")),
        _ => {
            let word: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            texts.push(numbered(guess(name, &word), nth, ""));
        }
    }
    texts.extend(USUAL.iter().map(|text| numbered(text, nth, "")));
    texts.extend(USUAL.iter().map(|&text| text.to_owned()));
    for pattern in patterns {
        texts.extend(matching(pattern));
    }
    let fitted = texts.into_iter().flat_map(|text| {
        let length = text.encode_utf16().count() as u64;
        let longer = (length < least).then(|| longer(&text, least - length));
        let shorter = (length > most).then(|| shorter(&text, most, nth));
        [Some(text), longer, shorter].into_iter().flatten()
    });
    fitted.map(Value::String).collect()
}

/// What a field of this name is likely to hold.
fn guess<'n>(name: &str, word: &'n str) -> &'n str {
    let name = name.to_ascii_lowercase();
    if name.contains("url") || name.contains("uri") {
        "https://example.com"
    } else if name.contains("host") || name.contains("address") || name.contains("server") {
        "example.com"
    } else if word.is_empty() {
        "example"
    } else {
        word
    }
}

fn numbered(text: &str, nth: u64, between: &str) -> String {
    if nth == 0 {
        text.to_owned()
    } else {
        format!("{text}{between}{nth}")
    }
}

fn longer(text: &str, by: u64) -> String {
    let by = usize::try_from(by.min(MAX_LENGTH)).unwrap_or(0);
    format!("{text}{}", "x".repeat(by))
}

/// The last characters tell items apart.
fn shorter(text: &str, most: u64, nth: u64) -> String {
    let most = usize::try_from(most).unwrap_or(0);
    if nth == 0 {
        return text.chars().take(most).collect();
    }
    let number = nth.to_string();
    let kept: String = text
        .chars()
        .take(most.saturating_sub(number.len()))
        .collect();
    format!("{kept}{number}").chars().take(most).collect()
}

/// The shortest text that a pattern matches, and one with one more of
/// everything that may repeat. Patterns that look around have none.
fn matching(pattern: &str) -> Vec<String> {
    let Ok(hir) = regex_syntax::parse(pattern) else {
        return Vec::new();
    };
    (0..=1)
        .filter_map(|more| {
            let mut text = String::new();
            write(&hir, more, &mut text).then_some(text)
        })
        .collect()
}

/// Writes a text that matches; `false` if there is none, or only one too long.
fn write(hir: &Hir, more: u32, text: &mut String) -> bool {
    if text.len() as u64 > MAX_LENGTH {
        return false;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(literal) => {
                text.push_str(literal);
                true
            }
            Err(_) => false,
        },
        HirKind::Class(class) => match one_of(class) {
            Some(c) => {
                text.push(c);
                true
            }
            None => false,
        },
        HirKind::Repetition(repetition) => {
            let least = repetition.min.max(1.min(more));
            let times = repetition.max.map_or(least, |max| least.min(max));
            (0..times).all(|_| write(&repetition.sub, more, text))
        }
        HirKind::Capture(capture) => write(&capture.sub, more, text),
        HirKind::Concat(parts) => parts.iter().all(|part| write(part, more, text)),
        HirKind::Alternation(parts) => {
            let length = text.len();
            parts.iter().any(|part| {
                text.truncate(length);
                write(part, more, text)
            })
        }
    }
}

/// A character of a class that can be typed, if there is one.
fn one_of(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|it| (it.start(), it.end())).collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|it| (char::from(it.start()), char::from(it.end())))
            .collect(),
    };
    let within = |c: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&c));
    let typed = ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .chain('!'..='~');
    typed
        .chain([' '])
        .find(within)
        .or_else(|| ranges.first().map(|(start, _)| *start))
}
