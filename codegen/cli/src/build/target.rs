//! What to build for.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use extyped_package::glibc::Glibc;

/// A target of rustc, and what the hosts have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub triple: String,
    /// The oldest glibc among the hosts.
    pub glibc: Option<Glibc>,
}

impl FromStr for Target {
    type Err = Infallible;

    /// Whether there is such a target is for cargo to say.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        if let Some((triple, version)) = text.split_once('.')
            && let Ok(glibc) = version.parse()
        {
            return Ok(Target {
                triple: triple.to_owned(),
                glibc: Some(glibc),
            });
        }
        Ok(Target {
            triple: text.to_owned(),
            glibc: None,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.triple)?;
        self.glibc.map_or(Ok(()), |glibc| write!(f, ".{glibc}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glibc_follows_the_triple() {
        for (text, triple, glibc) in [
            ("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-gnu", None),
            (
                "x86_64-unknown-linux-gnu.2.17",
                "x86_64-unknown-linux-gnu",
                Some("2.17"),
            ),
            // A target may be a file.
            ("targets/own.json", "targets/own.json", None),
        ] {
            let target: Target = text.parse().expect("any text is a target");
            assert_eq!(target.triple, triple);
            assert_eq!(target.glibc.map(|it| it.to_string()).as_deref(), glibc);
            assert_eq!(target.to_string(), text);
        }
    }
}
