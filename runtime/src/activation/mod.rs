//! The monitoring configuration of one process.

mod configuration;
mod decode;
mod document;
mod raw;
mod secret;
mod setting;
mod typed;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use extyped_activation::{Violation, placeholder};
use serde_json::Value;

pub use self::configuration::Configuration;
pub use self::document::{Document, Read};
pub use self::raw::RawActivation;
pub use self::secret::Secret;
pub use self::setting::Setting;
pub use self::typed::{FromActivation, Mismatch, choice, field, no_choice};

use crate::{Status, StatusCode};

/// An activation: the configuration an extension runs with, and the feature
/// sets that are on.
///
/// ```
/// use extyped::Activation;
///
/// #[derive(serde::Deserialize)]
/// struct Config { hosts: Vec<String> }
///
/// let activation: Activation<Config> = Activation::from_json(
///     r#"{"featureSets": ["Advanced"], "pythonRemote": {"hosts": ["10.0.0.1"]}}"#,
/// )?;
/// assert_eq!(activation.config().hosts.len(), 1);
///
/// let error = Activation::<Config>::from_json(
///     r#"{"pythonRemote": {"hosts": "10.0.0.1"}}"#,
/// ).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the activation, line 1 column 37, pythonRemote.hosts: a text where a list is expected: \
///      correct it in the monitoring configuration",
/// );
/// # Ok::<(), extyped::ActivationError>(())
/// ```
pub struct Activation<C> {
    pub(crate) config: C,
    /// `None` if the activation does not speak of them.
    pub(crate) feature_sets: Option<Vec<String>>,
    pub(crate) secrets: Vec<String>,
    pub(crate) unknown: BTreeMap<String, Value>,
}

/// Why there is no activation: what is wrong, where, and what to do. It never
/// quotes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivationError {
    text: String,
    violations: Vec<Violation>,
}

impl<C> Activation<C> {
    /// An activation with this configuration, which does not speak of feature
    /// sets: all are on.
    pub fn new(config: C) -> Self {
        Activation {
            config,
            feature_sets: None,
            secrets: Vec::new(),
            unknown: BTreeMap::new(),
        }
    }

    /// Turns on these feature sets, and `default`, and no others.
    #[must_use]
    pub fn with_feature_sets<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        self.feature_sets = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Names secrets that must appear in nothing the process says, besides
    /// those that are found in the JSON by the names of their fields.
    #[must_use]
    pub fn with_secrets<S: Into<String>>(mut self, secrets: impl IntoIterator<Item = S>) -> Self {
        self.secrets.extend(secrets.into_iter().map(Into::into));
        self
    }

    /// The configuration.
    pub fn config(&self) -> &C {
        &self.config
    }

    /// The feature sets that are on besides `default`; `None` if the
    /// activation does not speak of them, which means all.
    pub fn feature_sets(&self) -> Option<&[String]> {
        self.feature_sets.as_deref()
    }

    /// What the activation has and the activation schema does not, by path:
    /// fields of an older or newer version of the extension. They are told once
    /// and harm nothing. Empty for a configuration of your own type.
    pub fn unknown_fields(&self) -> &BTreeMap<String, Value> {
        &self.unknown
    }
}

impl<C: Configuration> Activation<C> {
    /// Reads an activation from its JSON: `pythonRemote` or `pythonLocal`
    /// holds the configuration, `featureSets` names what is on.
    pub fn from_json(text: &str) -> Result<Self, ActivationError> {
        decode("the activation", text)
    }

    /// Reads an activation file as a developer keeps it, with `{{name}}` where
    /// a secret belongs, and the secrets from a file that holds an object of
    /// them.
    pub fn from_files(
        activation: impl AsRef<Path>,
        secrets: Option<&Path>,
    ) -> Result<Self, ActivationError> {
        let path = activation.as_ref();
        let secrets_path = secrets;
        let secrets = secrets_path.map_or_else(|| Ok(BTreeMap::new()), read_secrets)?;
        let text = read(
            path,
            "write one, {\"pythonRemote\": {…}} with the configuration of the extension between \
             the inner braces, or name another with --activationconfig",
        )?;
        let shown = path.display().to_string();
        let text = placeholder::replace(&text, &secrets).map_err(|missing| {
            ActivationError::new(format!(
                "{shown}, line {}: there is no secret `{}` for the placeholder: {}",
                missing.line,
                missing.name,
                missing_secret(&missing.name, secrets_path, &secrets)
            ))
        })?;
        let mut decoded: Self = decode(&shown, &text)?;
        decoded.secrets.extend(secrets.into_values());
        Ok(decoded)
    }
}

impl ActivationError {
    fn new(text: String) -> Self {
        ActivationError {
            text,
            violations: Vec::new(),
        }
    }

    /// The status of an extension that cannot read its configuration.
    pub fn status(&self) -> Status {
        Status::new(StatusCode::InvalidConfigError, self.text.clone())
    }

    /// What the activation schema does not allow, one by one; empty where the
    /// problem is another.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

fn decode<C: Configuration>(source: &str, text: &str) -> Result<Activation<C>, ActivationError> {
    let document = Document::new(source, text)?;
    let Read {
        config,
        feature_sets,
        secrets,
        unknown,
    } = C::read(&document)?;
    Ok(Activation {
        config,
        feature_sets,
        secrets,
        unknown,
    })
}

fn read(path: &Path, otherwise: &str) -> Result<String, ActivationError> {
    std::fs::read_to_string(path).map_err(|error| {
        ActivationError::new(format!(
            "{} cannot be read: {error}: {otherwise}",
            path.display()
        ))
    })
}

fn read_secrets(path: &Path) -> Result<BTreeMap<String, String>, ActivationError> {
    let text = read(path, "write one, or leave --secrets out")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let values: BTreeMap<String, Value> = serde_json::from_str(text).map_err(|_| {
        let problem = decode::explain::<BTreeMap<String, Value>>(text);
        ActivationError::new(format!(
            "{}, line {} column {}: {}: the file holds one object of names and values",
            path.display(),
            problem.line,
            problem.column,
            problem.message
        ))
    })?;
    Ok(placeholder::secrets(values))
}

/// What there is instead of the secret `name`, and what to do. It tells the
/// names in the file and never a value.
fn missing_secret(name: &str, path: Option<&Path>, secrets: &BTreeMap<String, String>) -> String {
    let Some(path) = path else {
        return format!(
            "no secrets file was read: write one that holds an object such as \
             {{\"{name}\": \"…\"}}, and name it with --secrets"
        );
    };
    let path = path.display();
    if secrets.is_empty() {
        return format!("{path} has no secrets: add {{\"{name}\": \"…\"}} to it");
    }
    let names: Vec<String> = secrets.keys().map(|name| format!("`{name}`")).collect();
    format!(
        "{path} has {}, not `{name}`: correct the one or the other",
        names.join(", ")
    )
}

/// The secrets file to read: the one that was named, or the usual one where it
/// exists.
pub(crate) fn secrets_file(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| {
        let usual = PathBuf::from("secrets.json");
        usual.exists().then_some(usual)
    })
}

impl fmt::Display for ActivationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ActivationError {}

// Any value of a configuration may be a secret.
impl<C> fmt::Debug for Activation<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activation")
            .field("feature_sets", &self.feature_sets)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Config {
        token: String,
        port: u16,
    }

    fn files(
        activation: &str,
        secrets: Option<&str>,
    ) -> Result<Activation<Config>, ActivationError> {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let activation_file = dir.path().join("activation.json");
        std::fs::write(&activation_file, activation).expect("writing to it");
        let secrets_file = secrets.map(|text| {
            let file = dir.path().join("secrets.json");
            std::fs::write(&file, text).expect("writing to it");
            file
        });
        Activation::from_files(&activation_file, secrets_file.as_deref())
    }

    #[test]
    fn secrets_take_the_place_of_their_placeholders() {
        let activation = files(
            r#"{"pythonLocal": {"token": "{{token}}", "port": {{port}}}}"#,
            Some(r#"{"token": "a\"b", "port": 8443, "unused": null}"#),
        )
        .expect("everything is there");
        assert_eq!(activation.config.token, "a\"b");
        assert_eq!(activation.config.port, 8443);
        assert_eq!(activation.feature_sets(), None);
        assert!(activation.secrets.contains(&"a\"b".to_owned()));
    }

    #[test]
    fn a_missing_secret_is_named() {
        let error = files(
            "{\"pythonRemote\": \n{\"token\": \"{{api-token}}\", \"port\": 1}}",
            None,
        )
        .expect_err("no secret has this name");
        let text = error.to_string();
        assert!(
            text.contains("line 2: there is no secret `api-token`"),
            "{text}"
        );
        assert!(text.contains("--secrets"), "{text}");
    }

    #[test]
    fn a_wrong_configuration_is_an_invalid_config_with_path_and_line_and_no_value() {
        let error = files(
            "{\"pythonRemote\": {\n\"token\": \"t\",\n\"port\": \"{{secret}}\"}}",
            Some(r#"{"secret": "hunter22"}"#),
        )
        .expect_err("a text is no port");
        let status = error.status();
        assert_eq!(status.code(), StatusCode::InvalidConfigError);
        let text = status.message();
        assert!(text.contains("line 3 column"), "{text}");
        assert!(
            text.contains("pythonRemote.port: a text where a whole number is expected"),
            "{text}"
        );
        assert!(!format!("{text}{error:?}").contains("hunter22"), "{text}");
    }

    #[test]
    fn a_missing_file_says_how_to_name_another() {
        let error = Activation::<Config>::from_files("no/such/activation.json", None)
            .expect_err("there is no such file");
        let text = error.to_string();
        assert!(
            text.starts_with("no/such/activation.json cannot be read: "),
            "{text}"
        );
        assert!(text.ends_with("--activationconfig"), "{text}");
    }

    #[test]
    fn without_a_configuration_the_message_says_where_it_belongs() {
        let error = Activation::<Config>::from_json("{}").expect_err("nothing is there");
        assert!(
            error
                .to_string()
                .contains("neither `pythonRemote` nor `pythonLocal`")
        );
    }

    #[test]
    fn an_extension_without_a_configuration_takes_the_object_that_is_there() {
        for text in [
            r#"{"pythonRemote": {}}"#,
            r#"{"pythonLocal": {"of": ["an", "older", "version"]}}"#,
        ] {
            let activation = Activation::<()>::from_json(text).expect(text);
            assert_eq!(activation.feature_sets(), None);
        }
        let on = r#"{"featureSets": ["A"], "pythonRemote": {}}"#;
        let activation = Activation::<()>::from_json(on).expect("nothing is asked for");
        assert_eq!(activation.feature_sets(), Some(&["A".to_owned()][..]));
        for (text, part) in [
            ("{}", "neither `pythonRemote` nor `pythonLocal`"),
            (r#"{"pythonRemote": 5}"#, "pythonRemote"),
            (r#"{"featureSets": 5, "pythonRemote": {}}"#, "featureSets"),
        ] {
            let error = Activation::<()>::from_json(text).expect_err(text);
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn an_empty_activation_is_called_empty_and_an_example_is_shown() {
        for text in ["", " \n", "\u{feff}"] {
            let error = files(text, None).expect_err("nothing is there").to_string();
            assert!(
                error.contains("activation.json is empty: write at least {\"pythonRemote\": {}}"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_array_is_no_activation() {
        let error = files(" []", None).expect_err("no object").to_string();
        assert!(
            error.contains("an array where the activation object is expected"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_secret_tells_which_ones_the_file_has_and_no_value() {
        let text = r#"{"pythonRemote": {"token": "{{token}}", "port": 1}}"#;
        let error = files(text, Some(r#"{"tokn": "hunter22", "user": "u"}"#))
            .expect_err("the name is misspelt")
            .to_string();
        assert!(
            error.contains("secrets.json has `tokn`, `user`, not `token`"),
            "{error}"
        );
        assert!(!error.contains("hunter22"), "{error}");

        let empty = files(text, Some("{}")).expect_err("no secret").to_string();
        assert!(empty.contains("secrets.json has no secrets"), "{empty}");

        let none = files(text, None).expect_err("no file").to_string();
        assert!(none.contains("no secrets file was read"), "{none}");
    }

    #[test]
    fn debug_shows_no_configuration() {
        let activation = Activation::new("hunter22");
        assert!(!format!("{activation:?}").contains("hunter22"));
    }
}
