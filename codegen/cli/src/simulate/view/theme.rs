//! Colors: the sixteen of the terminal, or none.

use ratatui::style::{Color, Modifier, Style};

use crate::simulate::entry::Tone;

/// What stands above something.
pub(crate) const TITLE: Style = Style::new().add_modifier(Modifier::BOLD);

/// What is there for orientation only. Dim and not gray, which is the color of
/// the background in some palettes.
pub(crate) const QUIET: Style = Style::new().add_modifier(Modifier::DIM);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Theme {
    pub(crate) has_color: bool,
}

impl Theme {
    fn colored(self, color: Color) -> Style {
        if self.has_color {
            Style::new().fg(color)
        } else {
            Style::new()
        }
    }

    pub(crate) fn tone(self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => Style::new(),
            Tone::Good => self.colored(Color::Green),
            Tone::Doubtful => self.colored(Color::Yellow),
            Tone::Bad => self.colored(Color::Red).add_modifier(Modifier::BOLD),
        }
    }

    /// What is chosen.
    pub(crate) fn chosen(self) -> Style {
        self.colored(Color::Cyan)
            .add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }

    /// The name of a key to press.
    pub(crate) fn key(self) -> Style {
        self.colored(Color::Cyan)
    }
}
