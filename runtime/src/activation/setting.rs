//! An object of the tenant that a configuration refers to.

use serde_json::Value;

/// A reference to an object of the tenant, such as a credential in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Setting(String);

impl Setting {
    /// Reads the identifier. No public source shows another form than a text;
    /// an object is kept as its JSON, so that it is not lost.
    pub(super) fn new(value: Value) -> Option<Self> {
        match value {
            Value::String(id) => Some(Setting(id)),
            Value::Object(_) => Some(Setting(value.to_string())),
            _ => None,
        }
    }

    /// The identifier of the object.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// Whether it refers to a credential in the vault.
    pub fn is_credential(&self) -> bool {
        is_vault_id(&self.0)
    }
}

impl From<&str> for Setting {
    fn from(id: &str) -> Self {
        Setting(id.to_owned())
    }
}

/// The form of identifiers of the credential vault in the API of the tenant.
pub(super) fn is_vault_id(text: &str) -> bool {
    text.strip_prefix("CREDENTIALS_VAULT-")
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_hexdigit()))
}
