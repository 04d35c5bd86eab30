//! Places as texts name them.

use crate::tenant::answer::Violation;

/// A place, by one way to read a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pointer {
    /// Keys and indexes; which is which depends on what is there.
    Path(Vec<String>),
    Line {
        line: u32,
        column: Option<u32>,
    },
}

/// More steps than anything has that can be read.
const MAX_STEPS: usize = 100;

/// How names of files end that a package may have.
const ENDINGS: [&str; 7] = [
    ".yaml",
    ".yml",
    ".json",
    ".zip",
    ".sig",
    ".whl",
    ".properties",
];

/// All places of a violation, the likeliest first.
pub(super) fn all(violation: &Violation) -> Vec<Pointer> {
    let mut pointers = Vec::new();
    for text in [&violation.path, &violation.location] {
        pointers.extend(of(text));
        pointers.extend(line_in(text));
    }
    pointers.extend(
        words(&violation.message)
            .filter(|it| is_place(it))
            .filter_map(of),
    );
    pointers.extend(line_in(&violation.message));
    pointers
}

/// The file that a place begins with.
pub(super) fn file(text: &str) -> Option<String> {
    let (file, _) = split(text.trim());
    file.map(str::to_owned)
}

/// The file that a text speaks of.
pub(super) fn file_in_text(text: &str) -> Option<String> {
    words(text).find_map(file)
}

/// A place as a whole text.
fn of(text: &str) -> Option<Pointer> {
    let (file, rest) = split(text.trim());
    if file.is_some()
        && let Some(line) = numbers(rest.trim_start_matches(':'))
    {
        return Some(line);
    }
    let rest = match file {
        Some(_) => rest.trim_start_matches([':', ' ']),
        None => rest,
    };
    let steps = steps(rest)?;
    (!steps.is_empty()).then_some(Pointer::Path(steps))
}

/// The name of a file at the start, and what follows.
fn split(text: &str) -> (Option<&str>, &str) {
    let ends = ENDINGS.iter().flat_map(|ending| {
        let found = text.match_indices(ending);
        found.map(|(at, ending)| at + ending.len())
    });
    let is_end = |end: &usize| {
        let (before, after) = text.split_at(*end);
        let is_name = !before.contains(['[', ' ', '$', '#', ':']) && !before.starts_with('.');
        let ends = after.chars().next();
        is_name && ends.is_none_or(|c| "#:/. ,;[".contains(c))
    };
    // The last one: `extension.zip/extension.yaml`.
    match ends.filter(is_end).max() {
        Some(end) => {
            let (file, rest) = text.split_at(end);
            (Some(file.trim_start_matches("./")), rest)
        }
        None => (None, text),
    }
}

fn steps(text: &str) -> Option<Vec<String>> {
    let text = text.trim().trim_end_matches(':');
    let is_fragment = text.starts_with('#');
    let text = text.trim_start_matches('#');
    let is_path = text.contains(['.', '[']) && !text.starts_with('/');
    let mut steps = Vec::new();
    if !is_path && text.contains('/') {
        for part in text.trim_start_matches('/').split('/') {
            let part = part.replace("~1", "/").replace("~0", "~");
            steps.push(if is_fragment { decoded(&part) } else { part });
        }
    } else {
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        while !rest.is_empty() {
            rest = one(rest, &mut steps)?;
        }
    }
    let is_prose = steps.iter().any(|step| step.contains(char::is_whitespace));
    (!is_prose && steps.len() <= MAX_STEPS).then_some(steps)
}

/// Takes one step off: `.key`, `[3]`, `['key']`.
fn one<'t>(text: &'t str, steps: &mut Vec<String>) -> Option<&'t str> {
    if let Some(rest) = text.strip_prefix('[') {
        let (inner, rest) = rest.split_once(']')?;
        steps.push(inner.trim_matches(['\'', '"']).to_owned());
        return Some(rest);
    }
    let text = text.strip_prefix('.').unwrap_or(text);
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (step, rest) = text.split_at(end);
    if !step.is_empty() {
        steps.push(step.to_owned());
    }
    // A `.` is taken off each time, so that what is left gets shorter.
    Some(rest)
}

/// `%2F` as what it stands for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let code = rest.strip_prefix('%').and_then(|it| it.get(..2));
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            let (this, after) = rest.split_at(c.len_utf8());
            bytes.extend_from_slice(this.as_bytes());
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The words of a text that may be places, without what stands around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '\t', ',', ';', '(', ')', '`', '\'', '"'])
        .map(|word| word.trim_end_matches([':', '.']))
        .filter(|word| !word.is_empty())
}

/// Whether a word in a text can hardly be meant as anything but a place.
fn is_place(word: &str) -> bool {
    let starts = ["#/", "$.", "$[", "/"];
    let has_index = word.split('[').skip(1).any(|part| {
        let index = part.split(']').next().unwrap_or_default();
        !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_index_alone = word.starts_with('[');
    starts
        .iter()
        .any(|start| word.starts_with(start) && word.len() > start.len())
        || (has_index && !is_index_alone)
        || split(word).0.is_some()
}

/// `line 3, column 5` and `line: 3` anywhere in a text.
fn line_in(text: &str) -> Option<Pointer> {
    let lower = text.to_ascii_lowercase();
    let line = number_after(&lower, "line")?;
    let column = number_after(&lower, "column").or_else(|| number_after(&lower, "col"));
    Some(Pointer::Line { line, column })
}

fn number_after(text: &str, word: &str) -> Option<u32> {
    text.match_indices(word).find_map(|(at, _)| {
        let after = text.get(at + word.len()..)?;
        let number = after.trim_start_matches([':', ' ', '=']);
        // `outline3` is no line.
        let is_apart = number.len() < after.len();
        let end = number
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(number.len());
        number.get(..end).filter(|_| is_apart)?.parse().ok()
    })
}

/// `12` or `12:5`.
fn numbers(text: &str) -> Option<Pointer> {
    let text = text.trim_end_matches(':');
    let (line, column) = match text.split_once(':') {
        Some((line, column)) => (line, Some(column.parse().ok()?)),
        None => (text, None),
    };
    let line = line.parse().ok()?;
    Some(Pointer::Line { line, column })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prose_is_no_path() {
        for text in ["", "must not be null", "a b.c[0]", "$", "[", "a[0"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_tenant_writes_is_read(path in ".{0,60}", message in ".{0,80}") {
            let location = message.chars().rev().collect();
            let _ = all(&Violation { path: path.clone(), message: message.clone(), location });
            let _ = file(&path);
            let _ = file_in_text(&message);
        }

        #[test]
        fn whatever_looks_like_a_place_is_read(path in r"[a#/$.\[\]'0-9:%~ ]{0,40}") {
            let _ = all(&Violation { path: path.clone(), message: path, location: String::new() });
        }
    }
}
