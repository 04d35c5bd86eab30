//! What an answer of the EEC means for what was sent.

use std::fmt;

use hyper::StatusCode as Http;
use serde_json::Value;

use super::client::{Answer, NoAnswer};
use crate::sink::SinkError;
use crate::{MetricBatch, Receipt, StatusCode};

/// Why something that was asked for did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// There was no answer, or one of a server that cannot: asking again may
    /// help.
    NoAnswer(String),
    /// The EEC answered that it will not.
    Answered(String),
    /// The answer is not what was asked for.
    Nonsense(String),
}

impl Refused {
    pub(super) fn nonsense(path: &str, what: &str, text: &str) -> Self {
        Refused::Nonsense(format!(
            "{path} does not answer {what} but `{}`",
            text.chars().take(80).collect::<String>().escape_debug()
        ))
    }

    pub(super) fn message(&self) -> &str {
        match self {
            Refused::NoAnswer(message)
            | Refused::Answered(message)
            | Refused::Nonsense(message) => message,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

/// The content of an answer to a question.
pub(super) fn content(path: &str, answer: Result<Answer, NoAnswer>) -> Result<String, Refused> {
    let answer = answer.map_err(|NoAnswer(message)| Refused::NoAnswer(message))?;
    let status = answer.status;
    if status.as_u16() >= 400 {
        let says = format!("the EEC {} to {path}", answer.shown());
        let passing = status.is_server_error() || status == Http::TOO_MANY_REQUESTS;
        return Err(if passing {
            Refused::NoAnswer(says)
        } else {
            Refused::Answered(says)
        });
    }
    Ok(answer.body)
}

/// What an answer means for metric lines. Only an answer that counts them, or
/// an empty one of success, says that they arrived. With counts, 400 is an
/// answer as well: some lines were taken, so sending them again would count
/// twice.
pub(super) fn lines(
    path: &str,
    answer: Result<Answer, NoAnswer>,
    batch: &MetricBatch,
) -> Result<Receipt, SinkError> {
    let answer = answer.map_err(unreachable)?;
    let receipt = Receipt::parse(&answer.body, batch);
    match receipt {
        Some(receipt) if answer.status.is_success() || answer.status == Http::BAD_REQUEST => {
            Ok(receipt)
        }
        None if answer.status.is_success() && answer.body.trim().is_empty() => {
            Ok(Receipt::accepted())
        }
        None if answer.status.is_success() => Err(SinkError::later(format!(
            "the EEC {} to {path}, which does not say how many lines it took",
            answer.shown()
        ))),
        _ => Err(refusal(path, &answer)),
    }
}

/// What an answer means for log events: success may still hold an error.
pub(super) fn logs(path: &str, answer: Result<Answer, NoAnswer>) -> Result<(), SinkError> {
    let answer = taken(path, answer)?;
    let error = serde_json::from_str::<Value>(&answer.body)
        .ok()
        .and_then(|value| Some(value.pointer("/error/message")?.as_str()?.to_owned()));
    match error {
        None => Ok(()),
        Some(message) => Err(SinkError::never(format!(
            "the EEC did not take log events: {message}"
        ))),
    }
}

/// Success, or why not.
pub(super) fn taken(path: &str, answer: Result<Answer, NoAnswer>) -> Result<Answer, SinkError> {
    let answer = answer.map_err(unreachable)?;
    if answer.status.is_success() {
        Ok(answer)
    } else {
        Err(refusal(path, &answer))
    }
}

fn unreachable(NoAnswer(message): NoAnswer) -> SinkError {
    SinkError::later(message).with_code(StatusCode::EecConnectionError)
}

/// Which refusals are for now and which are for good. What the EEC may take
/// once it is in order again (a new token, an id that it knows, less to do)
/// is kept.
fn refusal(path: &str, answer: &Answer) -> SinkError {
    let says = format!("the EEC {} to {path}", answer.shown());
    let later = |says: String| {
        let error = SinkError::later(says);
        match answer.retry_after {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    };
    match answer.status {
        Http::UNAUTHORIZED | Http::FORBIDDEN => later(format!(
            "{says}: it does not know the token of this process"
        ))
        .with_code(StatusCode::EecConnectionError),
        Http::NOT_FOUND => later(format!("{says}: it does not know this data source"))
            .with_code(StatusCode::EecConnectionError),
        Http::REQUEST_TIMEOUT | Http::TOO_MANY_REQUESTS => later(says),
        status if status.is_client_error() => SinkError::never(says),
        // Redirects and whatever else is no answer of an EEC.
        _ => later(says),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sink::Again;

    fn answered(status: u16, body: &str) -> Answer {
        Answer {
            status: Http::from_u16(status).expect("a status"),
            retry_after: None,
            body: body.to_owned(),
        }
    }

    fn batch() -> MetricBatch {
        MetricBatch::of("a.b gauge,1\nc.d gauge,2\n")
    }

    #[test]
    fn only_an_answer_that_counts_lines_says_that_they_arrived() {
        let counts = r#"{"linesOk": 1, "linesInvalid": 1, "error": {"message": "x"}}"#;
        let error = r#"{"error": {"code": 429, "message": "refused"}}"#;
        let html = "<html>Too Many Requests</html>";
        // Whether it arrived; if not, whether it comes again.
        let cases = [
            (202, counts, "arrived"),
            (400, counts, "arrived"),
            (204, "", "arrived"),
            (200, html, "again"),
            (429, error, "again"),
            (429, counts, "again"),
            (429, html, "again"),
            (503, error, "again"),
            (500, "", "again"),
            (401, error, "again"),
            (404, error, "again"),
            (302, "", "again"),
            (400, error, "never"),
            (413, "", "never"),
        ];
        for (status, body, outcome) in cases {
            let found = match lines("/mint", Ok(answered(status, body)), &batch()) {
                Ok(_) => "arrived",
                Err(error) if error.again == Again::Never => "never",
                Err(_) => "again",
            };
            assert_eq!(found, outcome, "{status} {body}");
        }
    }

    #[test]
    fn lines_that_are_not_valid_are_told_even_with_a_400() {
        let body = r#"{"linesOk": 1, "linesInvalid": 1, "error": {"code": 400,
            "message": "1 invalid lines", "invalidLines": [{"line": 2, "error": "bad"}]}}"#;
        let receipt = lines("/mint", Ok(answered(400, body)), &batch()).expect("an answer");
        assert_eq!(receipt.invalid_lines()[0].metric, "c.d");
    }

    #[test]
    fn no_answer_is_a_connection_error_and_comes_again() {
        let error = lines("/mint", Err(NoAnswer("refused".to_owned())), &batch());
        let error = error.expect_err("nothing arrived");
        assert_eq!(error.code(), StatusCode::EecConnectionError);
        assert_eq!(error.again, Again::Later);
    }

    #[test]
    fn a_busy_eec_says_how_long_to_wait() {
        let busy = Answer {
            status: Http::TOO_MANY_REQUESTS,
            retry_after: Some(Duration::from_secs(7)),
            body: String::new(),
        };
        let error = taken("/events", Ok(busy)).expect_err("not taken");
        assert_eq!(error.again, Again::After(Duration::from_secs(7)));
    }

    #[test]
    fn log_events_can_be_refused_with_success() {
        assert_eq!(logs("/logs", Ok(answered(204, ""))), Ok(()));
        assert_eq!(logs("/logs", Ok(answered(200, "{}"))), Ok(()));
        let refused = logs(
            "/logs",
            Ok(answered(
                200,
                r#"{"error": {"message": "content is missing"}}"#,
            )),
        );
        let error = refused.expect_err("not taken");
        assert_eq!(error.again, Again::Never);
        assert!(error.message().ends_with("content is missing"), "{error}");
    }

    #[test]
    fn an_error_quotes_the_beginning_of_the_answer() {
        let long = format!("<html>\n{}</html>", "x".repeat(10_000));
        let error = taken("/alive", Ok(answered(503, &long))).expect_err("not taken");
        assert!(
            error
                .message()
                .starts_with("the EEC answers 503 (<html> xxx")
        );
        assert!(error.message().len() < 300, "{error}");
    }
}
