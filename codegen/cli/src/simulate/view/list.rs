//! A list of what happened, the newest at the bottom.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::state::View;
use super::tabs::Tab;
use super::theme::{QUIET, Theme};
use crate::simulate::entry::{Entry, Topic};
use crate::simulate::text::{clock, wrap};

/// Cells of the label.
const LABEL: usize = 11;

/// Below this width there is no room for labels.
const NARROW: usize = 50;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &mut View, tab: Tab, theme: Theme) {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let mut needed = height.saturating_add(view.above_end(tab));
    let mut lines: Vec<Line<'static>> = Vec::new();
    // From the end, and no further than what is shown.
    for entry in view.newest(tab) {
        let entry_lines = of(entry, tab, width, theme);
        needed = needed.saturating_sub(entry_lines.len());
        lines.extend(entry_lines.into_iter().rev());
        if needed == 0 {
            break;
        }
    }
    if lines.is_empty() {
        let text = format!(" {}", tab.nothing());
        frame.render_widget(Line::styled(text, QUIET), area);
        return;
    }
    view.limit_scroll(tab, lines.len().saturating_sub(height));
    let shown = lines.into_iter().skip(view.above_end(tab)).take(height);
    let shown: Vec<Line<'_>> = shown.collect();
    for (row, line) in area.rows().zip(shown.into_iter().rev()) {
        frame.render_widget(line, row);
    }
}

/// The lines of an entry, the first first.
fn of(entry: &Entry, tab: Tab, width: usize, theme: Theme) -> Vec<Line<'static>> {
    let style = theme.tone(entry.tone);
    let time = format!(" {} ", clock(entry.at));
    let mut head = vec![Span::styled(time, QUIET)];
    let has_label = width >= NARROW && entry.topic != Topic::Output;
    if has_label {
        let label_style = match entry.topic {
            Topic::Problem => style,
            _ => QUIET,
        };
        head.push(Span::styled(
            format!("{:<LABEL$} ", entry.label),
            label_style,
        ));
    }
    let indent: usize = head.iter().map(Span::width).sum();
    let room = width.saturating_sub(indent).max(1);
    let mut lines = Vec::new();
    for text in wrap(&entry.text, room, tab.lines_per_entry()) {
        let mut spans = std::mem::take(&mut head);
        if spans.is_empty() {
            spans.push(Span::raw(" ".repeat(indent)));
        }
        spans.push(Span::styled(text, style));
        lines.push(Line::from(spans));
    }
    lines
}
