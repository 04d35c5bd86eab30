//! The keys and the faults, on top of everything.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::theme::{QUIET, TITLE, Theme};

const KEYS: &[(&str, &str)] = &[
    ("f :", "type a fault"),
    ("c", "clear all faults"),
    ("p Space", "stand still, and go on"),
    ("Tab 1–5", "another list"),
    ("m", "move the table instead of the list"),
    ("↑ ↓ PgUp PgDn", "scroll; Home and End for the ends"),
    ("q Ctrl-C", "end the extension; twice: kill it"),
];

const FAULTS: &[(&str, &str)] = &[
    ("mint=429:retry=5s", "answer 429, with Retry-After"),
    ("mint,logs=503:3x", "so often"),
    ("all=delay:8s:30s", "later, and for how long"),
    ("mint=hang", "or drop, lose, half, html"),
    ("refuse:20s", "no connections"),
    ("restart", "cut them and forget"),
    ("chaos 42:0.1", "at random: seed and share"),
    ("…@10s", "begin in ten seconds"),
];

const MARKS: &[(&str, &str)] = &[
    ("●", "came, as the manifest has it"),
    ("○", "in the manifest, and did not come yet"),
    ("–", "its feature set is off"),
    ("!", "came, and is not in the manifest"),
];

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, theme: Theme) {
    let mut lines = Vec::new();
    for (title, rows) in [("Keys", KEYS), ("Faults", FAULTS), ("Metrics", MARKS)] {
        lines.push(Line::styled(title, TITLE));
        for (what, means) in rows {
            lines.push(Line::from(vec![
                Span::styled(format!("  {what:<18} "), theme.key()),
                Span::raw(*means),
            ]));
        }
    }
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let area = area.centered(Constraint::Max(62), Constraint::Max(height));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(QUIET)
        .title(" Help: any key closes it ");
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}
