//! What a tenant answers, and what a refusal says.

use std::collections::BTreeSet;
use std::time::Duration;

use extyped_manifest::render::harmless;
use serde_json::Value;

/// An answer, whatever it is.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Body,
    pub(super) retry_after: Option<Duration>,
    /// Where it sends us instead.
    pub(super) location: Option<String>,
    /// How often it was asked.
    pub(super) tries: u32,
}

#[derive(Debug)]
pub(super) enum Body {
    Empty,
    Json(Value),
    /// A page for people: nothing that an API says.
    Html,
    Text(String),
}

/// Most characters of a text that is no JSON.
const MAX_TEXT: usize = 200;

impl Body {
    pub(super) fn read(content_type: Option<&str>, text: &str) -> Body {
        let text = text.trim();
        if text.is_empty() {
            return Body::Empty;
        }
        if let Ok(value) = serde_json::from_str(text) {
            return Body::Json(value);
        }
        let says_html = content_type.is_some_and(|it| it.to_ascii_lowercase().contains("html"));
        if says_html || text.starts_with('<') {
            return Body::Html;
        }
        let line = text.lines().next().unwrap_or_default();
        Body::Text(line.chars().take(MAX_TEXT).collect())
    }
}

impl Answer {
    /// Whether it was done, by the status and by the form of the answer.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status) && !matches!(self.body, Body::Html | Body::Text(_))
    }

    pub(super) fn json(&self) -> Option<&Value> {
        match &self.body {
            Body::Json(value) => Some(value),
            Body::Empty | Body::Html | Body::Text(_) => None,
        }
    }

    /// What the tenant itself says against the request.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        Refusal::read(self.json()?)
    }

    /// Why the same request may succeed later, if it may.
    pub(super) fn not_yet(&self, repeatable: bool) -> Option<String> {
        let refusal = self.refusal();
        let message = refusal.as_ref().map_or("", |it| it.message.as_str());
        match self.status {
            409 if !refusal.as_ref().is_some_and(Refusal::is_duplicate) => Some(format!(
                "the tenant is not ready (409{})",
                if message.is_empty() {
                    String::new()
                } else {
                    format!(": {}", one_line(message))
                }
            )),
            429 => Some("the tenant has too many requests (429)".to_owned()),
            // An extension that was just uploaded is unpacked behind the scenes.
            400 | 404 if message.contains("No schema with identifier 'ext:") => {
                Some("the tenant does not have the schema of the extension yet".to_owned())
            }
            502..=504 if repeatable => {
                Some(format!("the tenant is out of reach ({})", self.status))
            }
            _ => None,
        }
    }
}

/// A refusal in the words of the tenant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: Option<u64>,
    pub(super) message: String,
    pub(super) violations: Vec<Violation>,
    /// What the token is not allowed, as the platform tells.
    pub(super) missing_scopes: Vec<String>,
}

/// A rule that does not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Violation {
    pub(super) path: String,
    pub(super) message: String,
    pub(super) location: String,
}

impl Refusal {
    /// Reads `{"error": {…}}` or what is in it; nothing of any other value.
    pub(super) fn read(value: &Value) -> Option<Refusal> {
        let error = value.get("error").unwrap_or(value).as_object()?;
        let details = error.get("details");
        let mut seen = BTreeSet::new();
        // The classic API has them in the error, the platform in its details.
        let violations = [
            error.get("constraintViolations"),
            details.and_then(|details| details.get("constraintViolations")),
        ]
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Violation::read)
        .filter(|violation| seen.insert(violation.clone()))
        .collect::<Vec<_>>();
        let scopes = details.and_then(|details| details.get("missingScopes"));
        let scopes = scopes.and_then(Value::as_array).into_iter().flatten();
        let refusal = Refusal {
            code: error.get("code").and_then(Value::as_u64),
            message: text_of(error.get("message")),
            violations,
            missing_scopes: scopes
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        };
        let says_anything = !refusal.message.is_empty() || !refusal.violations.is_empty();
        says_anything.then_some(refusal)
    }

    /// Whether the tenant has this version already.
    pub(super) fn is_duplicate(&self) -> bool {
        let violations = self.violations.iter().map(|it| it.message.as_str());
        let mut texts = std::iter::once(self.message.as_str()).chain(violations);
        texts.any(|text| {
            let text = text.to_ascii_lowercase();
            [
                "already exist",
                "already been added",
                "already been uploaded",
            ]
            .iter()
            .any(|words| text.contains(words))
        })
    }

    /// All that it says, for a search in its words.
    pub(super) fn mentions(&self, word: &str) -> bool {
        let violations = self.violations.iter().map(|it| it.message.as_str());
        std::iter::once(self.message.as_str())
            .chain(violations)
            .any(|text| text.to_ascii_lowercase().contains(word))
    }
}

impl Violation {
    fn read(value: &Value) -> Option<Violation> {
        let violation = Violation {
            path: text_of(value.get("path")),
            message: text_of(value.get("message")),
            location: text_of(value.get("location")),
        };
        (violation != Violation::default()).then_some(violation)
    }
}

fn text_of(value: Option<&Value>) -> String {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    text.trim().to_owned()
}

/// A text of the other side on one line, without what a terminal would obey.
pub(super) fn one_line(text: &str) -> String {
    harmless(text).replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: Body) -> Answer {
        Answer {
            status,
            body,
            retry_after: None,
            location: None,
            tries: 1,
        }
    }

    #[test]
    fn violations_are_read_from_both_envelopes_and_each_once() {
        let violation = json!({"path": "metrics[0]", "message": "no", "location": "",
            "parameterLocation": "PAYLOAD_BODY"});
        for body in [
            json!({"error": {"code": 400, "message": "Constraints violated.",
                "constraintViolations": [violation, violation]}}),
            json!({"error": {"code": 400, "message": "Constraints violated.",
                "details": {"constraintViolations": [violation]}}}),
        ] {
            let refusal = Refusal::read(&body).expect("a refusal");
            assert_eq!(refusal.code, Some(400));
            assert_eq!(refusal.violations.len(), 1, "{body}");
            assert_eq!(refusal.violations[0].path, "metrics[0]");
        }
        let scopes = json!({"error": {"code": 403, "message": "no",
            "details": {"missingScopes": ["extensions:definitions:write"]}}});
        let refusal = Refusal::read(&scopes).expect("a refusal");
        assert_eq!(refusal.missing_scopes, ["extensions:definitions:write"]);
    }

    #[test]
    fn what_is_no_error_says_nothing() {
        for body in [
            json!([]),
            json!("x"),
            json!({}),
            json!({"error": []}),
            json!({"error": {"code": "x", "constraintViolations": [1, {}, null]}}),
        ] {
            assert_eq!(Refusal::read(&body), None, "{body}");
        }
    }

    #[test]
    fn a_page_and_a_text_are_told_from_json() {
        for (kind, text, wanted) in [
            (Some("application/json"), "", "Empty"),
            (Some("text/html"), "<html>", "Html"),
            (None, " <!DOCTYPE html>", "Html"),
            (Some("text/html; charset=utf-8"), "Sign in", "Html"),
            (Some("text/plain"), "busy\nmore", "Text(\"busy\")"),
            (Some("text/plain"), "[1]", "Json(Array [Number(1)])"),
        ] {
            assert_eq!(format!("{:?}", Body::read(kind, text)), wanted);
        }
        assert!(!answer(200, Body::Html).is_success());
        assert!(answer(204, Body::Empty).is_success());
    }

    #[test]
    fn what_may_come_later_is_told_from_what_will_not() {
        let message = |text: &str| Body::Json(json!({"error": {"code": 1, "message": text}}));
        assert!(answer(409, Body::Empty).not_yet(false).is_some());
        assert!(answer(409, message("Try again")).not_yet(false).is_some());
        let duplicate = message("Version 1.0.0 already exists");
        assert!(answer(409, duplicate).not_yet(true).is_none());
        assert!(answer(429, Body::Html).not_yet(false).is_some());
        let schema = message("No schema with identifier 'ext:custom:x'");
        assert!(answer(404, schema).not_yet(false).is_some());
        assert!(answer(503, Body::Html).not_yet(true).is_some());
        assert!(answer(503, Body::Html).not_yet(false).is_none());
        assert!(answer(400, message("no")).not_yet(true).is_none());
    }
}
