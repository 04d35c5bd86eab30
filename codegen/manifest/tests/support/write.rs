//! Writes a value as YAML in one of many ways.

use std::fmt::Write as _;

use super::Value;

/// Writes a collection. The choices decide on styles, indentation, comments,
/// blank lines and line breaks.
pub(super) fn write(value: &Value, choices: Vec<u8>) -> String {
    let mut writer = Writer {
        choices,
        next: 0,
        out: String::new(),
    };
    let line_break = if writer.one_in(4) { "\r\n" } else { "\n" };
    if writer.one_in(8) {
        writer.out.push('\u{feff}');
    }
    if writer.one_in(4) {
        writer.end_line();
    }
    writer.value(value, 0, Parent::Root);
    writer.out.replace('\n', line_break)
}

struct Writer {
    choices: Vec<u8>,
    next: usize,
    out: String,
}

/// What a value stands behind.
#[derive(Clone, Copy, PartialEq)]
enum Parent {
    Root,
    Key,
    Dash,
}

impl Writer {
    fn choose(&mut self, count: usize) -> usize {
        let choice = self.choices[self.next % self.choices.len()];
        self.next += 1;
        // Going around, the choices differ from those of the round before.
        (usize::from(choice) + self.next / self.choices.len()) % count
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.choose(count) == 0
    }

    fn pad(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    fn end_line(&mut self) {
        if self.one_in(6) {
            let is_start = self.out.is_empty() || self.out.ends_with('\u{feff}');
            self.out.push_str(if is_start { "" } else { " " });
            self.out.push_str("# a comment: [ it's > |");
        }
        self.out.push('\n');
        if self.one_in(8) {
            self.out.push_str("\n  # between\n");
        }
    }

    /// Writes the value and the end of its last line. `column` is where its
    /// parent stands.
    fn value(&mut self, value: &Value, column: usize, parent: Parent) {
        match value {
            Value::List(items) if !items.is_empty() && !self.one_in(5) => {
                let may_align = parent != Parent::Dash;
                let column = self.start_block(column, parent, may_align);
                for (index, item) in items.iter().enumerate() {
                    self.start_line(index, column);
                    self.out.push('-');
                    self.value(item, column, Parent::Dash);
                }
            }
            Value::Map(entries) if !entries.is_empty() && !self.one_in(5) => {
                let column = self.start_block(column, parent, parent == Parent::Root);
                for (index, (key, item)) in entries.iter().enumerate() {
                    self.start_line(index, column);
                    self.quoted_or_plain(key);
                    self.out.push(':');
                    self.value(item, column, Parent::Key);
                }
            }
            Value::Text(text) if can_be_literal(text) && self.one_in(2) => {
                let clips = text.ends_with('\n');
                self.out.push_str(if clips { " |" } else { " |-" });
                self.out.push('\n');
                for line in text.lines() {
                    if !line.is_empty() {
                        self.pad(column + 2);
                        self.out.push_str(line);
                    }
                    self.out.push('\n');
                }
            }
            _ => {
                self.out
                    .push_str(if parent == Parent::Root { "" } else { " " });
                self.flow(value);
                self.end_line();
            }
        }
    }

    /// Goes to the place of a block's first line and returns its column.
    fn start_block(&mut self, column: usize, parent: Parent, may_align: bool) -> usize {
        if parent == Parent::Root {
            return 0;
        }
        let deeper = 1 + self.choose(4);
        if parent == Parent::Dash && !self.one_in(4) {
            self.pad(deeper);
            return column + 1 + deeper;
        }
        let column = if may_align && self.one_in(2) {
            column
        } else {
            column + deeper
        };
        self.end_line();
        self.pad(column);
        column
    }

    /// The first line of a block has been started.
    fn start_line(&mut self, index: usize, column: usize) {
        if index > 0 {
            self.pad(column);
        }
    }

    fn flow(&mut self, value: &Value) {
        match value {
            Value::Null => {
                let null = if self.one_in(2) { "null" } else { "~" };
                self.out.push_str(null);
            }
            Value::Text(text) => self.quoted_or_plain(text),
            Value::Literal(text) => self.out.push_str(text),
            Value::List(items) => {
                self.out.push('[');
                for item in items {
                    self.flow(item);
                    self.out.push_str(", ");
                }
                self.out.push(']');
            }
            Value::Map(entries) => {
                self.out.push_str("{ ");
                for (index, (key, item)) in entries.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.quoted_or_plain(key);
                    self.out.push_str(": ");
                    self.flow(item);
                }
                self.out.push('}');
            }
        }
    }

    fn quoted_or_plain(&mut self, text: &str) {
        let is_simple = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        if can_be_plain(text) && !self.one_in(4) {
            self.out.push_str(text);
        } else if is_simple && self.one_in(2) {
            let _ = write!(self.out, "'{}'", text.replace('\'', "''"));
        } else {
            self.out.push('"');
            for c in text.chars() {
                match c {
                    '"' | '\\' => self.out.extend(['\\', c]),
                    ' '..='~' => self.out.push(c),
                    c if c.is_alphanumeric() => self.out.push(c),
                    c => {
                        let _ = write!(self.out, "\\U{:08x}", u32::from(c));
                    }
                }
            }
            self.out.push('"');
        }
    }
}

/// Stricter than YAML: what nobody doubts.
fn can_be_plain(text: &str) -> bool {
    text.split(' ').all(|word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.$()/-".contains(c))
    }) && !["null", "true", "false"].contains(&&*text.to_ascii_lowercase())
}

fn can_be_literal(text: &str) -> bool {
    !text.ends_with("\n\n")
        && !text.starts_with('\n')
        && !text.is_empty()
        && text.lines().all(|line| {
            let is_simple = line.chars().all(|c| c == ' ' || c.is_ascii_graphic());
            is_simple && line.trim() == line
        })
        && !text.contains('\r')
}
