//! What metric keys and dimension keys have in common: sections separated by
//! dots.

use std::fmt;

use crate::limits;

/// Which of the two grammars applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Grammar {
    Metric,
    Dimension,
}

/// Why a metric key or a dimension key is not allowed. Its text is a sentence
/// that tells the author what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyError {
    grammar: Grammar,
    problem: KeyProblem,
    offset: usize,
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyProblem {
    /// There is no character at all.
    Empty,
    /// There are fewer characters than this many.
    TooShort {
        /// How many characters the key has.
        length: usize,
        /// How many it needs.
        limit: usize,
    },
    /// There are more characters than this many.
    TooLong {
        /// How many characters the key has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A dot at either end, or two in a row.
    EmptySection,
    /// The key, or the part after a dot, starts with this character.
    Start(char),
    /// This character occurs.
    Character(char),
}

impl KeyError {
    /// What is wrong.
    pub fn problem(&self) -> KeyProblem {
        self.problem
    }

    /// Where it is wrong: a byte offset into the key, at a character boundary.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl Grammar {
    pub(crate) fn validate(self, key: &str) -> Result<(), KeyError> {
        let error = |problem, offset| KeyError {
            grammar: self,
            problem,
            offset,
        };
        if key.is_empty() {
            return Err(error(KeyProblem::Empty, 0));
        }
        let mut at_start = true;
        for (offset, c) in key.char_indices() {
            if c == '.' {
                if at_start {
                    return Err(error(KeyProblem::EmptySection, offset));
                }
                at_start = true;
            } else if !self.allows(c) {
                return Err(error(KeyProblem::Character(c), offset));
            } else if at_start && !self.allows_at_start(c, offset == 0) {
                return Err(error(KeyProblem::Start(c), offset));
            } else {
                at_start = false;
            }
        }
        if at_start {
            return Err(error(KeyProblem::EmptySection, key.len() - 1));
        }
        // Every character is ASCII by now: bytes are characters.
        let length = key.len();
        let (min, max) = self.length();
        if length < min {
            return Err(error(KeyProblem::TooShort { length, limit: min }, 0));
        }
        if length > max {
            return Err(error(KeyProblem::TooLong { length, limit: max }, max));
        }
        Ok(())
    }

    /// Writes `_` for what is not allowed, one for a run of such characters,
    /// and leaves out empty sections. `None` if nothing remains.
    pub(crate) fn normalize(self, key: &str) -> Option<String> {
        let mut normal = String::with_capacity(key.len());
        for section in key.split('.').filter(|section| !section.is_empty()) {
            let first_section = normal.is_empty();
            if !first_section {
                normal.push('.');
            }
            let mut replaced = false;
            for (offset, c) in section.char_indices() {
                let allowed = if offset == 0 {
                    self.allows_at_start(c, first_section)
                } else {
                    self.allows(c)
                };
                if allowed {
                    normal.push(c);
                } else if !replaced {
                    normal.push('_');
                }
                replaced = !allowed;
            }
        }
        (!normal.is_empty()).then_some(normal)
    }

    fn allows(self, c: char) -> bool {
        match self {
            Grammar::Metric => c.is_ascii_alphanumeric() || matches!(c, '_' | '-'),
            Grammar::Dimension => {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | ':')
            }
        }
    }

    fn allows_at_start(self, c: char, first_section: bool) -> bool {
        match self {
            Grammar::Metric => {
                c.is_ascii_alphabetic() || c == '_' || (!first_section && c.is_ascii_digit())
            }
            Grammar::Dimension => c.is_ascii_lowercase() || c == '_',
        }
    }

    fn length(self) -> (usize, usize) {
        match self {
            Grammar::Metric => (limits::METRIC_KEY_MIN, limits::METRIC_KEY),
            Grammar::Dimension => (1, limits::DIMENSION_KEY),
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Grammar::Metric => "metric key",
            Grammar::Dimension => "dimension key",
        }
    }

    fn alphabet(self) -> &'static str {
        match self {
            Grammar::Metric => "letters a to z in either case, digits, `_`, `-` and `.`",
            Grammar::Dimension => "lower-case letters a to z, digits, `_`, `-`, `:` and `.`",
        }
    }
}

/// `text` up to `limit` UTF-16 code units, which is how the official client
/// counts, and never half a character.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let mut units = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            units += c.len_utf16();
            units > limit
        })
        .map_or(text.len(), |(offset, _)| offset);
    &text[..end]
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = self.grammar.noun();
        match self.problem {
            KeyProblem::Empty => write!(f, "a {noun} cannot be empty"),
            KeyProblem::TooShort { length, limit } => {
                write!(
                    f,
                    "a {noun} has at least {limit} characters, this one {length}"
                )
            }
            KeyProblem::TooLong { length, limit } => {
                write!(
                    f,
                    "a {noun} has at most {limit} characters, this one {length}"
                )
            }
            KeyProblem::EmptySection => write!(
                f,
                "a {noun} cannot start or end with `.` or have two in a row"
            ),
            KeyProblem::Start(c) => {
                let what = if self.offset == 0 {
                    "start"
                } else {
                    "continue after `.`"
                };
                let instead = match (self.grammar, self.offset) {
                    (Grammar::Metric, 0) => "a letter or `_`",
                    (Grammar::Metric, _) => "a letter, a digit or `_`",
                    (Grammar::Dimension, _) => "a lower-case letter or `_`",
                };
                write!(f, "a {noun} cannot {what} with `{c}`, only with {instead}")
            }
            KeyProblem::Character(c) => {
                let alphabet = self.grammar.alphabet();
                write!(
                    f,
                    "a {noun} cannot contain `{}`, only {alphabet}",
                    c.escape_debug()
                )
            }
        }
    }
}

impl std::error::Error for KeyError {}
