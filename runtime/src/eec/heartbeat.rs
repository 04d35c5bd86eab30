//! What the EEC answers to a heartbeat.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The answer to `/alive`. Whatever is missing is as if it had not been said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heartbeat {
    /// Which extension configuration is in force.
    pub(super) extension_configuration: String,
    /// Whether everything is to be logged.
    pub(super) debug: bool,
    /// Settings for the process, such as `debuglevel`.
    pub(super) runtime: BTreeMap<String, String>,
    /// What the EEC wants to be done besides.
    pub(super) tasks: Vec<String>,
}

impl Heartbeat {
    /// Reads an answer. The error says what it is instead.
    pub(super) fn parse(body: &str) -> Result<Self, &'static str> {
        let answer = match serde_json::from_str(body) {
            Ok(Value::Object(answer)) => answer,
            Ok(_) => return Err("it is JSON but no object"),
            Err(_) if body.trim().is_empty() => return Err("it is empty"),
            Err(_) => return Err("it is no JSON"),
        };
        let text_of = |name: &str| answer.get(name).map(text).unwrap_or_default();
        Ok(Heartbeat {
            extension_configuration: text_of("extconfig"),
            debug: matches!(text_of("debugmode").as_str(), "1" | "true"),
            runtime: answer
                .get("runtime")
                .and_then(Value::as_object)
                .map(settings)
                .unwrap_or_default(),
            tasks: answer
                .get("tasks")
                .and_then(Value::as_array)
                .map(|tasks| tasks.iter().map(text).collect())
                .unwrap_or_default(),
        })
    }
}

fn settings(object: &Map<String, Value>) -> BTreeMap<String, String> {
    object
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// Numbers and booleans stand for their texts: the EEC writes `"1"` today.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole() {
        let answer = Heartbeat::parse(
            r#"{"extconfig": "b2520a74", "userconfig": "1645918226657", "debugmode": "1",
                "runtime": {"debuglevel.com.example.x": "debug"}, "tasks": ["restart"]}"#,
        );
        assert_eq!(
            answer,
            Ok(Heartbeat {
                extension_configuration: "b2520a74".to_owned(),
                debug: true,
                runtime: [("debuglevel.com.example.x".to_owned(), "debug".to_owned())].into(),
                tasks: vec!["restart".to_owned()],
            })
        );
    }

    #[test]
    fn what_is_missing_or_of_another_type_was_not_said() {
        let answer = Heartbeat::parse(
            r#"{"extconfig": 7, "debugmode": 0, "runtime": null, "tasks": {}, "new": []}"#,
        );
        assert_eq!(
            answer,
            Ok(Heartbeat {
                extension_configuration: "7".to_owned(),
                ..Heartbeat::default()
            })
        );
        assert_eq!(Heartbeat::parse("{}"), Ok(Heartbeat::default()));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        for (text, is) in [
            ("<html>busy</html>", "it is no JSON"),
            ("", "it is empty"),
            ("[]", "it is JSON but no object"),
        ] {
            assert_eq!(Heartbeat::parse(text), Err(is), "{text}");
        }
    }
}
