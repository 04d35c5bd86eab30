//! What an ingest says of a batch of lines.

use serde_json::Value;

use super::MetricBatch;
use super::warnings::{self, Warning};

/// What a sink says of the metric lines it took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// How many lines were not valid, if the sink counts them.
    pub(crate) invalid: u64,
    pub(crate) lines: Vec<InvalidLine>,
    pub(crate) renamed: Vec<RenamedMetric>,
    pub(crate) warnings: Vec<Warning>,
}

/// A line that the ingest did not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidLine {
    /// The key of its metric; empty if the answer does not say which line.
    pub metric: String,
    /// The reason, as the ingest gives it.
    pub reason: String,
}

/// A metric that the ingest stores under another key: it appends `.count` to
/// the key of a count that does not end in it, `.gauge` to that of a gauge that
/// ends in `.count`, and replaces characters that a key cannot have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RenamedMetric {
    /// The key as it was sent.
    pub from: String,
    /// The key as it is stored.
    pub to: String,
}

impl Receipt {
    /// All lines were taken.
    pub fn accepted() -> Self {
        Receipt::default()
    }

    /// Some lines were taken, these were not.
    pub fn with_invalid(lines: impl IntoIterator<Item = InvalidLine>) -> Self {
        let lines: Vec<_> = lines.into_iter().collect();
        Receipt {
            invalid: lines.len() as u64,
            lines,
            ..Receipt::default()
        }
    }

    /// Says which metrics are stored under other keys.
    #[must_use]
    pub fn with_renamed(mut self, renamed: impl IntoIterator<Item = RenamedMetric>) -> Self {
        self.renamed.extend(renamed);
        self
    }

    /// Adds what else an operator should know.
    #[must_use]
    pub fn with_warning(mut self, text: impl Into<String>) -> Self {
        self.warnings.push(Warning::general(text.into()));
        self
    }

    /// How many lines were not valid.
    pub fn invalid_count(&self) -> u64 {
        self.invalid
    }

    /// The lines that were not valid, as far as the ingest names them. It may
    /// name fewer than there were.
    pub fn invalid_lines(&self) -> &[InvalidLine] {
        &self.lines
    }

    /// The metrics that the ingest stores under other keys, each once.
    pub fn renamed(&self) -> &[RenamedMetric] {
        &self.renamed
    }

    /// What the ingest remarks on besides, with the metric in front if it is
    /// about a line.
    pub fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.warnings.iter().map(ToString::to_string)
    }

    /// Reads the answer of an ingest, or `None` if it is none. The local one
    /// counts `linesValid`, all others `linesOk`; what is missing is not held
    /// against it.
    pub(crate) fn parse(answer: &str, batch: &MetricBatch) -> Option<Self> {
        let answer: Value = serde_json::from_str(answer).ok()?;
        let count = |name: &str| answer.get(name).and_then(Value::as_u64);
        let valid = count("linesOk").or_else(|| count("linesValid"));
        let invalid = count("linesInvalid");
        if valid.is_none() && invalid.is_none() {
            return None;
        }
        let sent: Vec<&str> = batch.lines().collect();
        let metric = |item: &Value| metric(&sent, item.get("line")?);
        let named = answer
            .pointer("/error/invalidLines")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut lines: Vec<InvalidLine> = named
            .iter()
            .map(|line| InvalidLine {
                metric: metric(line).unwrap_or_default().to_owned(),
                reason: text(line.get("error").unwrap_or(line)),
            })
            .collect();
        let invalid = invalid.unwrap_or(lines.len() as u64);
        if invalid > 0 && lines.is_empty() {
            let reason = answer
                .pointer("/error/message")
                .or_else(|| answer.get("error"))
                .filter(|error| !error.is_null())
                .map_or_else(|| "no reason was given".to_owned(), text);
            lines.push(InvalidLine {
                metric: String::new(),
                reason,
            });
        }
        let (renamed, warnings) = warnings::read(answer.get("warnings"), metric);
        Some(Receipt {
            invalid,
            lines,
            renamed,
            warnings,
        })
    }
}

/// The key of the line with this number; lines are counted from one.
fn metric<'b>(sent: &[&'b str], number: &Value) -> Option<&'b str> {
    let index = usize::try_from(number.as_u64()?).ok()?.checked_sub(1)?;
    sent.get(index)?.split([',', ' ']).next()
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(answer: &str) -> Option<Receipt> {
        Receipt::parse(
            answer,
            &MetricBatch::of("a.b gauge,1\nc.d,x=\"1\" gauge,2\n"),
        )
    }

    #[test]
    fn the_local_ingest_counts_lines_valid_and_all_others_lines_ok() {
        for answer in [
            r#"{"linesOk": 2, "linesInvalid": 0, "error": null, "warnings": null}"#,
            r#"{"linesValid": 2, "linesInvalid": 0}"#,
            r#"{"linesValid": 2}"#,
        ] {
            assert_eq!(parse(answer), Some(Receipt::accepted()), "{answer}");
        }
    }

    #[test]
    fn an_invalid_line_is_told_by_its_metric() {
        let receipt = parse(
            r#"{"linesValid": 1, "linesInvalid": 1, "error": {"code": 400, "message": "1 invalid lines",
                "invalidLines": [{"line": 2, "error": "gauge is out of range"}]}}"#,
        )
        .expect("an answer");
        assert_eq!(receipt.invalid_count(), 1);
        assert_eq!(
            receipt.invalid_lines(),
            [InvalidLine {
                metric: "c.d".into(),
                reason: "gauge is out of range".into()
            }]
        );
    }

    #[test]
    fn an_answer_that_names_no_line_still_gives_its_reason() {
        for answer in [
            r#"{"linesOk": 0, "linesInvalid": 2, "error": {"message": "too old"}}"#,
            r#"{"linesOk": 0, "linesInvalid": 2, "error": "too old"}"#,
        ] {
            let receipt = parse(answer).expect("an answer");
            assert_eq!(receipt.invalid_count(), 2);
            assert_eq!(receipt.invalid_lines()[0].reason, "too old");
        }
    }

    #[test]
    fn a_line_number_out_of_range_names_no_metric() {
        for line in ["0", "3", "18446744073709551615", "-1", "null"] {
            let answer = format!(
                r#"{{"linesInvalid": 1, "error": {{"invalidLines": [{{"line": {line}, "error": "x"}}]}}}}"#
            );
            let receipt = parse(&answer).expect("an answer");
            assert_eq!(receipt.invalid_lines()[0].metric, "", "{line}");
        }
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in ["", "<html>", "[]", "{}", "null", r#"{"linesOk": "many"}"#] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
