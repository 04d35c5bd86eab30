//! Dynatrace events and log events.

use serde_json::{Map, Value};

use super::{Problem, kind};
use crate::reported::excerpt;

const EVENT_TYPES: [&str; 10] = [
    "AVAILABILITY_EVENT",
    "CUSTOM_INFO",
    "CUSTOM_ALERT",
    "CUSTOM_ANNOTATION",
    "CUSTOM_CONFIGURATION",
    "CUSTOM_DEPLOYMENT",
    "ERROR_EVENT",
    "MARKED_FOR_TERMINATION",
    "PERFORMANCE_EVENT",
    "RESOURCE_CONTENTION_EVENT",
];

/// Most log events of one request.
const LOG_EVENTS: usize = 50_000;

/// What is wrong with a Dynatrace event.
pub(crate) fn check_event(event: &Value) -> Vec<Problem> {
    let Some(fields) = event.as_object() else {
        let reason = format!("an event is an object, not {}", kind(event));
        return vec![Problem::new(excerpt(&event.to_string()), reason)];
    };
    let title = fields.get("title").and_then(Value::as_str);
    let subject = title.map_or_else(|| excerpt(&event.to_string()), excerpt);
    let mut reasons = Vec::new();
    for name in ["eventType", "title"] {
        if !fields.contains_key(name) {
            reasons.push(format!("an event needs `{name}`"));
        }
    }
    for (name, value) in fields {
        reasons.extend(field_of_event(name, value));
    }
    if let (Some(start), Some(end)) = (millis(fields, "startTime"), millis(fields, "endTime"))
        && end < start
    {
        reasons.push("`endTime` is before `startTime`".to_owned());
    }
    reasons
        .into_iter()
        .map(|reason| Problem::new(subject.clone(), reason))
        .collect()
}

fn millis(fields: &Map<String, Value>, name: &str) -> Option<i64> {
    fields.get(name).and_then(Value::as_i64)
}

fn field_of_event(name: &str, value: &Value) -> Option<String> {
    let must_be = |what: &str| Some(format!("`{name}` is {}, not {what}", kind(value)));
    match (name, value) {
        ("eventType", Value::String(text)) if EVENT_TYPES.contains(&text.as_str()) => None,
        ("eventType", Value::String(text)) => Some(format!(
            "`{text}` is no event type: it is one of {}",
            EVENT_TYPES.join(", ")
        )),
        ("title", Value::String(text)) if text.is_empty() => Some("`title` is empty".to_owned()),
        ("title" | "entitySelector", Value::String(_)) => None,
        ("eventType" | "title" | "entitySelector", _) => must_be("a text"),
        ("startTime" | "endTime", _) if value.is_i64() => None,
        ("startTime" | "endTime", _) => must_be("a whole number of milliseconds since 1970"),
        ("timeout", _) if value.is_u64() => None,
        ("timeout", _) => must_be("a whole number of minutes"),
        ("properties", Value::Object(properties)) => properties
            .iter()
            .find(|(_, value)| !value.is_string())
            .map(|(key, value)| {
                format!(
                    "the property `{key}` is {}, and properties are texts",
                    kind(value)
                )
            }),
        ("properties", _) => must_be("an object of texts"),
        _ => Some(format!("an event has no `{name}`")),
    }
}

/// What is wrong with an array of log events.
pub(crate) fn check_logs(events: &Value) -> Vec<Problem> {
    let Some(events) = events.as_array() else {
        let reason = format!("log events come in an array, not in {}", kind(events));
        return vec![Problem::new(excerpt(&events.to_string()), reason)];
    };
    if events.len() > LOG_EVENTS {
        let reason = format!(
            "{} log events in one request, and the EEC takes {LOG_EVENTS}",
            events.len()
        );
        return vec![Problem::new("", reason)];
    }
    events
        .iter()
        .filter_map(|event| {
            let reason = match event.as_object() {
                Some(fields) if fields.is_empty() => "a log event without any attribute".to_owned(),
                Some(_) => return None,
                None => format!("a log event is an object, not {}", kind(event)),
            };
            Some(Problem::new(excerpt(&event.to_string()), reason))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_full_event_of_every_type_is_sound() {
        for event_type in EVENT_TYPES {
            let event = json!({
                "eventType": event_type, "title": "t", "startTime": 1, "endTime": 2, "timeout": 5,
                "entitySelector": "type(host)", "properties": {"a": "b"},
            });
            assert_eq!(check_event(&event), [], "{event_type}");
        }
        assert_eq!(
            check_event(&json!({"eventType": "CUSTOM_INFO", "title": "t"})),
            []
        );
    }

    #[test]
    fn every_fault_of_an_event_is_told() {
        let cases = [
            (json!("x"), "an event is an object, not a text"),
            (json!({"title": "t"}), "needs `eventType`"),
            (json!({"eventType": "CUSTOM_INFO"}), "needs `title`"),
            (
                json!({"eventType": "INFO", "title": "t"}),
                "`INFO` is no event type",
            ),
            (
                json!({"eventType": 1, "title": "t"}),
                "`eventType` is a number, not a text",
            ),
            (
                json!({"eventType": "CUSTOM_INFO", "title": ""}),
                "`title` is empty",
            ),
            (
                json!({"eventType": "CUSTOM_INFO", "title": "t", "startTime": 1.5}),
                "not a whole number of milliseconds",
            ),
            (
                json!({"eventType": "CUSTOM_INFO", "title": "t", "startTime": 2, "endTime": 1}),
                "before `startTime`",
            ),
            (
                json!({"eventType": "CUSTOM_INFO", "title": "t", "timeout": -1}),
                "whole number of minutes",
            ),
            (
                json!({"eventType": "CUSTOM_INFO", "title": "t", "properties": {"n": 1}}),
                "the property `n` is a number",
            ),
            (
                json!({"eventType": "CUSTOM_INFO", "title": "t", "severity": "high"}),
                "an event has no `severity`",
            ),
        ];
        for (event, part) in cases {
            let problems = check_event(&event);
            assert_eq!(problems.len(), 1, "{event}: {problems:?}");
            assert!(problems[0].reason.contains(part), "{event}: {problems:?}");
        }
    }

    #[test]
    fn log_events_are_objects_in_an_array() {
        assert_eq!(
            check_logs(&json!([{"content": "a"}, {"n": [1, {"b": 2}]}])),
            []
        );
        for (events, part) in [
            (json!({"content": "a"}), "in an array, not in an object"),
            (json!([{"content": "a"}, "b"]), "an object, not a text"),
            (json!([{}]), "without any attribute"),
        ] {
            let problems = check_logs(&events);
            assert_eq!(problems.len(), 1, "{events}");
            assert!(problems[0].reason.contains(part), "{problems:?}");
        }
    }
}
