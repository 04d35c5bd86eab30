//! Conditions and value patterns: `$eq(v)`, `$prefix(v)`, `$exists()`.

use std::fmt;

use super::Malformed;
use crate::suggest;

/// A condition on a metric key or on the value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// `$eq(v)`: exactly this text.
    Equals(String),
    /// `$prefix(v)`: a text that starts with this one.
    Prefix(String),
    /// `$exists()`: any text.
    Exists,
}

/// Every function the language has; there is no way to combine them.
const FUNCTIONS: [&str; 3] = ["eq", "prefix", "exists"];

/// Functions of the `filter` of declarative data sources. They look at home
/// here, and the platform refuses them.
const FILTER_FUNCTIONS: [&str; 6] = ["contains", "suffix", "and", "or", "not", "any"];

impl Condition {
    /// Reads a condition. The grammar has one function and nothing around it;
    /// in its argument `~` takes the special meaning from `(`, `)` and `~`.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let trimmed = text.trim();
        if trimmed != text {
            return Err(
                Malformed::new("has spaces around it", "remove the spaces").replacement(trimmed)
            );
        }
        let Some(call) = text.strip_prefix('$') else {
            return Err(without_dollar(text));
        };
        let Some((name, rest)) = call.split_once('(') else {
            return Err(Malformed::new(
                "has no `(`",
                "write `$eq(value)`, `$prefix(value)` or `$exists()`",
            ));
        };
        let Some(argument) = rest.strip_suffix(')').filter(|inner| !ends_escaped(inner)) else {
            return Err(
                Malformed::new("has no closing `)`", "end the condition with `)`")
                    .replacement(format!("{text})")),
            );
        };
        match (name, argument) {
            ("exists", "") => Ok(Condition::Exists),
            ("exists", _) => Err(Malformed::new(
                "gives `$exists` a value",
                "`$exists()` takes none; to compare, use `$eq(value)` or `$prefix(value)`",
            )),
            ("eq" | "prefix", "") => Err(Malformed::new(
                format!("gives `${name}` no value"),
                "name the value between the parentheses",
            )),
            ("eq", _) => Ok(Condition::Equals(unescape(argument))),
            ("prefix", _) => Ok(Condition::Prefix(unescape(argument))),
            _ => Err(unknown_function(name, rest)),
        }
    }

    /// Whether `text` meets the condition.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Condition::Equals(value) => text == value,
            Condition::Prefix(value) => text.starts_with(value.as_str()),
            Condition::Exists => true,
        }
    }

    /// How much of a text the condition fixes: of two conditions that match
    /// the same text, the one that fixes more is the more specific. An exact
    /// match counts for one more than a prefix of the same length.
    pub(crate) fn specificity(&self) -> usize {
        match self {
            Condition::Equals(value) => value.len() + 1,
            Condition::Prefix(value) => value.len(),
            Condition::Exists => 0,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Equals(value) => write!(f, "$eq({})", escape(value)),
            Condition::Prefix(value) => write!(f, "$prefix({})", escape(value)),
            Condition::Exists => f.write_str("$exists()"),
        }
    }
}

fn without_dollar(text: &str) -> Malformed {
    let problem = "does not start with `$`";
    let is_call = FUNCTIONS.iter().any(|name| {
        text.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('(') && rest.ends_with(')'))
    });
    if is_call {
        Malformed::new(problem, "put a `$` before it").replacement(format!("${text}"))
    } else {
        Malformed::new(
            problem,
            "write `$eq(value)`, `$prefix(value)` or `$exists()`",
        )
    }
}

fn unknown_function(name: &str, rest: &str) -> Malformed {
    if FILTER_FUNCTIONS.contains(&name) {
        return Malformed::new(
            format!("uses `${name}`, which only the `filter` of a data source knows"),
            "topology knows `$eq(value)`, `$prefix(value)` and `$exists()`; \
             to express an alternative, add a second source or rule",
        );
    }
    let malformed = Malformed::new(
        format!("uses the unknown function `${name}`"),
        "topology knows `$eq(value)`, `$prefix(value)` and `$exists()`",
    );
    match suggest::closest(name, FUNCTIONS.iter().copied()) {
        Some(close) => malformed.replacement(format!("${close}({rest}")),
        None => malformed,
    }
}

/// Whether the last character of an argument is escaped, so that what looks
/// like the closing parenthesis belongs to the value.
fn ends_escaped(argument: &str) -> bool {
    argument.bytes().rev().take_while(|&b| b == b'~').count() % 2 == 1
}

fn unescape(argument: &str) -> String {
    let mut value = String::with_capacity(argument.len());
    let mut chars = argument.chars();
    while let Some(c) = chars.next() {
        // A `~` before anything else stands for itself: the platform takes such
        // a value, and refusing it would only be pedantic.
        match (c, chars.as_str().chars().next()) {
            ('~', Some(special @ ('(' | ')' | '~'))) => {
                value.push(special);
                chars.next();
            }
            _ => value.push(c),
        }
    }
    value
}

fn escape(value: &str) -> String {
    let mut argument = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '(' | ')' | '~') {
            argument.push('~');
        }
        argument.push(c);
    }
    argument
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_three_functions_are_read() {
        for (text, expected) in [
            ("$eq(lb.cpu)", Condition::Equals("lb.cpu".into())),
            ("$prefix(lb.)", Condition::Prefix("lb.".into())),
            ("$exists()", Condition::Exists),
            ("$eq( a b )", Condition::Equals(" a b ".into())),
            ("$eq(a~(b~)~~)", Condition::Equals("a(b)~".into())),
            ("$eq(a~b)", Condition::Equals("a~b".into())),
        ] {
            assert_eq!(Condition::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_advice() {
        for (text, problem, replacement) in [
            ("lb.cpu", "does not start with `$`", None),
            ("eq(lb.cpu)", "does not start with `$`", Some("$eq(lb.cpu)")),
            ("$eq", "has no `(`", None),
            ("$eq(a", "has no closing `)`", Some("$eq(a)")),
            ("$eq(a~)", "has no closing `)`", Some("$eq(a~))")),
            ("$eq()", "gives `$eq` no value", None),
            ("$exists(a)", "gives `$exists` a value", None),
            (" $eq(a)", "has spaces around it", Some("$eq(a)")),
            (
                "$prefx(a)",
                "uses the unknown function `$prefx`",
                Some("$prefix(a)"),
            ),
            (
                "$or($eq(a),$eq(b))",
                "uses `$or`, which only the `filter` of a data source knows",
                None,
            ),
        ] {
            let error = Condition::parse(text).expect_err(text);
            assert_eq!(error.problem, problem, "{text}");
            assert_eq!(error.replacement.as_deref(), replacement, "{text}");
            assert!(!error.help.is_empty());
        }
    }

    #[test]
    fn an_exact_match_is_more_specific_than_a_prefix() {
        let eq = Condition::Equals("lb.cpu".into());
        let prefix = Condition::Prefix("lb.cpu".into());
        assert!(eq.specificity() > prefix.specificity());
        assert!(prefix.specificity() > Condition::Exists.specificity());
        assert!(eq.matches("lb.cpu") && !eq.matches("lb.cpu.user"));
        assert!(prefix.matches("lb.cpu.user") && !prefix.matches("lb"));
    }

    proptest! {
        #[test]
        fn any_value_survives_being_written_and_read(value in ".+") {
            let condition = Condition::Equals(value);
            prop_assert_eq!(Condition::parse(&condition.to_string()), Ok(condition));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".*") {
            let _ = Condition::parse(&text);
        }
    }
}
