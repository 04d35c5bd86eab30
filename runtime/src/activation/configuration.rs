//! What the configuration of an extension can be.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::document::{self, Document, Read};
use super::{ActivationError, decode};
use crate::redact::secrets_of;

/// What an extension reads its monitoring configuration into.
///
/// The types that `extension!` makes of the activation schema are: the module
/// `activation` has `Remote`, `Local` and, where the extension runs on both
/// sides, `Activation`. They hold a configuration against its schema and tell
/// all that is wrong with it at once. So is any type that derives
/// [`serde::Deserialize`], and [`RawActivation`](crate::RawActivation).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an activation",
    label = "is no configuration",
    note = "use a type of the module `activation`, which `extension!` makes of the activation \
            schema, or derive `serde::Deserialize`"
)]
pub trait Configuration: Sized + Send + Sync + 'static {
    /// Reads it.
    #[doc(hidden)]
    fn read(document: &Document<'_>) -> Result<Read<Self>, ActivationError>;
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<C> {
    feature_sets: Option<Vec<String>>,
    python_remote: Option<C>,
    python_local: Option<C>,
}

#[diagnostic::do_not_recommend]
impl<C: DeserializeOwned + Send + Sync + 'static> Configuration for C {
    fn read(document: &Document<'_>) -> Result<Read<C>, ActivationError> {
        let Document { source, text } = document;
        let fields =
            serde_json::from_str(text).or_else(|error| without_configuration(text).ok_or(error));
        let fields: Fields<C> = fields.map_err(|_| {
            let problem = decode::explain::<Fields<C>>(text);
            let path = problem
                .path
                .map(|path| format!(", {path}"))
                .unwrap_or_default();
            ActivationError::new(format!(
                "{source}, line {} column {}{path}: {}: correct it in the monitoring configuration",
                problem.line, problem.column, problem.message
            ))
        })?;
        let secrets = serde_json::from_str::<Value>(text)
            .map(|value| secrets_of(&value))
            .unwrap_or_default();
        Ok(Read {
            config: fields
                .python_remote
                .or(fields.python_local)
                .ok_or_else(|| document::neither(source))?,
            feature_sets: fields.feature_sets,
            secrets,
            unknown: std::collections::BTreeMap::new(),
        })
    }
}

/// The activation of an extension that has nothing to configure, whose type is
/// `()`: the object that is there all the same is no mistake.
fn without_configuration<C: DeserializeOwned>(text: &str) -> Option<Fields<C>> {
    if size_of::<C>() != 0 {
        return None;
    }
    let fields: Fields<Map<String, Value>> = serde_json::from_str(text).ok()?;
    let nothing = |section: Option<_>| match section {
        Some(_) => serde_json::from_str("null").ok().map(Some),
        None => Some(None),
    };
    Some(Fields {
        feature_sets: fields.feature_sets,
        python_remote: nothing(fields.python_remote)?,
        python_local: nothing(fields.python_local)?,
    })
}
