//! What the official Java client (2026) makes of keys, values and numbers, and
//! that this crate makes the same of them. `vectors.json` holds its results.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::borrow::Cow;

use extyped_line::{Line, Number, Payload, Summary, dimension, key, limits, timestamp, value};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    metric_key: Vec<(String, Option<String>)>,
    metric_key_kept: Vec<(String, bool)>,
    dimension_key: Vec<(String, Option<String>)>,
    dimension_key_kept: Vec<(String, bool)>,
    dimension_value: Vec<(String, String)>,
    dimension_value_kept: Vec<(String, bool)>,
    number: Vec<(String, String)>,
    finite: Vec<(String, bool)>,
    payload: Vec<(String, Vec<String>, String)>,
    summary: Vec<([String; 4], bool)>,
    timestamp: Vec<(i64, bool)>,
    line: Vec<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn client_key(key: &str) -> Option<Cow<'_, str>> {
    key::normalize_to(key, limits::CLIENT_METRIC_KEY)
}

fn client_value(value: &str) -> Cow<'_, str> {
    value::normalize_to(value, limits::CLIENT_DIMENSION_VALUE)
}

fn number(text: &str) -> Number {
    Number::from(text.parse::<f64>().unwrap())
}

fn summary([min, max, sum, count]: &[String; 4]) -> Option<Summary> {
    // A count below zero cannot even be written down here.
    let count = count.parse().ok()?;
    Some(Summary::new(number(min), number(max), number(sum), count))
}

#[test]
fn metric_keys() {
    for (given, expected) in vectors().metric_key {
        assert_eq!(
            client_key(&given).as_deref(),
            expected.as_deref(),
            "{given:?}"
        );
    }
}

#[test]
fn metric_keys_that_stay_as_they_are() {
    for (given, kept) in vectors().metric_key_kept {
        let borrowed = matches!(client_key(&given), Some(Cow::Borrowed(_)));
        assert_eq!(borrowed, kept, "{given:?}");
    }
}

#[test]
fn metric_keys_that_pass_the_lint_stay_as_they_are() {
    let of_vectors = vectors().metric_key_kept.into_iter();
    let valid: Vec<_> = of_vectors
        .filter(|(given, _)| key::validate(given).is_ok())
        .collect();
    assert!(valid.len() > 20);
    for (given, kept) in valid {
        assert!(kept, "{given:?}");
    }
}

#[test]
fn dimension_keys() {
    for (given, expected) in vectors().dimension_key {
        let normal = dimension::normalize_key(&given);
        assert_eq!(normal.as_deref(), expected.as_deref(), "{given:?}");
    }
}

#[test]
fn dimension_keys_that_stay_as_they_are_are_those_that_pass_the_lint() {
    for (given, kept) in vectors().dimension_key_kept {
        let borrowed = matches!(dimension::normalize_key(&given), Some(Cow::Borrowed(_)));
        assert_eq!(borrowed, kept, "{given:?}");
        assert_eq!(dimension::validate_key(&given).is_ok(), kept, "{given:?}");
    }
}

#[test]
fn dimension_values() {
    for (given, expected) in vectors().dimension_value {
        assert_eq!(client_value(&given), expected, "{given:?}");
    }
}

#[test]
fn dimension_values_that_stay_as_they_are() {
    for (given, kept) in vectors().dimension_value_kept {
        let borrowed = matches!(client_value(&given), Cow::Borrowed(_));
        assert_eq!(borrowed, kept, "{given:?}");
    }
}

#[test]
fn dimension_values_of_the_client_can_be_read() {
    for (given, written) in vectors().dimension_value {
        let line = format!("key,dimension={written} gauge,1");
        assert_eq!(Line::parse(&line).is_ok(), !written.is_empty(), "{given:?}");
    }
}

#[test]
fn values_in_quotes_say_the_same_as_without() {
    for (given, _) in vectors().dimension_value {
        // What comes in quotes loses them in the client; here they are kept.
        if given.starts_with('"') && given.ends_with('"') || given.len() > 100 {
            continue;
        }
        let value = |written: &str| {
            let line = format!("key,dimension={written} gauge,1");
            Line::parse(&line)
                .ok()
                .map(|line| line.dimensions[0].1.clone())
        };
        let mut quoted = String::new();
        value::quote(&mut quoted, &given);
        assert_eq!(value(&quoted), value(&client_value(&given)), "{given:?}");
    }
}

#[test]
fn numbers() {
    // The same numbers, spelled otherwise on purpose: see `Number`.
    let spelled = |client: &str| match client {
        "1.234567000000123E12" => "1234567000000.123".to_owned(),
        "4.9E-324" => "5E-324".to_owned(),
        _ => client.to_owned(),
    };
    for (given, expected) in vectors().numbers() {
        let mut written = String::new();
        number(&given).write(&mut written);
        assert_eq!(written, spelled(&expected), "{given}");
        assert_eq!(written.parse::<f64>(), expected.parse::<f64>(), "{given}");
    }
}

#[test]
fn numbers_that_can_be_sent() {
    for (given, finite) in vectors().finite {
        assert_eq!(number(&given).is_finite(), finite, "{given}");
    }
}

#[test]
fn payloads() {
    for (kind, numbers, expected) in vectors().payload {
        let payload = match (kind.as_str(), &numbers[..]) {
            ("count.delta", [delta]) => Payload::Delta(number(delta)),
            ("gauge.value", [value]) => Payload::Gauge(number(value)),
            ("gauge.summary", fields) => {
                Payload::Summary(summary(fields.try_into().unwrap()).unwrap())
            }
            other => panic!("{other:?}"),
        };
        let mut written = String::new();
        payload.write(&mut written);
        assert_eq!(written, expected);
    }
}

#[test]
fn summaries() {
    for (fields, valid) in vectors().summary {
        let is_ok = summary(&fields).is_some_and(|summary| summary.check().is_ok());
        assert_eq!(is_ok, valid, "{fields:?}");
    }
}

#[test]
fn timestamps() {
    for (given, written) in vectors().timestamp {
        assert_eq!(timestamp::is_plausible(given), written, "{given}");
    }
}

#[test]
fn lines_of_the_client_can_be_read() {
    for line in vectors().line {
        // The client also writes keys that the ingest finds too short.
        let readable = !line.starts_with("_ ");
        assert_eq!(Line::parse(&line).is_ok(), readable, "{line}");
    }
}

impl Vectors {
    /// Those that a line can carry: NaN and infinities are refused before.
    fn numbers(self) -> impl Iterator<Item = (String, String)> {
        let finite = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
        self.number
            .into_iter()
            .filter(move |(given, _)| finite(given))
    }
}
