//! Heartbeats.

use serde_json::Value;

use super::{Problem, kind};
use crate::Heartbeat;

const STATUS_NAMES: [&str; 10] = Heartbeat::STATUS_NAMES;

/// Status and message of a heartbeat, and what is wrong with it.
pub(crate) fn check_alive(body: &Value) -> (String, String, Vec<Problem>) {
    let subject = body.to_string();
    let problem = |reason: String| Problem::new(crate::reported::excerpt(&subject), reason);
    let Some(fields) = body.as_object() else {
        let reason = format!("a heartbeat is an object, not {}", kind(body));
        return (String::new(), String::new(), vec![problem(reason)]);
    };
    let mut problems = Vec::new();
    let mut text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => {
            problems.push(problem(format!("`{name}` is {}, not a text", kind(other))));
            String::new()
        }
        None => {
            problems.push(problem(format!("a heartbeat needs `{name}`")));
            String::new()
        }
    };
    let (status, message) = (text("status"), text("message"));
    if !STATUS_NAMES.contains(&status.as_str()) {
        problems.push(problem(format!(
            "`{status}` is no status: it is empty or one of {}",
            STATUS_NAMES.get(1..).unwrap_or_default().join(", ")
        )));
    }
    for (name, value) in fields {
        match name.as_str() {
            "status" | "message" => {}
            "timestamp" if value.is_i64() => {}
            "timestamp" => problems.push(problem(
                "`timestamp` is a whole number of milliseconds since 1970".to_owned(),
            )),
            other => problems.push(problem(format!("a heartbeat has no `{other}`"))),
        }
    }
    (status, message, problems)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_heartbeat_is_read() {
        for status in STATUS_NAMES {
            let body = json!({"status": status, "message": "m", "timestamp": 1});
            assert_eq!(
                check_alive(&body),
                (status.to_owned(), "m".to_owned(), Vec::new())
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (body, part) in [
            (json!([]), "a heartbeat is an object, not an array"),
            (json!({"message": ""}), "needs `status`"),
            (json!({"status": "OK"}), "needs `message`"),
            (
                json!({"status": "FINE", "message": ""}),
                "`FINE` is no status",
            ),
            (json!({"status": "ok", "message": ""}), "`ok` is no status"),
            (
                json!({"status": "OK", "message": null}),
                "`message` is null",
            ),
            (
                json!({"status": "OK", "message": "", "timestamp": "1"}),
                "whole number",
            ),
            (
                json!({"status": "OK", "message": "", "state": 1}),
                "no `state`",
            ),
        ] {
            let (_, _, problems) = check_alive(&body);
            assert_eq!(problems.len(), 1, "{body}: {problems:?}");
            assert!(problems[0].reason.contains(part), "{body}: {problems:?}");
        }
    }
}
