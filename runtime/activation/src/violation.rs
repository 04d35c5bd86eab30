//! What is wrong in a configuration.

use std::fmt;

/// A value that the schema does not allow. It names the place and the rule, and
/// never the value: any value of a configuration may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where it is: `pythonRemote.endpoints[0].url`.
    pub path: String,
    /// What the operator sees of the field in the web form.
    pub display_name: Option<String>,
    /// The rule, as the schema calls it: `LENGTH`, `minObjects`; `missing` and
    /// `type` where no constraint was needed to see it.
    pub rule: &'static str,
    /// What is wrong, after the name of the field: `is blank`.
    pub message: String,
}

impl Violation {
    /// What is wrong, without the place: `("Host") is blank`.
    pub fn told(&self) -> String {
        match &self.display_name {
            Some(name) => format!("(\"{name}\") {}", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.told())
    }
}
