//! Colors, where there is a terminal to show them.

use std::fmt::Display;
use std::io::IsTerminal;

/// Whether and how text is colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paint {
    color: bool,
}

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Good,
    Doubtful,
    Bad,
    Key,
    Faint,
}

impl Paint {
    #[cfg(test)]
    pub(super) const PLAIN: Paint = Paint { color: false };
    #[cfg(test)]
    pub(super) const COLORED: Paint = Paint { color: true };

    /// Colored on a terminal, unless `NO_COLOR` is set or the terminal has
    /// none.
    pub(super) fn detect(terminal: &impl IsTerminal) -> Self {
        Paint::decide(
            terminal.is_terminal(),
            std::env::var("NO_COLOR").ok().as_deref(),
            std::env::var("TERM").ok().as_deref(),
        )
    }

    fn decide(terminal: bool, no_color: Option<&str>, term: Option<&str>) -> Self {
        // By https://no-color.org an empty value is as good as none.
        let unwanted = no_color.is_some_and(|value| !value.is_empty());
        Paint {
            color: terminal && !unwanted && term != Some("dumb"),
        }
    }

    pub(super) fn text(self, ink: Ink, text: impl Display) -> String {
        if !self.color {
            return text.to_string();
        }
        let code = match ink {
            Ink::Good => "32",
            Ink::Doubtful => "33",
            Ink::Bad => "31",
            Ink::Key => "36",
            Ink::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_is_for_terminals_that_want_it() {
        let cases = [
            (true, None, Some("xterm"), true),
            (true, Some(""), None, true),
            (true, Some("1"), Some("xterm"), false),
            (true, None, Some("dumb"), false),
            (false, None, Some("xterm"), false),
        ];
        for (terminal, no_color, term, color) in cases {
            assert_eq!(
                Paint::decide(terminal, no_color, term),
                Paint { color },
                "{terminal} {no_color:?} {term:?}"
            );
        }
    }

    #[test]
    fn plain_text_has_no_escapes() {
        assert_eq!(Paint::PLAIN.text(Ink::Bad, "x"), "x");
        assert_eq!(Paint::COLORED.text(Ink::Bad, "x"), "\u{1b}[31mx\u{1b}[0m");
    }
}
