//! Versions of glibc, the C library that a program finds on a Linux host.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// What is a version by name and a feature of the loader by meaning, and the
/// minor version of glibc that first had it.
const MARKS: [(&str, u16); 2] = [("ABI_DT_RELR", 36), ("ABI_GNU2_TLS", 42)];

/// A version of glibc, `2.17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glibc {
    /// Always 2, so far.
    pub major: u16,
    /// What counts.
    pub minor: u16,
}

impl Glibc {
    /// The oldest that Rust itself supports, and the one of `manylinux2014`.
    pub const OLDEST: Glibc = Glibc {
        major: 2,
        minor: 17,
    };

    /// The version in the name of a symbol version, `GLIBC_2.17`.
    pub(crate) fn of_symbol(version: &str) -> Option<Glibc> {
        let version = version.strip_prefix("GLIBC_")?;
        // Marks that linkers set for what only newer loaders understand.
        if let Some((_, minor)) = MARKS.iter().find(|(mark, _)| *mark == version) {
            return Some(Glibc {
                major: 2,
                minor: *minor,
            });
        }
        // `GLIBC_2.2.5`: what comes third never decided anything.
        let mut numbers = version.split('.');
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next()?.parse().ok()?;
        Some(Glibc { major, minor })
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is no version of glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoGlibc;

impl fmt::Display for NoGlibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version of glibc is two numbers, such as 2.17")
    }
}

impl Error for NoGlibc {}

impl FromStr for Glibc {
    type Err = NoGlibc;

    fn from_str(text: &str) -> Result<Self, NoGlibc> {
        let (major, minor) = text.split_once('.').ok_or(NoGlibc)?;
        Ok(Glibc {
            major: major.parse().map_err(|_| NoGlibc)?,
            minor: minor.parse().map_err(|_| NoGlibc)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_and_not_texts() {
        let glibc = |text: &str| text.parse::<Glibc>().expect("a version");
        assert!(glibc("2.9") < glibc("2.17"));
        assert_eq!(glibc("2.34").to_string(), "2.34");
        for text in ["", "2", "2.", "2.x", "-2.17", "2.17.1"] {
            assert_eq!(text.parse::<Glibc>(), Err(NoGlibc), "{text}");
        }
    }

    #[test]
    fn symbols_name_their_version() {
        let of = |text| Glibc::of_symbol(text).map(|it| it.to_string());
        assert_eq!(of("GLIBC_2.2.5").as_deref(), Some("2.2"));
        assert_eq!(of("GLIBC_2.34").as_deref(), Some("2.34"));
        // `-z pack-relative-relocs`, which some linkers are set up with.
        assert_eq!(of("GLIBC_ABI_DT_RELR").as_deref(), Some("2.36"));
        assert_eq!(of("GLIBC_ABI_UNHEARD_OF"), None);
        assert_eq!(of("GLIBC_PRIVATE"), None);
        assert_eq!(of("GCC_3.0"), None);
    }
}
