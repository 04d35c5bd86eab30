//! `{{name}}` in an activation file, replaced by the secret of that name.

use std::collections::BTreeMap;

use serde_json::Value;

/// Replaces every placeholder of a JSON text. Inside a string the secret is
/// written as a string holds it, so that no secret can end the string; outside
/// it stands as it is, for numbers. What a secret itself contains is not
/// replaced again.
///
/// Fails with the name and the line of the first placeholder without a secret.
pub fn replace(text: &str, secrets: &BTreeMap<String, String>) -> Result<String, MissingSecret> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut line = 1;
    let mut in_string = false;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = placeholder(rest) {
            let secret = secrets.get(name).ok_or_else(|| MissingSecret {
                name: name.to_owned(),
                line,
            })?;
            if in_string {
                let quoted = Value::from(secret.as_str()).to_string();
                result.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            } else {
                result.push_str(secret);
            }
            rest = after;
            continue;
        }
        let mut width = c.len_utf8();
        match c {
            '\n' => line += 1,
            '"' => in_string = !in_string,
            // An escape and what it escapes belong together: `\"` ends
            // nothing.
            '\\' if in_string => width += rest[width..].chars().next().map_or(0, char::len_utf8),
            _ => {}
        }
        let (these, after) = rest.split_at(width);
        result.push_str(these);
        rest = after;
    }
    Ok(result)
}

/// The secrets of a file of them, by name. `null`, lists and objects are no
/// secrets that anybody meant.
pub fn secrets(values: impl IntoIterator<Item = (String, Value)>) -> BTreeMap<String, String> {
    let secrets = values.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Number(_) | Value::Bool(_) => Some((name, value.to_string())),
        _ => None,
    });
    secrets.collect()
}

/// A placeholder whose name no secret has.
#[derive(Debug, PartialEq)]
pub struct MissingSecret {
    /// The name between the braces.
    pub name: String,
    /// The line it stands in, counted from 1.
    pub line: usize,
}

fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix("{{")?.split_once("}}")?;
    let name = name.trim();
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    is_name.then_some((name, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn placeholders_become_secrets_in_strings_and_numbers() {
        let text = r#"{"token": "Bearer {{ token }}", "port": {{port}}}"#;
        let replaced = replace(text, &named(&[("token", "abc"), ("port", "8443")]));
        assert_eq!(
            replaced.as_deref(),
            Ok(r#"{"token": "Bearer abc", "port": 8443}"#)
        );
    }

    #[test]
    fn what_is_neither_text_nor_number_is_no_secret() {
        let values = serde_json::json!({"a": "x", "b": 5, "c": null, "d": {"e": "f"}, "g": ["h"]});
        let Value::Object(values) = values else {
            panic!("an object");
        };
        assert_eq!(secrets(values), named(&[("a", "x"), ("b", "5")]));
    }

    #[test]
    fn a_missing_secret_is_named_with_its_line() {
        let error = replace("{\n  \"a\": \"{{nope}}\"\n}", &named(&[]));
        assert_eq!(
            error,
            Err(MissingSecret {
                name: "nope".into(),
                line: 2
            })
        );
    }

    #[test]
    fn objects_of_objects_are_no_placeholders() {
        let text = r#"{"a":{"b":{"c":1}}}"#;
        assert_eq!(replace(text, &named(&[])).as_deref(), Ok(text));
    }

    proptest! {
        #[test]
        fn no_secret_can_leave_its_string(secret in ".*", before in "[^\\\\\"{}\\x00-\\x1f]*") {
            let text = format!(r#"{{"a": "{before}\"{{{{s}}}}", "b": 1}}"#);
            let replaced = replace(&text, &named(&[("s", &secret)])).expect("the secret is there");
            let value: Value = serde_json::from_str(&replaced).expect("still JSON");
            prop_assert_eq!(value, serde_json::json!({"a": format!("{before}\"{secret}"), "b": 1}));
        }
    }
}
