//! The table of metrics.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{self, Table};

use unicode_width::UnicodeWidthStr as _;

use super::snapshot::{Row, State};
use super::state::View;
use super::theme::{QUIET, Theme};
use crate::simulate::entry::{Tone, one_line};
use crate::simulate::text::{ago, clip, clip_middle};

/// Cells of the columns but that of the key.
const MARK: u16 = 2;
const LINES: u16 = 7;
const SERIES: u16 = 6;
const LAST: u16 = 18;
const AGE: u16 = 7;

/// The least for keys, where there is room.
const KEY: u16 = 24;

/// From this width on there is room for notes, and the least they take.
const NOTES: u16 = 100;
const NOTE: u16 = 28;

/// Below this width only the key and the last value are shown.
const NARROW: u16 = 60;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &mut View, theme: Theme) {
    let rows = &view.snapshot.rows;
    if rows.is_empty() {
        let text = "the manifest has no metrics, and none came yet";
        frame.render_widget(Line::styled(format!(" {text}"), QUIET), area);
        return;
    }
    let height = usize::from(area.height.saturating_sub(1));
    // Never past the end.
    view.first_row = view.first_row.min(rows.len().saturating_sub(height));
    let longest = rows.iter().map(|row| row.key.width()).max();
    let columns = Columns::of(area.width, longest.unwrap_or_default());
    let elapsed = view.snapshot.elapsed;
    let shown = rows.iter().skip(view.first_row).take(height);
    let shown = shown.map(|row| columns.row(row, elapsed, theme));
    let table = Table::new(shown, columns.widths())
        .header(columns.head().style(QUIET))
        .column_spacing(1);
    frame.render_widget(table, area);
}

struct Columns {
    key: u16,
    /// None without room for it.
    note: u16,
    is_narrow: bool,
}

impl Columns {
    fn of(width: u16, longest: usize) -> Self {
        let is_narrow = width < NARROW;
        let has_notes = width >= NOTES;
        let mut others = if is_narrow {
            MARK + LAST + 2
        } else {
            MARK + LINES + SERIES + LAST + AGE + 5
        };
        if has_notes {
            others += NOTE + 1;
        }
        // Numbers near their key are read more easily than at the far end.
        let longest = u16::try_from(longest).unwrap_or(u16::MAX);
        let key = width.saturating_sub(others).min(longest.max(KEY));
        Columns {
            key,
            note: if has_notes {
                width.saturating_sub(others - NOTE + key)
            } else {
                0
            },
            is_narrow,
        }
    }

    fn widths(&self) -> Vec<Constraint> {
        let mut widths = vec![MARK, self.key];
        if !self.is_narrow {
            widths.extend([LINES, SERIES]);
        }
        widths.push(LAST);
        if !self.is_narrow {
            widths.push(AGE);
        }
        if self.note > 0 {
            widths.push(self.note);
        }
        widths.into_iter().map(Constraint::Length).collect()
    }

    fn head(&self) -> widgets::Row<'static> {
        let right = |text: &'static str| Text::from(text).right_aligned();
        let mut cells = vec![Text::from(""), Text::from("key")];
        if !self.is_narrow {
            cells.extend([right("lines"), right("series")]);
        }
        cells.push(right("last value"));
        if !self.is_narrow {
            cells.push(right("newest"));
        }
        if self.note > 0 {
            cells.push(Text::from("note"));
        }
        widgets::Row::new(cells)
    }

    fn row(&self, row: &Row, elapsed: std::time::Duration, theme: Theme) -> widgets::Row<'static> {
        let right = |text: String| Text::from(text).right_aligned();
        let (mark, style) = match row.state {
            State::Reported => ("●", theme.tone(Tone::Good)),
            State::Awaited => ("○", QUIET),
            State::Off => ("–", QUIET),
            State::Unlisted => ("!", theme.tone(Tone::Doubtful)),
        };
        let text_style = match row.state {
            State::Reported | State::Unlisted => Style::new(),
            State::Awaited | State::Off => QUIET,
        };
        let number = |number: u64| match row.lines {
            0 => String::new(),
            _ => number.to_string(),
        };
        let key = clip_middle(&one_line(&row.key), usize::from(self.key));
        let mut cells = vec![
            Text::from(Span::styled(format!(" {mark}"), style)),
            Text::from(key),
        ];
        if !self.is_narrow {
            cells.extend([right(number(row.lines)), right(number(row.series))]);
        }
        cells.push(right(clip(&row.last, usize::from(LAST))));
        if !self.is_narrow {
            let age = row.at.map(|at| ago(elapsed.saturating_sub(at)));
            cells.push(right(age.unwrap_or_default()));
        }
        if self.note > 0 {
            let note_style = match row.state {
                State::Unlisted => theme.tone(Tone::Doubtful),
                _ => QUIET,
            };
            let note = clip(&one_line(&row.note), usize::from(self.note));
            cells.push(Text::styled(note, note_style));
        }
        widgets::Row::new(cells).style(text_style)
    }
}
