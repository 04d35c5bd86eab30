//! What a build says while it works, in the manner of cargo: what is done, and
//! how long it took.

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use extyped_package::archive;
use extyped_package::limits::{self, Fit};

use crate::failure::Failure;

const DONE: Style = AnsiColor::BrightGreen.on_default().bold();
const DOUBTFUL: Style = AnsiColor::BrightYellow.on_default().bold();

/// How many of the largest files are named where a package is too large.
const NAMED: usize = 5;

/// The stages of a build.
#[derive(Debug)]
pub(super) struct Stages {
    begun: Instant,
    /// When the stage before was done.
    last: Instant,
}

impl Stages {
    pub(super) fn start() -> Self {
        let begun = Instant::now();
        Stages { begun, last: begun }
    }

    /// Says that a stage is done.
    pub(super) fn done(&mut self, verb: &str, what: fmt::Arguments<'_>) {
        let now = Instant::now();
        let took = now.duration_since(self.last).as_secs_f64();
        self.last = now;
        say(DONE, verb, format_args!("{what} in {took:.2} s"));
    }

    /// Says what the build as a whole has brought.
    pub(super) fn wrote(&self, path: &Path, bytes: &[u8]) {
        let took = self.begun.elapsed().as_secs_f64();
        let (path, size) = (path.display(), size(bytes));
        say(
            DONE,
            "Wrote",
            format_args!("{path}, {size}, after {took:.2} s"),
        );
    }
}

/// Says something that is worth knowing and stops nothing.
pub(super) fn remark(what: fmt::Arguments<'_>) {
    say(DOUBTFUL, "Note", what);
}

fn say(style: Style, verb: &str, what: fmt::Arguments<'_>) {
    // Where standard error is gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{style}{verb:>12}{style:#} {what}");
}

/// The size of a file, for people.
pub(super) fn size(bytes: &[u8]) -> String {
    let bytes = bytes.len();
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// Refuses `extension.zip` if the platform would not take it, and tells if
/// something on the way there might not.
pub(super) fn weigh(zip: &[u8]) -> Result<(), Failure> {
    let fit = limits::fit(zip.len() as u64);
    if fit == Fit::Safe {
        return Ok(());
    }
    let largest = archive::sizes(zip).unwrap_or_default();
    let largest = largest.iter().take(NAMED);
    let largest: Vec<String> = largest
        .map(|(name, size)| format!("{name} {}.{} MB", size / 1_000_000, size / 100_000 % 10))
        .collect();
    let (size, largest) = (size(zip), largest.join(", "));
    if fit == Fit::TooLarge {
        return Err(Failure::new(format!(
            "the package has {size}, and the platform takes at most 25 MB"
        ))
        .help(format!(
            "the largest files are {largest}; `strip = true` and `lto = true` under \
             [profile.release] make the program smaller"
        )));
    }
    let limit = limits::SAFE / 1_000_000;
    remark(format_args!(
        "the package has {size}; some documentation of the platform says at most {limit} MB. The \
         largest files are {largest}"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use extyped_package::archive::{Compression, Entry};

    use super::*;

    #[test]
    fn sizes_are_for_people() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (15_999, "15 kB"),
            (4_250_000, "4.2 MB"),
        ] {
            assert_eq!(size(&vec![0; bytes]), text);
        }
    }

    #[test]
    fn a_package_that_is_too_large_names_what_is_large_in_it() {
        let entries = [
            Entry::new("lib/a.whl", vec![0; 25_000_000]),
            Entry::new("extension.yaml", "name: x"),
            Entry::new("dashboard.json", vec![0; 2_000_000]),
        ];
        let zip = archive::write(&entries, Compression::Stored).expect("an archive");
        let refused = weigh(&zip).expect_err("more than 25 MB").to_string();
        assert!(refused.contains("at most 25 MB"), "{refused}");
        let largest = "lib/a.whl 25.0 MB, dashboard.json 2.0 MB, extension.yaml 0.0 MB";
        assert!(refused.contains(largest), "{refused}");
        assert!(weigh(&zip[..0]).is_ok());
    }
}
