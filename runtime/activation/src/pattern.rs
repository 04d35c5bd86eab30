//! Regular expressions as schemas write them: those of Java, which look ahead
//! and back.

use std::fmt;

use fancy_regex::{Regex, RegexBuilder};

/// Steps that one match may take. A pattern that needs more is one that grows
/// with every letter, on purpose or not; no configuration waits for it.
const MAX_STEPS: usize = 100_000;

/// A pattern, compiled if it is one that is understood.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    regex: Option<Regex>,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        let regex = RegexBuilder::new(text).backtrack_limit(MAX_STEPS).build();
        Pattern {
            text: text.to_owned(),
            regex: regex.ok(),
        }
    }

    /// As the schema writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern is understood. Nothing is refused by one that is
    /// not: the tenant has accepted the value.
    pub fn is_understood(&self) -> bool {
        self.regex.is_some()
    }

    /// Whether it is found in a text. A search that takes too long has found
    /// it.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex
            .as_ref()
            .is_none_or(|regex| regex.is_match(text).unwrap_or(true))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
