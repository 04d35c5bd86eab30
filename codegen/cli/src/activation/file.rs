//! An activation file as development mode reads it, with `{{name}}` where a
//! secret belongs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use extyped_activation::placeholder;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// An activation. It may hold secrets: neither it nor parts of it are shown.
pub(crate) struct ActivationFile {
    /// What to call it.
    pub(crate) shown: String,
    /// As it is written, with its placeholders.
    pub(crate) written: String,
    /// With the secrets in it.
    pub(crate) fields: Map<String, Value>,
    /// What it was read from.
    #[cfg_attr(
        not(feature = "simulate"),
        allow(dead_code, reason = "a record of a run must not be written over them")
    )]
    pub(crate) files: Vec<PathBuf>,
}

/// A file with its placeholders, and without them.
pub(crate) struct Filled {
    /// What to call it.
    pub(crate) shown: String,
    /// As it is written, with its placeholders.
    pub(crate) written: String,
    /// With the secrets in it.
    pub(crate) text: String,
    /// The secrets by name.
    #[cfg_attr(
        not(feature = "package"),
        allow(dead_code, reason = "answers of a tenant must not show them")
    )]
    pub(crate) secrets: BTreeMap<String, String>,
    /// What it was read from.
    pub(crate) files: Vec<PathBuf>,
}

/// Reads the activation: the named file, or the usual one in this folder.
pub(crate) fn read(
    activation: Option<&Path>,
    secrets: Option<&Path>,
) -> Result<ActivationFile, Failure> {
    let path = match activation {
        Some(path) => path.to_owned(),
        None => usual("activation.json").ok_or_else(|| {
            Failure::new("there is no activation.json here").help(
                "`extyped activation --sample` writes one from the activation schema; or name \
                 another file with --activation",
            )
        })?,
    };
    let filled = fill(&path, secrets)?;
    Ok(ActivationFile {
        fields: fields(&filled.shown, &filled.text)?,
        shown: filled.shown,
        written: filled.written,
        files: filled.files,
    })
}

/// Reads a file and puts the secrets into it: those of the named file, or of
/// the usual one in this folder.
pub(crate) fn fill(path: &Path, secrets: Option<&Path>) -> Result<Filled, Failure> {
    let named = secrets.map(Path::to_owned);
    let secrets_path = named.or_else(|| usual("secrets.json"));
    let secrets = match &secrets_path {
        Some(path) => read_secrets(path)?,
        None => BTreeMap::new(),
    };
    let shown = path.display().to_string();
    let written = read_file(path)?;
    let text = placeholder::replace(&written, &secrets).map_err(|missing| {
        Failure::new(format!(
            "{shown}, line {}: there is no secret `{}`",
            missing.line, missing.name
        ))
        .help(missing_secret(
            &missing.name,
            secrets_path.as_deref(),
            &secrets,
        ))
    })?;
    Ok(Filled {
        shown,
        written,
        text,
        secrets,
        files: std::iter::once(path.to_owned())
            .chain(secrets_path)
            .collect(),
    })
}

/// The object that an activation is.
pub(crate) fn fields(file: &str, text: &str) -> Result<Map<String, Value>, Failure> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Failure::new(format!("{file} is no JSON: {error}")))?;
    let Value::Object(fields) = value else {
        return Err(Failure::new(format!("{file} does not hold one object"))
            .help("write {\"pythonRemote\": {…}}, as the extension reads it in development"));
    };
    Ok(fields)
}

fn usual(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(name);
    path.exists().then_some(path)
}

fn read_file(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|cause| Failure::new(format!("{} cannot be read", path.display())).cause(cause))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

fn read_secrets(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    // What serde says quotes no value of a text that is no JSON at all; of one
    // that is no object it is not asked.
    let value: Value = serde_json::from_str(&read_file(path)?)
        .map_err(|error| Failure::new(format!("{} is no JSON: {error}", path.display())))?;
    let Value::Object(values) = value else {
        return Err(Failure::new(format!(
            "{} holds no object of names and values",
            path.display()
        ))
        .help("write {\"name\": \"secret\"}"));
    };
    Ok(placeholder::secrets(values))
}

/// What there is instead of the secret. Names only: a value is never told.
fn missing_secret(name: &str, path: Option<&Path>, secrets: &BTreeMap<String, String>) -> String {
    let Some(path) = path else {
        return format!(
            "write secrets.json, an object such as {{\"{name}\": \"…\"}}, or name another file \
             with --secrets"
        );
    };
    let names: Vec<String> = secrets.keys().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        return format!("{} has none at all", path.display());
    }
    format!("{} has {}", path.display(), names.join(", "))
}
