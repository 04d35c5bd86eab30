//! How large a package may be.

/// Bytes up to which all that is documented takes a package.
pub const SAFE: u64 = 15_000_000;

/// Bytes that the platform does not go beyond: 25 MB, in the larger of the two
/// ways to read it.
pub const HARD: u64 = 25 * 1_024 * 1_024;

/// How a package fits the limits of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Everything takes it.
    Safe,
    /// The documentation of the environment allows it, and that of the tools
    /// does not.
    Doubtful,
    /// It will be refused.
    TooLarge,
}

/// How a package of so many bytes fits.
pub fn fit(bytes: u64) -> Fit {
    if bytes <= SAFE {
        Fit::Safe
    } else if bytes <= HARD {
        Fit::Doubtful
    } else {
        Fit::TooLarge
    }
}

/// The size of a file, for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_count_the_last_byte() {
        for (bytes, expected) in [
            (0, Fit::Safe),
            (SAFE, Fit::Safe),
            (SAFE + 1, Fit::Doubtful),
            (HARD, Fit::Doubtful),
            (HARD + 1, Fit::TooLarge),
            (u64::MAX, Fit::TooLarge),
        ] {
            assert_eq!(fit(bytes), expected, "{bytes} bytes");
        }
    }

    #[test]
    fn sizes_are_for_people() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (15_999, "15 kB"),
            (4_250_000, "4.2 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
