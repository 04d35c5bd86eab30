//! Lines on their way to a sink, and how they are cut into requests.

use std::fmt;

use crate::limits;

/// Finished lines, each ended by a newline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    text: String,
    count: usize,
}

/// Why a line was not added to [`Lines`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PushError {
    /// There is nothing in it.
    Empty,
    /// It contains a control character; a newline would make it two lines.
    Control,
    /// It has more than [`LINE_BYTES`](limits::LINE_BYTES) bytes.
    TooLong,
}

impl Lines {
    /// No lines.
    pub const fn new() -> Self {
        Lines {
            text: String::new(),
            count: 0,
        }
    }

    /// Takes text that was written as lines. The last newline is added if it
    /// is missing; nothing else is checked.
    pub fn from_text(mut text: String) -> Self {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let count = count_newlines(text.as_bytes());
        Lines { text, count }
    }

    /// [`from_text`](Self::from_text) for a caller that has counted: `text`
    /// consists of `count` lines, each ended by a newline.
    pub fn from_counted(text: String, count: usize) -> Self {
        debug_assert!(text.is_empty() || text.ends_with('\n'));
        debug_assert_eq!(count_newlines(text.as_bytes()), count);
        Lines { text, count }
    }

    /// Adds one line, given without its newline.
    pub fn push(&mut self, line: &str) -> Result<(), PushError> {
        if line.is_empty() {
            return Err(PushError::Empty);
        }
        if line.len() > limits::LINE_BYTES {
            return Err(PushError::TooLong);
        }
        if line.bytes().any(|b| b.is_ascii_control()) {
            return Err(PushError::Control);
        }
        self.text.push_str(line);
        self.text.push('\n');
        self.count += 1;
        Ok(())
    }

    /// Adds all lines of `other`.
    pub fn append(&mut self, other: Lines) {
        if self.is_empty() {
            *self = other;
        } else {
            self.text.push_str(&other.text);
            self.count += other.count;
        }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many bytes they take, newlines included.
    pub fn byte_len(&self) -> usize {
        self.text.len()
    }

    /// The lines as one text, each ended by a newline.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Gives the text away, each line ended by a newline.
    pub fn into_string(self) -> String {
        self.text
    }

    /// The lines one by one, without their newlines.
    pub fn iter(&self) -> std::str::SplitTerminator<'_, char> {
        self.text.split_terminator('\n')
    }

    /// The lines in requests of at most
    /// [`BATCH_LINES`](limits::BATCH_LINES) and
    /// [`BATCH_BYTES`](limits::BATCH_BYTES).
    pub fn batches(&self) -> Batches<'_> {
        self.batches_of(limits::BATCH_LINES, limits::BATCH_BYTES)
    }

    /// [`batches`](Self::batches) with other limits.
    pub fn batches_of(&self, lines: usize, bytes: usize) -> Batches<'_> {
        Batches {
            rest: &self.text,
            lines,
            bytes,
            refused: 0,
        }
    }
}

impl<'a> IntoIterator for &'a Lines {
    type Item = &'a str;
    type IntoIter = std::str::SplitTerminator<'a, char>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// What one request carries: whole lines, each ended by a newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch<'a> {
    text: &'a str,
    lines: usize,
}

impl<'a> Batch<'a> {
    /// The body of the request.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// How many lines it holds; never zero.
    pub fn line_count(&self) -> usize {
        self.lines
    }
}

/// Cuts lines into requests, in order. See [`Lines::batches`].
///
/// A line that alone is over the limit can never be sent: it is refused and
/// counted. When the iterator has ended, the lines of all batches and
/// [`refused`](Self::refused) make up what was given.
///
/// ```
/// use extyped_line::Lines;
///
/// let lines = Lines::from_text("a gauge,1\nlong.name gauge,2\nb gauge,3\n".into());
/// let mut batches = lines.batches_of(1_000, 12);
/// let sent: Vec<_> = batches.by_ref().map(|batch| batch.as_str()).collect();
/// assert_eq!(sent, ["a gauge,1\n", "b gauge,3\n"]);
/// assert_eq!(batches.refused(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct Batches<'a> {
    rest: &'a str,
    lines: usize,
    bytes: usize,
    refused: usize,
}

impl Batches<'_> {
    /// How many lines were too long for any batch, so far.
    pub fn refused(&self) -> usize {
        self.refused
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Batch<'a>;

    fn next(&mut self) -> Option<Batch<'a>> {
        while !self.rest.is_empty() {
            let mut end = 0;
            let mut lines = 0;
            for line in self.rest.split_inclusive('\n') {
                if lines == self.lines || end + line.len() > self.bytes {
                    if lines == 0 {
                        self.refused += 1;
                        end = line.len();
                    }
                    break;
                }
                end += line.len();
                lines += 1;
            }
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            if lines > 0 {
                return Some(Batch { text, lines });
            }
        }
        None
    }
}

/// In chunks whose count fits in a byte, so that the compiler can compare and
/// add many bytes at once.
fn count_newlines(text: &[u8]) -> usize {
    let count = |chunk: &[u8]| chunk.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>();
    text.chunks(u8::MAX.into())
        .map(|chunk| usize::from(count(chunk)))
        .sum()
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushError::Empty => f.write_str("the line is empty"),
            PushError::Control => f.write_str("the line contains a control character"),
            PushError::TooLong => {
                write!(f, "the line has more than {} bytes", limits::LINE_BYTES)
            }
        }
    }
}

impl std::error::Error for PushError {}
