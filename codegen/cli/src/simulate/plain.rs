//! One line for each thing that happens: for pipes, files and CI.

use std::io::{self, Write};

use super::entry::Entry;

/// Writes entries to a stream, without escape codes.
pub(crate) struct Plain<W> {
    out: W,
}

impl<W: Write> Plain<W> {
    pub(crate) fn new(out: W) -> Self {
        Plain { out }
    }

    /// Writes one entry, at once: who watches a pipe sees it.
    pub(crate) fn show(&mut self, entry: &Entry) -> io::Result<()> {
        writeln!(
            self.out,
            "{:>8.2} s  {:<11} {}",
            entry.at.as_secs_f64(),
            entry.label,
            entry.text
        )?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_line_has_its_time_and_who_speaks() {
        let mut out = Vec::new();
        let mut plain = Plain::new(&mut out);
        let at = Duration::from_millis(90_250);
        plain.show(&Entry::note(at, "stopping")).expect("memory");
        plain.show(&Entry::output(at, "bye")).expect("memory");
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            "   90.25 s  simulate    stopping\n   90.25 s  output      bye\n"
        );
    }
}
