//! Patterns: static text with `{dimension}` placeholders.

use std::ops::Range;

use super::Malformed;

/// What a pattern is for, which decides what it must contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// `idPattern`: at least one placeholder, or every line is one entity.
    Id,
    /// `instanceNamePattern`: empty, or at least one placeholder.
    Name,
    /// The pattern of an attribute: anything but empty.
    Attribute,
    /// `iconPattern`: the id of an icon, or what gives one.
    Icon,
}

/// The placeholders of a well-formed pattern, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) placeholders: Vec<Placeholder>,
}

/// A `{dimension}` in a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placeholder {
    /// The key of the dimension.
    pub(crate) key: String,
    /// The bytes of the key in the pattern's text, without the braces.
    pub(crate) range: Range<usize>,
}

impl Pattern {
    /// Reads a pattern. Braces cannot be nested, and there is no way to write
    /// one as static text.
    pub(crate) fn parse(text: &str, role: Role) -> Result<Self, Malformed> {
        let mut placeholders = Vec::new();
        let mut open = None;
        for (at, c) in text.char_indices() {
            match (c, open) {
                ('{', None) => open = Some(at + 1),
                ('{', Some(_)) => {
                    return Err(Malformed::new(
                        "has a `{` inside a placeholder",
                        "placeholders cannot be nested; close the first one with `}`",
                    ));
                }
                ('}', Some(start)) if start == at => {
                    return Err(Malformed::new(
                        "has an empty placeholder",
                        "name a dimension between the braces",
                    ));
                }
                ('}', Some(start)) => {
                    placeholders.push(Placeholder {
                        key: text.get(start..at).unwrap_or_default().to_owned(),
                        range: start..at,
                    });
                    open = None;
                }
                ('}', None) => {
                    return Err(Malformed::new(
                        "has a `}` that closes nothing",
                        "braces only mark placeholders: `{dimension}`",
                    ));
                }
                _ => {}
            }
        }
        if open.is_some() {
            return Err(Malformed::new(
                "has a placeholder without `}`",
                "close the placeholder with `}`",
            ));
        }
        let pattern = Pattern { placeholders };
        pattern.check(text, role)?;
        Ok(pattern)
    }

    fn check(&self, text: &str, role: Role) -> Result<(), Malformed> {
        let constant = self.placeholders.is_empty();
        match role {
            Role::Id if constant => Err(Malformed::new(
                "names no dimension",
                "without a placeholder every line would belong to one entity; \
                 add the dimension that tells entities apart: `{dimension}`",
            )),
            Role::Name if constant && !text.is_empty() => Err(Malformed::new(
                "names no dimension",
                "add the dimension that holds the name: `{dimension}`; \
                 without the field the id is the name",
            )),
            Role::Attribute if text.is_empty() => Err(Malformed::new(
                "is empty",
                "name the dimension that holds the value: `{dimension}`",
            )),
            Role::Icon => self.check_icon(text),
            _ => Ok(()),
        }
    }

    /// The ids of icons have letters, digits and `-`.
    fn check_icon(&self, text: &str) -> Result<(), Malformed> {
        let mut at = 0;
        let ends = self.placeholders.iter().map(|p| &p.range);
        let mut fixed = String::new();
        for range in ends {
            fixed.push_str(text.get(at..range.start - 1).unwrap_or_default());
            at = range.end + 1;
        }
        fixed.push_str(text.get(at..).unwrap_or_default());
        let odd = fixed
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && *c != '-');
        match odd {
            Some(c) => Err(Malformed::new(
                format!("contains `{}`", c.escape_debug()),
                "name an icon of the platform, such as `database`; \
                 its id has letters, digits and `-`",
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(text: &str, role: Role) -> Vec<String> {
        let pattern = Pattern::parse(text, role).expect(text);
        pattern.placeholders.into_iter().map(|p| p.key).collect()
    }

    #[test]
    fn placeholders_are_found_in_order() {
        assert_eq!(
            keys("lb_{device.address}-{node}", Role::Id),
            ["device.address", "node"]
        );
        assert_eq!(keys("{a}{b}{a}", Role::Id), ["a", "b", "a"]);
        assert_eq!(keys("", Role::Name), [""; 0]);
        assert_eq!(keys("constant", Role::Attribute), [""; 0]);
        assert_eq!(keys("data-base-{kind}", Role::Icon), ["kind"]);
    }

    #[test]
    fn a_placeholder_knows_its_place() {
        let pattern = Pattern::parse("é_{node}", Role::Id).expect("well-formed");
        assert_eq!(pattern.placeholders[0].range, 4..8);
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for (text, role, problem) in [
            ("lb", Role::Id, "names no dimension"),
            ("lb", Role::Name, "names no dimension"),
            ("", Role::Attribute, "is empty"),
            ("{a", Role::Id, "has a placeholder without `}`"),
            ("a}", Role::Id, "has a `}` that closes nothing"),
            ("{}", Role::Id, "has an empty placeholder"),
            ("{a{b}}", Role::Id, "has a `{` inside a placeholder"),
            ("data base", Role::Icon, "contains ` `"),
            ("{a}_{b}", Role::Icon, "contains `_`"),
        ] {
            let error = Pattern::parse(text, role).expect_err(text);
            assert_eq!(error.problem, problem, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_range_cuts_its_key_from_the_text(text in "[{}a-cé]*") {
            if let Ok(pattern) = Pattern::parse(&text, Role::Attribute) {
                for placeholder in pattern.placeholders {
                    prop_assert_eq!(&text[placeholder.range], placeholder.key.as_str());
                }
            }
        }
    }
}
