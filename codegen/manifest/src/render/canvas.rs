//! What a rendering is drawn on: rows of characters, each with its color.

use super::Style;
use crate::severity::Severity;

/// The escape sequences of the parts of a rendering; all of them empty where
/// there are no colors.
pub(super) struct Palette {
    /// What is wrong, and where.
    pub(super) severity: &'static str,
    /// Line numbers and what frames an excerpt, and places beside the main one.
    pub(super) frame: &'static str,
    /// The message, and the names of what follows the excerpt.
    pub(super) emphasis: &'static str,
}

impl Palette {
    /// On Windows, some colors cannot be read on the usual background.
    pub(super) fn new(style: Style, severity: Severity) -> Self {
        if style == Style::Plain {
            return Palette {
                severity: "",
                frame: "",
                emphasis: "",
            };
        }
        let windows = cfg!(windows);
        let frame = if windows {
            "\u{1b}[1m\u{1b}[96m"
        } else {
            "\u{1b}[1m\u{1b}[94m"
        };
        Palette {
            severity: match severity {
                Severity::Error => "\u{1b}[1m\u{1b}[91m",
                Severity::Warning if windows => "\u{1b}[1m\u{1b}[93m",
                Severity::Warning => "\u{1b}[1m\u{1b}[33m",
                Severity::Hint => frame,
            },
            frame,
            emphasis: if windows {
                "\u{1b}[1m\u{1b}[97m"
            } else {
                "\u{1b}[1m"
            },
        }
    }
}

/// The color of what has none.
pub(super) const NO_COLOR: &str = "";

/// A row grows as far as something is written on it; what lies between are
/// spaces.
#[derive(Default)]
pub(super) struct Canvas {
    rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Copy)]
struct Cell {
    character: char,
    color: &'static str,
}

impl Canvas {
    /// The number of the row below all that is drawn.
    pub(super) fn next_row(&self) -> usize {
        self.rows.len()
    }

    /// Writes over what is there.
    pub(super) fn put(&mut self, row: usize, column: usize, text: &str, color: &'static str) {
        for (at, character) in (column..).zip(text.chars()) {
            self.set(row, at, Cell { character, color });
        }
    }

    /// Writes after what is on the row.
    pub(super) fn append(&mut self, row: usize, text: &str, color: &'static str) {
        let column = self.rows.get(row).map_or(0, Vec::len);
        self.put(row, column, text, color);
    }

    /// Writes the same character in several columns.
    pub(super) fn fill(
        &mut self,
        row: usize,
        columns: std::ops::Range<usize>,
        character: char,
        color: &'static str,
    ) {
        for column in columns {
            self.set(row, column, Cell { character, color });
        }
    }

    /// Writes in the place of several columns, and moves what follows them.
    /// Does nothing where they are not all there.
    pub(super) fn replace(
        &mut self,
        row: usize,
        columns: std::ops::Range<usize>,
        text: &str,
        color: &'static str,
    ) {
        let cells = text.chars().map(|character| Cell { character, color });
        if let Some(row) = self.rows.get_mut(row)
            && columns.start < columns.end
            && columns.end <= row.len()
        {
            row.splice(columns, cells);
        }
    }

    fn set(&mut self, row: usize, column: usize, cell: Cell) {
        const SPACE: Cell = Cell {
            character: ' ',
            color: NO_COLOR,
        };
        while self.rows.len() <= row {
            self.rows.push(Vec::new());
        }
        let row = &mut self.rows[row];
        while row.len() <= column {
            row.push(SPACE);
        }
        row[column] = cell;
    }

    /// All rows as text.
    pub(super) fn into_text(self) -> String {
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            let mut color = NO_COLOR;
            for cell in row {
                if cell.color != color {
                    reset(&mut text, color);
                    color = cell.color;
                    text.push_str(color);
                }
                text.push(cell.character);
            }
            reset(&mut text, color);
        }
        text
    }
}

fn reset(text: &mut String, color: &str) {
    if color != NO_COLOR {
        text.push_str("\u{1b}[0m");
    }
}
