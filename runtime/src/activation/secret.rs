//! A secret of a configuration.

use std::fmt;
use std::ops::Deref;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use super::setting;

/// What stands where a secret would be shown.
const MASK: &str = "********";

/// A secret that an operator has filled in: a password, a token.
///
/// Nothing shows it by accident: `Debug`, `Display` and serialization give
/// `********`, and its memory is cleared when it is dropped. It goes wherever a
/// [`SecretString`] does.
///
/// ```
/// use extyped::{ExposeSecret, HttpRequest, Secret};
///
/// let token = Secret::from("hunter2");
/// assert_eq!(format!("{token} {token:?}"), "******** Secret(********)");
/// assert_eq!(token.expose_secret(), "hunter2");
///
/// fn authorize(request: HttpRequest, token: &Secret) -> HttpRequest {
///     request.bearer(token)
/// }
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The identifier in the credential vault, where the operator chose a
    /// credential and nothing has put its secret in the place of it:
    /// `CREDENTIALS_VAULT-…`. A literal has none.
    pub fn vault_id(&self) -> Option<&str> {
        Some(self.0.expose_secret()).filter(|text| setting::is_vault_id(text))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(SecretString::from(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Secret(SecretString::from(text))
    }
}

impl From<Secret> for SecretString {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

impl Deref for Secret {
    type Target = SecretString;

    fn deref(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({MASK})")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_it() {
        let secret = Secret::from("hunter22");
        let json = serde_json::to_string(&secret).expect("JSON");
        for shown in [format!("{secret}"), format!("{secret:?}"), json] {
            assert!(!shown.contains("hunter22"), "{shown}");
        }
    }

    #[test]
    fn a_reference_to_the_vault_is_told_from_a_literal() {
        let id = "CREDENTIALS_VAULT-0123456789ABCDEF";
        assert_eq!(Secret::from(id).vault_id(), Some(id));
        assert_eq!(Secret::from("hunter22").vault_id(), None);
    }
}
