//! What a terminal shows after all that was written to it, as far as `extyped`
//! makes use of one.

use std::fmt;

const ROWS: usize = 24;
const COLUMNS: usize = 80;

pub(crate) struct Screen {
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Whether it is the one that goes when a program ends.
    pub(crate) is_alternate: bool,
    pub(crate) has_cursor: bool,
}

impl Screen {
    pub(crate) fn of(written: &[u8]) -> Self {
        let mut screen = Screen {
            rows: blank(),
            row: 0,
            column: 0,
            is_alternate: false,
            has_cursor: true,
        };
        let text = String::from_utf8_lossy(written);
        let mut rest = text.as_ref();
        while let Some(next) = rest.chars().next() {
            if let Some(sequence) = rest.strip_prefix("\x1b[") {
                let end = sequence.find(|letter: char| letter.is_ascii_alphabetic());
                // The rest of it is on its way.
                let Some(end) = end else { break };
                let (arguments, behind) = sequence.split_at(end);
                screen.obey(arguments, &behind[..1]);
                rest = &behind[1..];
            } else {
                screen.put(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        screen
    }

    fn obey(&mut self, arguments: &str, command: &str) {
        match (arguments, command) {
            ("?1049", "h" | "l") => {
                self.is_alternate = command == "h";
                self.rows = blank();
                (self.row, self.column) = (0, 0);
            }
            ("?25", "h" | "l") => self.has_cursor = command == "h",
            (_, "J") => self.rows = blank(),
            (place, "H") => {
                let (row, column) = place.split_once(';').unwrap_or(("1", "1"));
                let [row, column] = [row, column].map(str::parse::<usize>);
                self.row = row.expect("a number") - 1;
                self.column = column.expect("a number") - 1;
            }
            // Colors.
            _ => {}
        }
    }

    fn put(&mut self, letter: char) {
        match letter {
            '\r' => self.column = 0,
            '\n' if self.row + 1 < ROWS => self.row += 1,
            '\n' => self.rows.rotate_left(1),
            _ => {
                let cell = self.rows.get_mut(self.row);
                if let Some(cell) = cell.and_then(|row| row.get_mut(self.column)) {
                    *cell = letter;
                }
                self.column += 1;
            }
        }
    }

    pub(crate) fn line(&self, row: usize) -> String {
        let line: String = self.rows[row].iter().collect();
        line.trim_end().to_owned()
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        (0..ROWS).any(|row| self.line(row).contains(text))
    }
}

fn blank() -> Vec<Vec<char>> {
    vec![vec![' '; COLUMNS]; ROWS]
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..ROWS).try_for_each(|row| writeln!(f, "|{}", self.line(row)))
    }
}
