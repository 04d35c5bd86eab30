//! What an ingest remarks on in lines it took.

use std::fmt;

use extyped_line::key;
use serde_json::Value;

use super::answer::{RenamedMetric, text};

/// A remark that is not about a new key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Warning {
    /// The metric of the line that it is about; empty if it is about none.
    pub(crate) metric: String,
    pub(crate) text: String,
}

impl Warning {
    pub(crate) fn general(text: String) -> Self {
        Warning {
            metric: String::new(),
            text,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.metric.as_str() {
            "" => f.write_str(&self.text),
            metric => write!(f, "`{metric}` {}", self.text),
        }
    }
}

/// Reads the `warnings` of an answer. They come as a text, as a list, and as an
/// object with lists in it, `changedMetricKeys` or `warningLines`, whose items
/// are texts or `{"line": 2, "warning": "…"}`. `metric` finds the key of such
/// an item's line.
pub(super) fn read<'b>(
    warnings: Option<&Value>,
    metric: impl Fn(&Value) -> Option<&'b str>,
) -> (Vec<RenamedMetric>, Vec<Warning>) {
    let mut found = Found::default();
    match warnings {
        None | Some(Value::Null) => {}
        Some(Value::Array(items)) => found.items(items, &metric),
        Some(Value::Object(fields)) => {
            let lists = fields.values().filter_map(Value::as_array);
            for items in lists.clone() {
                found.items(items, &metric);
            }
            // What the lists say in detail the message says in short.
            let listed = lists.flatten().next().is_some();
            for (name, value) in fields {
                match (name.as_str(), value) {
                    (_, Value::Array(_) | Value::Null) => {}
                    ("message", _) if listed => {}
                    ("message", value) => found.add(text(value), None),
                    (name, value) => found.add(format!("{name}: {}", text(value)), None),
                }
            }
        }
        Some(other) => found.add(text(other), None),
    }
    (found.renamed, found.warnings)
}

#[derive(Default)]
struct Found {
    renamed: Vec<RenamedMetric>,
    warnings: Vec<Warning>,
}

impl Found {
    fn items<'b>(&mut self, items: &[Value], metric: impl Fn(&Value) -> Option<&'b str>) {
        for item in items {
            let words = ["warning", "message", "error"]
                .into_iter()
                .find_map(|name| item.get(name));
            self.add(text(words.unwrap_or(item)), metric(item));
        }
    }

    /// Each once: an ingest may remark on every line.
    fn add(&mut self, text: String, metric: Option<&str>) {
        if let Some(renamed) = renamed(&text, metric) {
            if !self.renamed.contains(&renamed) {
                self.renamed.push(renamed);
            }
            return;
        }
        let warning = Warning {
            metric: metric.unwrap_or_default().to_owned(),
            text,
        };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// Reads `metric key 'a' changed to 'a.count'` and its like. A text that does
/// not name the old key is about the line it comes with.
fn renamed(text: &str, metric: Option<&str>) -> Option<RenamedMetric> {
    const VERBS: [&str; 4] = ["chang", "renam", "normali", "convert"];
    let (before, after) = text.rsplit_once(" to ")?;
    let says = before.to_ascii_lowercase();
    if !VERBS.iter().any(|verb| says.contains(verb)) {
        return None;
    }
    let to = first_key(after)?;
    // A word without quotes is a key only if it looks like one.
    let unquoted = || first_key(before).filter(|word| word.contains('.'));
    let from = quoted(before).or(metric).or_else(unquoted)?;
    (from != to).then(|| RenamedMetric {
        from: from.to_owned(),
        to: to.to_owned(),
    })
}

const QUOTES: [char; 3] = ['\'', '"', '`'];

/// The first word, if it is a metric key.
fn first_key(text: &str) -> Option<&str> {
    let word = match quoted(text) {
        Some(word) => word,
        None => text
            .split_whitespace()
            .next()?
            .trim_end_matches(['.', ',', ';', ':']),
    };
    key::validate(word).is_ok().then_some(word)
}

/// The first part in quotes.
fn quoted(text: &str) -> Option<&str> {
    let (_, after) = text.split_once(QUOTES)?;
    let (inside, _) = after.split_once(QUOTES)?;
    Some(inside)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(warnings: &Value) -> (Vec<String>, Vec<String>) {
        let line = |item: &Value| match item.get("line")?.as_u64()? {
            1 => Some("a.b"),
            2 => Some("c.d.count"),
            _ => None,
        };
        let (renamed, warnings) = read(Some(warnings), line);
        let renamed = renamed.iter().map(|r| format!("{} > {}", r.from, r.to));
        let warnings = warnings.iter().map(ToString::to_string);
        (renamed.collect(), warnings.collect())
    }

    #[test]
    fn renamed_keys_are_found_in_every_spelling_of_the_answer() {
        let both = [
            "metric key 'a.b' changed to 'a.b.count'",
            "'c.d.count' changed to 'c.d.count.gauge'",
        ];
        let expected = ["a.b > a.b.count", "c.d.count > c.d.count.gauge"];
        let table = [
            json!(both),
            json!({"message": "2 changed", "changedMetricKeys": [
                {"line": 1, "warning": "changed metric key to 'a.b.count'"},
                {"line": 2, "warning": both[1]},
            ]}),
            json!({"warningLines": [
                {"line": 1, "warning": both[0]},
                {"line": 1, "warning": both[0]},
                {"line": 2, "warning": both[1]},
            ]}),
        ];
        for answer in table {
            let (renamed, warnings) = of(&answer);
            assert_eq!(renamed, expected, "{answer}");
            assert!(warnings.is_empty(), "{answer}: {warnings:?}");
        }
        let (renamed, warnings) = of(&json!(both[0]));
        assert_eq!((renamed, warnings.len()), (vec![expected[0].to_owned()], 0));
    }

    #[test]
    fn other_remarks_are_kept_with_their_metric() {
        let table = [
            (json!("too many dimensions"), "too many dimensions"),
            (json!(["too many dimensions"]), "too many dimensions"),
            (
                json!({"message": "too many dimensions"}),
                "too many dimensions",
            ),
            (
                json!({"message": "1 warning", "warningLines": [{"line": 1, "warning": "was cut"}]}),
                "`a.b` was cut",
            ),
            (json!({"line": 7}), "line: 7"),
            (json!([{"line": 9, "warning": "was cut"}]), "was cut"),
            (json!(17), "17"),
        ];
        for (answer, expected) in table {
            let (renamed, warnings) = of(&answer);
            assert!(renamed.is_empty(), "{answer}");
            assert_eq!(warnings, [expected], "{answer}");
        }
        assert_eq!(of(&json!(null)), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_rename_is_read_however_it_is_put() {
        let table = [
            ("a.b was renamed to a.b.count.", Some("a.b > a.b.count")),
            ("metric key `A b` normalized to `A_b`", Some("A b > A_b")),
            ("changed to 'a.b'", None),
            ("a.b was renamed", None),
            ("changed the unit to 'per second'", None),
            ("sent to 'a.b'", None),
        ];
        for (text, expected) in table {
            let found = renamed(text, None);
            let found = found.map(|r| format!("{} > {}", r.from, r.to));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
