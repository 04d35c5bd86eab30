//! The line in which faults are typed, and what could follow.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::complete::candidates;
use super::prompt::Prompt;
use super::theme::{QUIET, Theme};
use crate::simulate::entry::Tone;
use crate::simulate::text::wrap;

const LABEL: &str = " fault> ";

/// Most lines of a hint.
const LINES: usize = 3;

/// What is shown before anything is typed.
const EXAMPLES: &str =
    "mint=429:retry=5s:30s   all=delay:8s   restart   clear   Tab completes, Esc leaves";

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, prompt: &Prompt, theme: Theme) {
    let room = usize::from(area.width).saturating_sub(LABEL.len() + 1);
    let scroll = prompt.input.visual_scroll(room);
    let text: String = prompt.input.value().chars().skip(scroll).collect();
    let line = Line::from(vec![Span::styled(LABEL, theme.key()), Span::raw(text)]);
    frame.render_widget(line, area);
    let cursor = LABEL.len() + prompt.input.visual_cursor().saturating_sub(scroll);
    let cursor = u16::try_from(cursor).unwrap_or(u16::MAX);
    if cursor < area.width {
        frame.set_cursor_position(Position::new(area.x + cursor, area.y));
    }
}

/// What could follow, or what is wrong: the lines above that of the prompt.
pub(super) fn hint(width: u16, prompt: &Prompt, theme: Theme) -> Vec<Line<'static>> {
    if !prompt.is_open {
        return Vec::new();
    }
    let indent = " ".repeat(LABEL.len());
    let room = usize::from(width).saturating_sub(indent.len());
    let (text, style) = if let Some(error) = &prompt.error {
        (error.clone(), theme.tone(Tone::Bad))
    } else if prompt.input.value().is_empty() {
        (EXAMPLES.to_owned(), QUIET)
    } else {
        (candidates(prompt.input.value()).join("  "), QUIET)
    };
    wrap(&text, room, LINES)
        .into_iter()
        .map(|line| Line::styled(format!("{indent}{line}"), style))
        .collect()
}
