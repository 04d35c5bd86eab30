//! The text of a manifest, and places in it.

use std::fmt;

/// A file as it was read: the name shown to the author and the text.
///
/// Positions are computed from byte offsets on demand, so that nothing else
/// needs to carry lines and columns around.
#[derive(Debug, Clone)]
pub struct SourceFile {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

/// A half-open range of bytes in a [`SourceFile`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// A place as an editor shows it: line and column both start at 1, and the
/// column counts characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Span {
    /// The range from `start` to `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }
}

impl SourceFile {
    /// Takes the text of a file. `name` is what diagnostics call it, usually
    /// the path as the author wrote it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let bytes = text.as_bytes();
        let mut line_starts = vec![0];
        for (at, &byte) in bytes.iter().enumerate() {
            // To YAML, a carriage return alone ends a line as well.
            if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                line_starts.push(offset(at + 1));
            }
        }
        SourceFile {
            name: name.into(),
            text,
            line_starts,
        }
    }

    /// The same text under another name, for a face that shows the path as the
    /// author wrote it and opens the file by another.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        SourceFile {
            name: name.into(),
            ..self
        }
    }

    /// What diagnostics call the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty when the span does not lie in the file.
    pub fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The number of lines, counting an empty one after a final line break.
    pub fn line_count(&self) -> u32 {
        offset(self.line_starts.len())
    }

    /// The range of a line, counted from 1, without its line break; empty at
    /// the end of the file when there is no such line.
    pub fn line(&self, line: u32) -> Span {
        let end_of_file = offset(self.text.len());
        let at = |line: u32| {
            let start = self.line_starts.get(line as usize).copied();
            start.unwrap_or(end_of_file)
        };
        let start = at(line.saturating_sub(1));
        let text = self.slice(Span::new(start, at(line)));
        let len = text.trim_end_matches(['\n', '\r']).len();
        Span::new(start, start + offset(len))
    }

    /// The line of a byte offset, counted from 1.
    pub fn line_of(&self, at: u32) -> u32 {
        let started = self.line_starts.partition_point(|&start| start <= at);
        offset(started.max(1))
    }

    /// Line and column of a byte offset.
    pub fn position(&self, at: u32) -> Position {
        let line = self.line_of(at);
        let start = self.line(line).start as usize;
        let column = self.text.get(start..at as usize).map_or(0, |before| {
            before.chars().filter(|&c| c != '\u{feff}').count()
        });
        Position {
            line,
            column: offset(column + 1),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Span {
    /// The key of a place for [`order_by`](crate::order::order_by).
    pub(crate) fn order(self) -> [u32; 3] {
        [self.start, self.end, 0]
    }
}

/// Byte offsets fit: files are limited to far less than 4 GiB before their
/// offsets mean anything.
pub(crate) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
