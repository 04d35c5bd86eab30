//! Where a new project gets the crate `extyped` from.

use std::path::Path;

/// The source of a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dependency {
    /// The registry of crates, at this command's own version.
    Registry,
    /// The checkout that this command was built from.
    Checkout(String),
}

impl Dependency {
    /// The crate that belongs to this command. Where it was built from a
    /// checkout that is still there, the version may never have been published.
    pub(super) fn of_this_command() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let runtime = own.ancestors().nth(2).map(|root| root.join("runtime"));
        match runtime {
            Some(runtime) if runtime.join("Cargo.toml").is_file() => {
                Dependency::Checkout(runtime.display().to_string())
            }
            _ => Dependency::Registry,
        }
    }

    /// How Cargo.toml says it.
    pub(super) fn toml(&self) -> String {
        match self {
            Dependency::Registry => format!("version = \"{}\"", env!("CARGO_PKG_VERSION")),
            // A string of JSON is one of TOML, too.
            Dependency::Checkout(path) => {
                format!("path = {}", serde_json::Value::from(path.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sources_are_said_as_cargo_reads_them() {
        assert_eq!(Dependency::Registry.toml(), "version = \"0.1.0\"");
        let checkout = Dependency::Checkout(r"C:\extyped\runtime".to_owned());
        assert_eq!(checkout.toml(), r#"path = "C:\\extyped\\runtime""#);
    }
}
