//! Marks under a line, and their labels:
//!
//! ```text
//! 4 | { type: count, type: gauge }
//!   |   ----         ^^^^ here again
//!   |   |
//!   |   first here
//! ```

use std::ops::Range;

use super::canvas::{Canvas, Palette};
use super::window::{CUT, Window};
use crate::order::order_by;
use crate::source::offset;

/// A place on one line.
pub(super) struct Mark {
    /// Columns of the whole line; at least one, where the place is empty as well.
    pub(super) columns: Range<usize>,
    /// Bytes of the line, which tell places of the same columns apart.
    pub(super) bytes: Range<usize>,
    /// The first character, counted from 1.
    pub(super) character: usize,
    /// What is there; may be empty.
    pub(super) label: String,
    /// Whether this is the place of the finding itself.
    pub(super) is_primary: bool,
}

/// A line on the canvas.
pub(super) struct Place {
    /// The row of its text.
    pub(super) row: usize,
    /// Where its text starts.
    pub(super) column: usize,
    /// How much of its text is left out before that.
    pub(super) skipped: usize,
}

impl Place {
    fn column(&self, of_line: usize) -> usize {
        (self.column + of_line).saturating_sub(self.skipped)
    }
}

impl Mark {
    fn has_label(&self) -> bool {
        !self.label.is_empty()
    }

    fn start(&self) -> (usize, usize) {
        (self.columns.start, self.bytes.start)
    }

    fn end(&self) -> (usize, usize) {
        (self.columns.end, self.bytes.end)
    }

    /// Whether this mark, followed by something as wide as `padding`, has a
    /// column of the other.
    fn reaches(&self, other: &Mark, padding: usize) -> bool {
        let reach = self.columns.start..self.columns.end + padding;
        other.columns.contains(&reach.start) || reach.contains(&other.columns.start)
    }

    fn color(&self, palette: &Palette) -> &'static str {
        if self.is_primary {
            palette.severity
        } else {
            palette.frame
        }
    }
}

/// Draws the marks of a line below its text.
pub(super) fn draw(
    canvas: &mut Canvas,
    palette: &Palette,
    place: &Place,
    window: &Window,
    marks: &mut [Mark],
) {
    // From right to left: a line from a mark down to its label passes no label
    // of a mark further left.
    order_by(marks, |mark| {
        let (column, byte) = mark.start();
        [u32::MAX - offset(column), u32::MAX - offset(byte), 0]
    });
    let levels = levels(marks);
    let deepest = levels.iter().copied().max().unwrap_or_default();
    let rows = if deepest == 0 { 1 } else { deepest + 2 };
    for row in 1..=rows {
        canvas.put(place.row + row, place.column - 2, "|", palette.frame);
    }
    for (mark, &level) in marks.iter().zip(&levels) {
        if level > 0 && mark.has_label() {
            for row in 1..=level + 1 {
                let column = place.column(mark.columns.start);
                canvas.put(place.row + row, column, "|", mark.color(palette));
            }
        }
    }
    for (mark, &level) in marks.iter().zip(&levels) {
        let (row, column) = if level == 0 {
            let after = (mark.columns.end + 1).saturating_sub(place.skipped);
            (1, place.column + after)
        } else {
            let below = mark.columns.start.saturating_sub(place.skipped);
            (level + 2, place.column + below)
        };
        canvas.put(place.row + row, column, &mark.label, mark.color(palette));
    }
    // The shorter a mark, the later it is drawn, so that it can be seen within
    // a longer one.
    order_by(marks, |mark| {
        let len = offset(mark.columns.len());
        [u32::MAX - len, u32::from(mark.is_primary), 0]
    });
    for mark in &*marks {
        let line = if mark.is_primary { '^' } else { '-' };
        let columns = place.column(mark.columns.start)..place.column(mark.columns.end);
        canvas.fill(place.row + 1, columns, line, mark.color(palette));
    }
    shorten(canvas, palette, place, window, marks);
}

/// How far below the marks each label stands: 0 is beside its mark. The marks
/// come from right to left, and so no level is above the one before.
fn levels(marks: &[Mark]) -> Vec<usize> {
    let mut levels = Vec::with_capacity(marks.len());
    let mut level = 0;
    for (at, mark) in marks.iter().enumerate() {
        let left = &marks[at + 1..];
        // Only the last mark of the line has room beside it, and only if it is
        // plain where it starts.
        let is_crossed = level == 0
            && mark.has_label()
            && left.iter().any(|next| {
                let is_same = next.start() == mark.start() && next.end() == mark.end();
                next.reaches(mark, 0) && (next.has_label() || !is_same)
            });
        if is_crossed {
            level += 1;
        }
        levels.push(level);
        let is_in_the_way = left.iter().any(|next| {
            // Two columns keep labels apart.
            next.has_label()
                && next.reaches(mark, next.label.len() + 2)
                && (mark.has_label() || (level == 0 && next.end() <= mark.end()))
        });
        if is_in_the_way {
            level += 1;
        }
    }
    levels
}

/// Leaves out the middle of what is marked where that is far too long.
fn shorten(canvas: &mut Canvas, palette: &Palette, place: &Place, window: &Window, marks: &[Mark]) {
    const LEAST: usize = 5;
    let kept = LEAST.max(window.width / 3);
    for mark in marks {
        let len = mark.columns.len();
        let others = marks.iter().filter(|other| other.reaches(mark, 0));
        let is_alone = marks.len() <= 2 || others.count() == 1;
        if is_alone && len > window.width * 2 && len > 2 * LEAST + CUT.len() {
            let start = (mark.columns.start + kept).saturating_sub(place.skipped);
            let end = (mark.columns.end - kept).saturating_sub(place.skipped);
            for row in [place.row, place.row + 1] {
                let columns = place.column + start..place.column + end;
                canvas.replace(row, columns, CUT, palette.frame);
            }
        }
    }
}
