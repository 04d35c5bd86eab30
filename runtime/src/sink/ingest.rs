//! What an ingest of Dynatrace answers over HTTP means for what was sent:
//! whether it arrived, comes again or never will. What an Extension Execution
//! Controller answers is `eec/answer.rs`: it is asked for other things, and
//! nothing stands between it and this process.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::StatusCode as Http;
use serde_json::Value;

use super::{MetricBatch, Receipt, SinkError};
use crate::StatusCode;

/// What metric lines are sent as.
pub(super) const LINES: &str = "text/plain; charset=utf-8";

/// How much is quoted of an answer: of an error that it states, and of one
/// that states none.
const LONGEST: usize = 400;
const BEGINNING: usize = 80;

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: Http,
    /// How long the ingest asks to be left alone.
    pub(super) wait: Option<Duration>,
    pub(super) text: String,
}

/// What to do about a refusal, and which status it becomes.
#[derive(Debug)]
pub(super) struct Advice {
    pub(super) text: Cow<'static, str>,
    pub(super) code: StatusCode,
}

impl Advice {
    pub(super) fn new(code: StatusCode, text: impl Into<Cow<'static, str>>) -> Self {
        Advice {
            text: text.into(),
            code,
        }
    }
}

/// Who answered.
pub(super) trait Ingest {
    /// Where it was sent, as it may be shown.
    fn url(&self) -> &str;

    /// What its operator can do about a refusal, where more is known than the
    /// status says.
    fn advice(&self, status: Http) -> Option<Advice>;
}

/// What an answer means for metric lines. 400 with counts is an answer as
/// well: the valid lines were taken, so sending them again would count twice.
/// 202 is how an ingest accepts; of another success only counts, or nothing at
/// all, say that it was an ingest who answered.
pub(super) fn lines(
    ingest: &impl Ingest,
    answer: &Answer,
    batch: &MetricBatch,
) -> Result<Receipt, SinkError> {
    let receipt = Receipt::parse(&answer.text, batch);
    match receipt {
        Some(receipt) if answer.status.is_success() || answer.status == Http::BAD_REQUEST => {
            Ok(receipt)
        }
        None if answer.status == Http::ACCEPTED => Ok(Receipt::accepted()),
        None if answer.status.is_success() && answer.text.trim().is_empty() => {
            Ok(Receipt::accepted())
        }
        None if answer.status.is_success() => Err(SinkError::later(format!(
            "{}, which does not say how many lines were taken: check that it is the address of an \
             ingest",
            says(ingest, answer)
        ))),
        _ => Err(refusal(ingest, answer)),
    }
}

/// Success, or why not.
pub(super) fn taken(ingest: &impl Ingest, answer: &Answer) -> Result<(), SinkError> {
    if answer.status.is_success() {
        Ok(())
    } else {
        Err(refusal(ingest, answer))
    }
}

/// Which refusals are for now and which are for good. What the ingest may take
/// once its operator has acted (turned it on, given the token a scope, bought
/// more) is kept; what is wrong with the request itself stays wrong.
fn refusal(ingest: &impl Ingest, answer: &Answer) -> SinkError {
    let advice = ingest.advice(answer.status);
    let code = advice.as_ref().map(|advice| advice.code);
    let message = match advice {
        Some(advice) => format!("{}: {}", says(ingest, answer), advice.text),
        None => says(ingest, answer),
    };
    let for_good = answer.status.is_client_error()
        && !matches!(
            answer.status,
            Http::UNAUTHORIZED
                | Http::PAYMENT_REQUIRED
                | Http::FORBIDDEN
                | Http::NOT_FOUND
                | Http::PROXY_AUTHENTICATION_REQUIRED
                | Http::REQUEST_TIMEOUT
                | Http::TOO_MANY_REQUESTS
        );
    let error = match answer.wait {
        _ if for_good => SinkError::never(message),
        Some(wait) => SinkError::later(message).with_retry_after(wait),
        None => SinkError::later(message),
    };
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

/// `https://… answers 403 (Token is missing required scope)`.
fn says(ingest: &impl Ingest, answer: &Answer) -> String {
    let said = match quote(&answer.text) {
        text if text.is_empty() => String::new(),
        text => format!(" ({text})"),
    };
    format!("{} answers {}{said}", ingest.url(), answer.status.as_u16())
}

/// What the answer says of the error, in the shape that all Dynatrace APIs
/// share, else its beginning.
fn quote(text: &str) -> String {
    let answer: Value = serde_json::from_str(text).unwrap_or_default();
    let said = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    let Some(message) = said("/error/message") else {
        return one_line(text, BEGINNING);
    };
    let violation = [
        "/error/constraintViolations/0/path",
        "/error/constraintViolations/0/message",
    ];
    let said: Vec<&str> = violation.into_iter().filter_map(said).collect();
    if said.is_empty() {
        return one_line(message, LONGEST);
    }
    one_line(&format!("{message} {}", said.join(" ")), LONGEST)
}

/// The beginning of a text as it can stand in a sentence.
fn one_line(text: &str, limit: usize) -> String {
    let shown = text.trim().chars().take(limit);
    shown
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Again;

    struct Fake;

    impl Ingest for Fake {
        fn url(&self) -> &'static str {
            "http://ingest"
        }
        fn advice(&self, status: Http) -> Option<Advice> {
            (status == Http::FORBIDDEN)
                .then(|| Advice::new(StatusCode::AuthenticationError, "add the scope"))
        }
    }

    fn answer(status: u16, text: &str) -> Answer {
        Answer {
            status: Http::from_u16(status).expect("a status"),
            wait: None,
            text: text.to_owned(),
        }
    }

    fn batch() -> MetricBatch {
        MetricBatch::of("a.b gauge,1\nc.d gauge,2\n")
    }

    const COUNTS: &str = r#"{"linesOk": 1, "linesInvalid": 1, "error": {"message": "x"}}"#;
    const ERROR: &str = r#"{"error": {"code": 1, "message": "no"}}"#;
    const HTML: &str = "<html>log in</html>";

    #[test]
    fn what_becomes_of_lines() {
        let cases = [
            (202, COUNTS, "arrived"),
            (202, "", "arrived"),
            (202, HTML, "arrived"),
            (200, COUNTS, "arrived"),
            (204, "", "arrived"),
            (400, COUNTS, "arrived"),
            // A page to log in on, by whoever stands between.
            (200, HTML, "again"),
            (200, "{}", "again"),
            (400, ERROR, "never"),
            (400, HTML, "never"),
            (405, "", "never"),
            (413, ERROR, "never"),
            (415, "", "never"),
            (301, "", "again"),
            (401, ERROR, "again"),
            (402, ERROR, "again"),
            (403, ERROR, "again"),
            (404, HTML, "again"),
            (407, "", "again"),
            (408, "", "again"),
            (429, ERROR, "again"),
            (429, COUNTS, "again"),
            (500, ERROR, "again"),
            (503, COUNTS, "again"),
            (503, "", "again"),
        ];
        for (status, text, outcome) in cases {
            let found = match lines(&Fake, &answer(status, text), &batch()) {
                Ok(_) => "arrived",
                Err(error) if error.again == Again::Never => "never",
                Err(_) => "again",
            };
            assert_eq!(found, outcome, "{status} {text}");
        }
    }

    #[test]
    fn lines_that_are_not_valid_are_named_by_their_metric() {
        let text = r#"{"linesOk": 1, "linesInvalid": 1, "error": {"code": 400,
            "message": "1 invalid lines", "invalidLines": [{"line": 2, "error": "bad"}]},
            "warnings": null}"#;
        let receipt = lines(&Fake, &answer(400, text), &batch()).expect("an answer");
        assert_eq!(receipt.invalid_lines()[0].metric, "c.d");
    }

    #[test]
    fn a_refusal_says_where_what_and_what_to_do() {
        let violation = r#"{"error": {"code": 400, "message": "Constraints violated.",
            "constraintViolations": [{"path": "timeout", "message": "must be\nbelow 360"}]}}"#;
        let long = "x".repeat(10_000);
        let cases = [
            (403, ERROR, "http://ingest answers 403 (no): add the scope"),
            (500, "", "http://ingest answers 500"),
            (
                503,
                "<html>\r\n\u{1b}[2J",
                "http://ingest answers 503 (<html>   [2J)",
            ),
            (
                400,
                violation,
                "http://ingest answers 400 (Constraints violated. timeout must be below 360)",
            ),
            (
                502,
                long.as_str(),
                &format!("http://ingest answers 502 ({})", "x".repeat(BEGINNING)),
            ),
        ];
        for (status, text, message) in cases {
            let error = taken(&Fake, &answer(status, text)).expect_err("a refusal");
            assert_eq!(error.message(), message);
        }
        let refused = taken(&Fake, &answer(403, ERROR)).expect_err("a refusal");
        assert_eq!(refused.code(), StatusCode::AuthenticationError);
    }

    #[test]
    fn a_wait_is_kept() {
        let wait = Duration::from_secs(7);
        let busy = Answer {
            wait: Some(wait),
            ..answer(429, "")
        };
        let error = taken(&Fake, &busy).expect_err("a refusal");
        assert_eq!(error.again, Again::After(wait));
    }
}
