//! Which part of long lines a rendering shows.

use super::canvas::{Canvas, NO_COLOR, Palette};
use super::text::{char_width, width};

/// Stands for what is left out.
pub(super) const CUT: &str = "...";

/// Columns around what must be seen, for [`CUT`] and a little of the line.
const AROUND: usize = 6;

/// Indentation that is worth its space.
const INDENTATION: usize = 20;

/// What is kept of deeper indentation.
const KEPT: usize = 4;

/// The columns that lines need, the longest of all lines that are shown.
pub(super) struct Needs {
    /// Spaces before every line.
    pub(super) indentation: usize,
    /// The first marked column.
    pub(super) first: usize,
    /// The column after the last marked one.
    pub(super) end: usize,
    /// The column after the last mark and its label.
    pub(super) label_end: usize,
    /// The width of the longest line.
    pub(super) longest: usize,
}

/// The columns that are shown, the same of all lines.
pub(super) struct Window {
    start: usize,
    end: usize,
    pub(super) width: usize,
}

impl Window {
    /// As much as fits into `width`, and in any case what is marked.
    pub(super) fn new(needs: &Needs, width: usize) -> Self {
        let indentation = needs.indentation.min(needs.first).saturating_sub(AROUND);
        let first = needs.first.saturating_sub(AROUND);
        let end = needs.end + AROUND;
        let label_end = needs.label_end + AROUND;
        let start = if indentation > INDENTATION {
            indentation - (INDENTATION - KEPT)
        } else {
            0
        };
        let all = needs.longest.max(start);
        let (start, end) = if all - start <= width {
            (start, all)
        } else if label_end >= indentation && label_end - indentation <= width {
            (indentation, indentation + width)
        } else if label_end - first <= width {
            let start = first.saturating_sub((width - (label_end - first)) / 2);
            (start, start + width)
        } else if end - first <= width {
            let start = first.saturating_sub((width - (end - first)) / 5 * 2);
            (start, start + width)
        } else {
            (first, end)
        };
        Window { start, end, width }
    }

    /// Draws the part of a line that is shown, and returns the column of the
    /// line that it starts with.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        palette: &Palette,
        (row, column): (usize, usize),
        text: &str,
    ) -> usize {
        let len = width(text);
        let start = self.start.min(len);
        let end = if len.saturating_sub(self.start) <= self.width {
            len
        } else {
            len.min(self.end)
        };
        // A wide character may stick out of either side; it is left out.
        let (skipped, rest) = split_at(text, start);
        let mut shown = rest;
        let mut taken = 0;
        for (at, c) in rest.char_indices() {
            taken += char_width(c);
            if taken > end - start {
                shown = &rest[..at];
                break;
            }
        }
        let mut first = column;
        if self.start > 0 {
            canvas.put(row, column, CUT, palette.frame);
            let (taken, rest) = split_at(shown, CUT.len());
            first += taken;
            shown = rest;
        }
        canvas.put(row, first, shown, NO_COLOR);
        if len > end {
            let mut covered = 0;
            let over = shown.chars().rev().take_while(|&c| {
                let is_over = covered < CUT.len();
                covered += char_width(c);
                is_over
            });
            let at = shown.chars().count() - over.count();
            canvas.put(row, first + at, CUT, palette.frame);
        }
        skipped
    }
}

/// Splits a text where it has at least a width, and says which it has there.
fn split_at(text: &str, at_least: usize) -> (usize, &str) {
    let mut width = 0;
    for (at, c) in text.char_indices() {
        if width >= at_least {
            return (width, &text[at..]);
        }
        width += char_width(c);
    }
    (width, "")
}
