//! The configuration of an extension without an activation schema.

use extyped_activation::Side;
use serde_json::{Map, Value};

use super::{ActivationError, Configuration, Document, Read};
use crate::redact::secrets_of;

/// An activation whose configuration has no schema, so that nothing is known of
/// its fields: they are JSON.
///
/// ```
/// use extyped::{Activation, RawActivation};
///
/// let activation: Activation<RawActivation> =
///     Activation::from_json(r#"{"pythonRemote": {"host": "lb-1"}}"#)?;
/// let config = activation.config();
/// assert_eq!(config.remote().and_then(|it| it["host"].as_str()), Some("lb-1"));
/// assert_eq!(config.local(), None);
/// # Ok::<(), extyped::ActivationError>(())
/// ```
#[derive(Clone, Default)]
pub struct RawActivation {
    fields: Map<String, Value>,
}

impl RawActivation {
    /// The configuration for an `ActiveGate`, `pythonRemote`.
    pub fn remote(&self) -> Option<&Value> {
        self.side(Side::Remote)
    }

    /// The configuration for a `OneAgent`, `pythonLocal`.
    pub fn local(&self) -> Option<&Value> {
        self.side(Side::Local)
    }

    fn side(&self, side: Side) -> Option<&Value> {
        self.field(side.field()).filter(|value| !value.is_null())
    }

    /// A field of the activation: `version`, `description`.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }
}

impl Configuration for RawActivation {
    fn read(document: &Document<'_>) -> Result<Read<Self>, ActivationError> {
        let value = document.fields()?;
        let feature_sets = document.feature_sets(&value)?;
        let secrets = secrets_of(&value);
        let fields = match value {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        Ok(Read {
            config: RawActivation { fields },
            feature_sets,
            secrets,
            unknown: std::collections::BTreeMap::new(),
        })
    }
}

// Any of it may be a secret.
impl std::fmt::Debug for RawActivation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawActivation").finish_non_exhaustive()
    }
}
