//! The JSON of an activation, and how it is held against a schema.

use std::collections::BTreeMap;

use extyped_activation::{Schema, Side, Violation};
use serde_json::Value;

use super::ActivationError;
use super::typed::{FromActivation, Mismatch};
use crate::redact::secrets_of;

/// Most violations that one text tells: a status is read by a person.
const MAX_TOLD: usize = 20;

/// An activation before it is read: its text, and what to call it.
pub struct Document<'t> {
    pub(super) source: &'t str,
    pub(super) text: &'t str,
}

/// An activation that was read.
#[derive(Debug)]
pub struct Read<C> {
    pub(crate) config: C,
    pub(crate) feature_sets: Option<Vec<String>>,
    pub(crate) secrets: Vec<String>,
    pub(crate) unknown: BTreeMap<String, Value>,
}

impl<C> Read<C> {
    /// The same, with another configuration made of this one.
    pub fn map<D>(self, make: impl FnOnce(C) -> D) -> Read<D> {
        Read {
            config: make(self.config),
            feature_sets: self.feature_sets,
            secrets: self.secrets,
            unknown: self.unknown,
        }
    }
}

impl<'t> Document<'t> {
    pub(super) fn new(source: &'t str, text: &'t str) -> Result<Self, ActivationError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_ascii().is_empty() {
            return Err(ActivationError::new(format!(
                "{source} is empty: write at least {{\"pythonRemote\": {{}}}}, with the \
                 configuration of the extension between the inner braces"
            )));
        }
        // serde reads a struct from an array as well, field by field.
        if text.trim_ascii_start().starts_with('[') {
            return Err(ActivationError::new(format!(
                "{source} holds an array where the activation object is expected: write \
                 {{\"pythonRemote\": {{…}}}}"
            )));
        }
        Ok(Document { source, text })
    }

    /// Reads the configuration of the only side that there is a type for.
    pub fn one<C: FromActivation>(
        &self,
        schema: &str,
        side: Side,
    ) -> Result<Read<C>, ActivationError> {
        let fields = self.fields()?;
        if given(&fields, side).is_some() {
            return self.typed(&fields, schema, side);
        }
        let other = match side {
            Side::Remote => Side::Local,
            Side::Local => Side::Remote,
        };
        if given(&fields, other).is_none() {
            return Err(self.neither());
        }
        let has_both = Schema::read(schema).is_ok_and(|schema| schema.form(other).is_some());
        let advice = if has_both {
            "its `Config` in Rust is the type of one side, where `activation::Activation` would \
             take both"
        } else {
            "its manifest activates no other side"
        };
        Err(ActivationError::new(format!(
            "{} holds `{}`, and this extension reads `{}`: {advice}",
            self.source,
            other.field(),
            side.field()
        )))
    }

    /// Reads the configuration of either side, which have the same type.
    pub fn either<C: FromActivation>(&self, schema: &str) -> Result<Read<C>, ActivationError> {
        let fields = self.fields()?;
        match side(&fields) {
            Some(side) => self.typed(&fields, schema, side),
            None => Err(self.neither()),
        }
    }

    /// Which side the activation is for, and with it what to read.
    pub fn side(&self) -> Result<Side, ActivationError> {
        let fields = self.fields()?;
        side(&fields).ok_or_else(|| self.neither())
    }

    fn neither(&self) -> ActivationError {
        neither(self.source)
    }

    /// The activation as an object.
    pub(super) fn fields(&self) -> Result<Value, ActivationError> {
        let Document { source, text } = self;
        let value: Value = serde_json::from_str(text).map_err(|error| {
            ActivationError::new(format!(
                "{source}, line {} column {}: {}: correct it in the monitoring configuration",
                error.line(),
                error.column(),
                super::decode::syntax(&error)
            ))
        })?;
        if value.is_object() {
            return Ok(value);
        }
        Err(ActivationError::new(format!(
            "{source} does not hold an object: write {{\"pythonRemote\": {{…}}}}"
        )))
    }

    fn typed<C: FromActivation>(
        &self,
        fields: &Value,
        schema: &str,
        side: Side,
    ) -> Result<Read<C>, ActivationError> {
        let source = self.source;
        let schema = Schema::read(schema)
            .map_err(|error| ActivationError::new(format!("{source} cannot be read: {error}")))?;
        let configuration = given(fields, side).unwrap_or(&Value::Null);
        let mut checked = schema.check(side, configuration);
        if !checked.violations.is_empty() {
            return Err(self.violated(checked.violations));
        }
        let feature_sets = self.feature_sets(fields)?;
        let mut secrets = checked.secrets;
        // What the schema calls a text may be a token all the same.
        secrets.extend(secrets_of(configuration));
        let config = C::from_activation(&mut checked.value).map_err(|Mismatch(path)| {
            // Types and schema are made of the same text: this is a defect of
            // the generator, and no reason to die of.
            ActivationError::new(format!(
                "{source}, {}{path}: the value is not what the types of the extension expect: \
                 build the extension again with `extyped` of one version",
                side.field()
            ))
        })?;
        Ok(Read {
            config,
            feature_sets,
            secrets,
            unknown: checked.unknown,
        })
    }

    /// The feature sets that are named.
    pub(super) fn feature_sets(
        &self,
        fields: &Value,
    ) -> Result<Option<Vec<String>>, ActivationError> {
        let value = match fields.get("featureSets") {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value,
        };
        let names = value.as_array().and_then(|names| {
            let names = names.iter().map(|name| name.as_str().map(str::to_owned));
            names.collect::<Option<Vec<String>>>()
        });
        names.map(Some).ok_or_else(|| {
            ActivationError::new(format!(
                "{}, featureSets: a list of names is expected: correct it in the monitoring \
                 configuration",
                self.source
            ))
        })
    }

    fn violated(&self, violations: Vec<Violation>) -> ActivationError {
        let told: Vec<String> = violations
            .iter()
            .take(MAX_TOLD)
            .map(ToString::to_string)
            .collect();
        let more = match violations.len().saturating_sub(MAX_TOLD) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let it = if violations.len() == 1 { "it" } else { "them" };
        let text = format!(
            "{}: {}{more}: correct {it} in the monitoring configuration",
            self.source,
            told.join("; ")
        );
        ActivationError { text, violations }
    }
}

/// The error of an activation without a configuration.
pub(super) fn neither(source: &str) -> ActivationError {
    ActivationError::new(format!(
        "{source} holds neither `pythonRemote` nor `pythonLocal`: the configuration of the \
         extension belongs under one of them"
    ))
}

fn side(fields: &Value) -> Option<Side> {
    Side::ALL
        .into_iter()
        .find(|side| given(fields, *side).is_some())
}

/// The configuration of a side, if the activation has it.
fn given(fields: &Value, side: Side) -> Option<&Value> {
    fields.get(side.field()).filter(|value| !value.is_null())
}
