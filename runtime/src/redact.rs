//! Secrets that are known to the process are cut out of everything it says.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

/// What stands where a secret stood.
const MASK: &str = "********";

/// Shorter secrets would tear holes into ordinary words.
const MIN_LENGTH: usize = 4;

/// Cuts known secrets out of statuses, events, log events and logs.
///
/// It is the second line of defense. The first is that the runtime's own texts
/// never quote a value; but an author may put a token into an error, and a
/// panic may quote one. Known are the values of `secrets.json`, and whatever
/// the activation holds under a name such as `token` or `password`.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    secrets: Arc<OnceLock<Vec<String>>>,
}

impl Redactor {
    /// Sets the secrets, once: a process serves one configuration.
    pub(crate) fn learn(&self, secrets: impl IntoIterator<Item = String>) {
        let mut known: Vec<String> = secrets
            .into_iter()
            .filter(|secret| secret.len() >= MIN_LENGTH)
            .flat_map(|secret| {
                // As `{:?}` and JSON would write it.
                let debug = secret.escape_debug().to_string();
                let json = Value::from(secret.as_str()).to_string();
                let json = json.trim_matches('"').to_owned();
                [secret, debug, json]
            })
            .collect();
        // Longest first: a secret that contains another goes as a whole.
        known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.dedup();
        let _ = self.secrets.set(known);
    }

    /// The text without secrets; `None` if it holds none.
    pub(crate) fn scrubbed(&self, text: &str) -> Option<String> {
        let known = self.secrets.get()?;
        let mut result: Option<String> = None;
        for secret in known {
            let current = result.as_deref().unwrap_or(text);
            if current.contains(secret.as_str()) {
                result = Some(current.replace(secret.as_str(), MASK));
            }
        }
        result
    }

    /// Replaces the text by the one without secrets.
    pub(crate) fn scrub(&self, text: &mut String) {
        if let Some(scrubbed) = self.scrubbed(text) {
            *text = scrubbed;
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// Every text of a JSON document whose name says that it is secret.
pub(crate) fn secrets_of(document: &Value) -> Vec<String> {
    fn walk(value: &Value, secret: bool, found: &mut Vec<String>) {
        match value {
            Value::String(text) if secret => found.push(text.clone()),
            Value::Array(items) => {
                for item in items {
                    walk(item, secret, found);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    walk(value, secret || is_secret(name), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(document, false, &mut found);
    found
}

fn is_secret(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "credential",
        "apikey",
        "privatekey",
        "authorization",
    ]
    .iter()
    .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knowing(secrets: &[&str]) -> Redactor {
        let redactor = Redactor::default();
        redactor.learn(secrets.iter().map(|&secret| secret.to_owned()));
        redactor
    }

    #[test]
    fn a_known_secret_is_cut_out_however_it_was_quoted() {
        let redactor = knowing(&["hunter\"2\\"]);
        for text in [
            format!("wrong: {}", "hunter\"2\\"),
            format!("wrong: {:?}", "hunter\"2\\"),
            serde_json::json!({"p": "hunter\"2\\"}).to_string(),
        ] {
            let scrubbed = redactor.scrubbed(&text).expect("it holds the secret");
            assert!(!scrubbed.contains("hunter"), "{scrubbed}");
        }
    }

    #[test]
    fn a_secret_within_a_secret_leaves_no_rest() {
        let redactor = knowing(&["abcd", "abcdefgh"]);
        assert_eq!(
            redactor.scrubbed("x abcdefgh y").as_deref(),
            Some("x ******** y")
        );
    }

    #[test]
    fn other_texts_are_left_alone() {
        let redactor = knowing(&["abcd", "ok"]);
        assert_eq!(redactor.scrubbed("all ok"), None);
    }

    #[test]
    fn names_tell_which_values_are_secret() {
        let document = serde_json::json!({
            "endpoints": [{"host": "lb-1", "apiToken": "t0ken", "auth": {"user": "me", "pass_word": "pw"}}],
            "credentials": {"a": ["one", "two"]},
        });
        let mut found = secrets_of(&document);
        found.sort();
        assert_eq!(found, ["one", "pw", "t0ken", "two"]);
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", knowing(&["hunter22"])).contains("hunter22"));
    }
}
