//! The name of a new extension, and what follows from it.

use heck::{ToTitleCase as _, ToUpperCamelCase as _};

use crate::build;
use crate::failure::Failure;

/// What the platform asks extensions that are not Dynatrace's to begin with.
const PREFIX: &str = "custom:";

/// Most characters of the name of an extension, the prefix among them.
const MAX: usize = 50;

/// Names that cargo would not take, or confuse with what a project depends on.
const TAKEN: [&str; 60] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "extyped",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "serde",
    "serde_json",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "tokio",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// Types that the template uses itself.
const TYPES: [&str; 16] = [
    "Config",
    "Cumulative",
    "Cycle",
    "Deserialize",
    "Duration",
    "Eec",
    "Endpoint",
    "Endpoints",
    "Extension",
    "Metrics",
    "Node",
    "NodeDimensions",
    "NodeHealth",
    "Status",
    "StatusCode",
    "Url",
];

/// The name of an extension, `load-balancer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    /// Takes a name that all who will use it take: cargo, Python, the platform.
    pub(super) fn parse(text: &str) -> Result<Name, Failure> {
        let refuse = |why: &str| Failure::new(format!("`{text}` cannot be the name: {why}"));
        let is_word = |word: &str| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts || !text.split(['-', '_']).all(is_word) {
            return Err(refuse("cargo, Python and Dynatrace have to take it").help(
                "lower-case letters and digits, in words with `-` between: `load-balancer`",
            ));
        }
        if PREFIX.len() + text.len() > MAX {
            let most = MAX - PREFIX.len();
            return Err(refuse(&format!("it has more than {most} characters")));
        }
        let name = Name(text.to_owned());
        if TAKEN.contains(&&*name.module()) {
            return Err(refuse("to cargo it means something else"));
        }
        match build::module::fault(&name.module()) {
            Some(why) => Err(refuse(&format!("the module `{}` {why}", name.module()))),
            None => Ok(name),
        }
    }

    /// As cargo knows it.
    pub(super) fn package(&self) -> &str {
        &self.0
    }

    /// As the platform knows it.
    pub(super) fn extension(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    /// As Python knows it, and as the keys of metrics begin.
    pub(super) fn module(&self) -> String {
        self.0.replace('-', "_")
    }

    /// As people know it.
    pub(super) fn title(&self) -> String {
        self.0.to_title_case()
    }

    /// As the program knows it.
    pub(super) fn type_name(&self) -> String {
        let name = self.0.to_upper_camel_case();
        if TYPES.contains(&&*name) {
            return format!("{name}Extension");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_gets_the_name_they_can_read() {
        for (text, extension, module, title, type_name) in [
            ("x", "custom:x", "x", "X", "X"),
            (
                "load-balancer",
                "custom:load-balancer",
                "load_balancer",
                "Load Balancer",
                "LoadBalancer",
            ),
            ("f5_ltm2", "custom:f5_ltm2", "f5_ltm2", "F5 Ltm2", "F5Ltm2"),
            ("node", "custom:node", "node", "Node", "NodeExtension"),
        ] {
            let name = Name::parse(text).expect(text);
            assert_eq!(name.package(), text);
            assert_eq!(name.extension(), extension);
            assert_eq!(name.module(), module);
            assert_eq!(name.title(), title);
            assert_eq!(name.type_name(), type_name);
        }
    }

    #[test]
    fn a_name_that_somebody_could_not_read_is_refused() {
        let long = "a".repeat(44);
        for (text, said) in [
            ("", "have to take it"),
            ("Load", "have to take it"),
            ("1up", "have to take it"),
            ("a--b", "have to take it"),
            ("a.b", "have to take it"),
            ("-a", "have to take it"),
            ("übung", "have to take it"),
            (&*long, "more than 43 characters"),
            ("match", "means something else"),
            ("serde-json", "means something else"),
            ("statistics", "is one of Python itself"),
            ("lambda", "is a keyword of Python"),
        ] {
            let refused = Name::parse(text).expect_err(text).to_string();
            assert!(refused.contains(said), "{text}: {refused}");
        }
        assert!(Name::parse(&long[1..]).is_ok());
    }
}
