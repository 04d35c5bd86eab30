//! The two small languages of the `topology` section: conditions, which select
//! lines, and patterns, which build ids and names from dimensions.

mod condition;
mod pattern;

pub(crate) use self::condition::Condition;
pub(crate) use self::pattern::{Pattern, Role};

/// Why a text belongs to neither language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What is wrong, to follow the text itself: "has no closing `)`".
    pub(crate) problem: String,
    /// What to do about it.
    pub(crate) help: String,
    /// The text the author most likely means.
    pub(crate) replacement: Option<String>,
}

impl Malformed {
    fn new(problem: impl Into<String>, help: impl Into<String>) -> Self {
        Malformed {
            problem: problem.into(),
            help: help.into(),
            replacement: None,
        }
    }

    fn replacement(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }
}
