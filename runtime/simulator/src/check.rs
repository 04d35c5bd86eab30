//! Whether the EEC, and the ingest behind it, would take what was sent.

mod counts;
mod events;
mod lines;
mod status;

pub(crate) use counts::{check_registration, check_signal};
pub(crate) use events::{check_event, check_logs};
pub(crate) use lines::{Kind as LineKind, Lines};
pub(crate) use status::check_alive;

use serde_json::Value;

/// A problem: what is concerned, and a sentence that says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) subject: String,
    pub(crate) reason: String,
}

impl Problem {
    pub(crate) fn new(subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Problem {
            subject: subject.into(),
            reason: reason.into(),
        }
    }
}

/// What kind of JSON a value is, for a message.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The body as JSON, or a problem with the part that is none.
pub(crate) fn json(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let text = String::from_utf8_lossy(body);
        Problem::new(
            crate::reported::excerpt(&text),
            format!("the body is not JSON: {error}"),
        )
    })
}
