//! What a build says while it works, in the manner of cargo: what is done, and
//! how long it took.

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use extyped_package::archive;
use extyped_package::limits::{self, Fit, size};

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
    pub(super) fn wrote(&self, path: &Path, bytes: u64) {
        let took = self.begun.elapsed().as_secs_f64();
        let (path, bytes) = (path.display(), size(bytes));
        say(
            DONE,
            "Wrote",
            format_args!("{path}, {bytes}, after {took:.2} s"),
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

/// Refuses a package if the platform would not take it, and tells if something
/// on the way there might not. What is large in it is in its `extension.zip`.
pub(super) fn weigh(bytes: u64, zip: &[u8]) -> Result<(), Failure> {
    let fit = limits::fit(bytes);
    if fit == Fit::Safe {
        return Ok(());
    }
    let largest = archive::sizes(zip).unwrap_or_default();
    let largest = largest.iter().take(NAMED);
    let largest: Vec<String> = largest
        .map(|(name, bytes)| format!("{name} {}", size(*bytes)))
        .collect();
    let (bytes, largest) = (size(bytes), largest.join(", "));
    if fit == Fit::TooLarge {
        return Err(Failure::new(format!(
            "the package has {bytes}, and the platform takes at most 25 MB"
        ))
        .help(format!(
            "the largest files are {largest}; `strip = true` and `lto = true` under \
             [profile.release] make the program smaller"
        ))
        .unsound());
    }
    let limit = limits::SAFE / 1_000_000;
    remark(format_args!(
        "the package has {bytes}; some documentation of the platform says at most {limit} MB. The \
         largest files are {largest}"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use extyped_package::archive::{Compression, Entry};

    use super::*;
    use crate::Outcome;

    #[test]
    fn a_package_that_is_too_large_names_what_is_large_in_it() {
        let entries = [
            Entry::new("lib/a.whl", vec![0; 25_000_000]),
            Entry::new("extension.yaml", "name: x"),
            Entry::new("dashboard.json", vec![0; 2_000_000]),
        ];
        let zip = archive::write(&entries, Compression::Stored).expect("an archive");
        let refused = weigh(zip.len() as u64, &zip).expect_err("more than 25 MB");
        assert_eq!(refused.outcome(), Outcome::Unsound);
        let refused = refused.to_string();
        assert!(refused.contains("at most 25 MB"), "{refused}");
        let largest = "lib/a.whl 25.0 MB, dashboard.json 2.0 MB, extension.yaml 7 bytes";
        assert!(refused.contains(largest), "{refused}");
        assert!(weigh(0, &zip).is_ok());
    }
}
