//! Whether the version of the manifest rose as the changes ask for.

use super::Weight;

/// From one version to another.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rise {
    pub is_enough: bool,
    /// The least version that would be; none if either is no version.
    pub needed: Option<String>,
}

type Version = [u64; 3];

impl Rise {
    /// As Cargo does it, a version below 1.0.0 has nothing to keep but within
    /// its second number: there `0.2.0` is enough after a major change of
    /// `0.1.0`, and `0.1.1` after a minor one.
    pub(crate) fn of(old: &str, new: &str, weight: Option<Weight>) -> Rise {
        let (Some(before), Some(after)) = (read(old), read(new)) else {
            return Rise {
                // What is no version cannot have risen; the same text has not
                // changed either.
                is_enough: weight.is_none() && old == new,
                needed: None,
            };
        };
        let needed = needed(before, weight);
        Rise {
            is_enough: after >= needed,
            needed: Some(needed.map(|number| number.to_string()).join(".")),
        }
    }
}

fn needed([major, minor, patch]: Version, weight: Option<Weight>) -> Version {
    let next = |number: u64| number.saturating_add(1);
    match (weight, major) {
        (None, _) => [major, minor, patch],
        (Some(Weight::Major), 1..) => [next(major), 0, 0],
        (Some(Weight::Minor), 1..) | (Some(Weight::Major), 0) => [major, next(minor), 0],
        (Some(Weight::Patch), _) | (Some(Weight::Minor), 0) => [major, minor, next(patch)],
    }
}

/// `1`, `1.2` and `1.2.3` are versions to the platform.
fn read(text: &str) -> Option<Version> {
    let mut version = [0; 3];
    let mut parts = text.split('.');
    for (number, part) in version.iter_mut().zip(&mut parts) {
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_rises_with_the_weight_of_the_changes() {
        use Weight::{Major, Minor, Patch};
        for (old, weight, needed) in [
            ("1.2.3", None, "1.2.3"),
            ("1.2.3", Some(Patch), "1.2.4"),
            ("1.2.3", Some(Minor), "1.3.0"),
            ("1.2.3", Some(Major), "2.0.0"),
            ("0.2.3", Some(Patch), "0.2.4"),
            ("0.2.3", Some(Minor), "0.2.4"),
            ("0.2.3", Some(Major), "0.3.0"),
            ("1", Some(Minor), "1.1.0"),
        ] {
            let rise = Rise::of(old, old, weight);
            assert_eq!(rise.needed.as_deref(), Some(needed), "{old} {weight:?}");
            assert_eq!(rise.is_enough, weight.is_none());
            assert!(Rise::of(old, needed, weight).is_enough);
            assert!(Rise::of(old, "99.0.0", weight).is_enough);
            assert!(!Rise::of(old, "0.0.1", weight).is_enough);
        }
    }

    #[test]
    fn what_is_no_version_has_not_risen() {
        for (old, new) in [
            ("1.0.0", "next"),
            ("x", "1.0.0"),
            ("1.0.0", "1.0.0.1"),
            ("", ""),
        ] {
            assert!(!Rise::of(old, new, Some(Weight::Patch)).is_enough);
        }
        assert!(Rise::of("", "", None).is_enough);
    }
}
