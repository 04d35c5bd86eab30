//! `{{name}}` in an activation file, replaced as development mode of an
//! extension does it.

use std::collections::BTreeMap;

use serde_json::Value;

/// A placeholder whose name no secret has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MissingSecret {
    pub(super) name: String,
    pub(super) line: usize,
}

/// Replaces every placeholder of a JSON text: within a string the secret is
/// written as a string holds it, so that it cannot end the string; outside it
/// stands as it is, for numbers.
pub(super) fn replace(
    text: &str,
    secrets: &BTreeMap<String, String>,
) -> Result<String, MissingSecret> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = placeholder(rest) {
            let secret = secrets.get(name).ok_or_else(|| MissingSecret {
                name: name.to_owned(),
                line: 1 + text[..text.len() - rest.len()].matches('\n').count(),
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
            '"' => in_string = !in_string,
            // `\"` ends nothing.
            '\\' if in_string => {
                width += rest[width..].chars().next().map_or(0, char::len_utf8);
            }
            _ => {}
        }
        let (these, after) = rest.split_at(width);
        result.push_str(these);
        rest = after;
    }
    Ok(result)
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
    use super::*;

    fn secrets() -> BTreeMap<String, String> {
        [("token", "a\"b"), ("port", "8443")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    #[test]
    fn placeholders_become_secrets_in_strings_and_numbers() {
        let text = r#"{"q\"": "Bearer {{ token }}", "port": {{port}}, "a":{"b":{"c":1}}}"#;
        assert_eq!(
            replace(text, &secrets()).as_deref(),
            Ok(r#"{"q\"": "Bearer a\"b", "port": 8443, "a":{"b":{"c":1}}}"#)
        );
    }

    #[test]
    fn a_missing_secret_is_named_with_its_line() {
        assert_eq!(
            replace("{\n  \"a\": \"{{nope}}\"\n}", &secrets()),
            Err(MissingSecret {
                name: "nope".to_owned(),
                line: 2
            })
        );
    }
}
