//! The constraints that there are.

use extyped_activation::Kind;

use super::finding;
use crate::diagnostic::Diagnostic;
use crate::model::Text;

use super::super::form::Field;

/// A constraint.
pub(super) struct Constraint {
    /// `type`.
    pub(super) name: &'static str,
    /// The keys of its own.
    pub(super) keys: &'static [&'static str],
    /// What it is a rule for.
    of: Of,
}

#[derive(Clone, Copy)]
enum Of {
    Texts,
    Numbers,
    Lists,
    TextsAndLists,
    Anything,
}

const fn constraint(name: &'static str, keys: &'static [&'static str], of: Of) -> Constraint {
    Constraint { name, keys, of }
}

/// All that a schema may write.
pub(super) const RULES: [Constraint; 10] = [
    constraint("LENGTH", &["minLength", "maxLength"], Of::Texts),
    constraint("RANGE", &["minimum", "maximum"], Of::Numbers),
    constraint("PATTERN", &["pattern"], Of::Texts),
    constraint("NOT_BLANK", &[], Of::Texts),
    constraint("NOT_EMPTY", &[], Of::TextsAndLists),
    constraint("NO_WHITESPACE", &[], Of::Texts),
    constraint("TRIMMED", &[], Of::Texts),
    constraint("REGEX", &["disallowDangerousRegex"], Of::Texts),
    constraint("UNIQUE", &["uniqueProperties"], Of::Lists),
    constraint(
        "CUSTOM_VALIDATOR_REF",
        &["customValidatorId", "skipAsyncValidation", "timeout"],
        Of::Anything,
    ),
];

impl Of {
    fn speaks_of(self, kind: &Kind) -> bool {
        let is_list = matches!(kind, Kind::List | Kind::Set);
        match self {
            Of::Texts => kind.is_text(),
            // Whether dates have a range is not known.
            Of::Numbers => {
                matches!(kind, Kind::Integer | Kind::Float)
                    || (kind.is_text() && !matches!(kind, Kind::Text | Kind::Url | Kind::Secret))
            }
            Of::Lists => is_list,
            Of::TextsAndLists => kind.is_text() || is_list,
            Of::Anything => true,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Of::Texts => "texts",
            Of::Numbers => "numbers",
            Of::Lists => "lists",
            Of::TextsAndLists => "texts and lists",
            Of::Anything => "anything",
        }
    }
}

/// The finding for a rule that says nothing about values of its field.
pub(super) fn does_not_speak_of(
    rule: &Constraint,
    field: &Field<'_, '_>,
    kind: Text<'_>,
) -> Option<Diagnostic> {
    let of = field.kind()?;
    if rule.of.speaks_of(of) {
        return None;
    }
    let help = match (rule.name, of) {
        ("LENGTH", Kind::List | Kind::Set) => {
            "write `minObjects` and `maxObjects` beside `constraints`; what goes for each item \
             belongs into `items`"
        }
        (_, Kind::List | Kind::Set) => "what goes for each item belongs into `items`",
        ("LENGTH", Kind::Integer | Kind::Float) => {
            "write `RANGE` with `minimum` and `maximum`: the smallest and the largest number"
        }
        ("RANGE", Kind::Text | Kind::Url | Kind::Secret) => {
            "write `LENGTH` with `minLength` and `maxLength`"
        }
        _ => "remove it",
    };
    Some(
        finding(
            kind.span(),
            format!(
                "`{}` is a rule for {}, and {} {}",
                rule.name,
                rule.of.name(),
                field.title(),
                is(field, of)
            ),
        )
        .label("asks for nothing")
        .help(help),
    )
}

fn is(field: &Field<'_, '_>, kind: &Kind) -> String {
    let (one, several) = match kind {
        Kind::Boolean => ("is a boolean", "are booleans"),
        Kind::Integer => ("is an integer", "are integers"),
        Kind::Float => ("is a number", "are numbers"),
        Kind::List => ("is a list", "are lists"),
        Kind::Set => ("is a set", "are sets"),
        Kind::Object(_) => ("is an object", "are objects"),
        Kind::Enum(_) => ("is a choice", "are choices"),
        _ => ("is a text", "are texts"),
    };
    if field.is_item { several } else { one }.to_owned()
}
