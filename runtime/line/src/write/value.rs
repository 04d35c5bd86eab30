//! Dimension values.
//!
//! A value is written inside quotes, so that only `"` and `\` need an escape.
//! What cannot stand in a value is replaced by `_`, one for a run of such
//! characters: control characters (a newline would start a second line),
//! format characters, private use, the line and paragraph separators, and the
//! code points that never are characters. A value that is too long is cut,
//! never inside a character or an escape.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::limits;

/// Appends `value` in quotes. Returns whether there was anything to write;
/// if not, `out` is as before, because the ingest drops an empty value.
///
/// ```
/// let mut line = String::new();
/// assert!(extyped_line::value::quote(&mut line, r#"C:\ "tmp""#));
/// assert_eq!(line, r#""C:\\ \"tmp\"""#);
/// ```
pub fn quote(out: &mut String, value: &str) -> bool {
    let mut quoted = Quoted::open(out);
    quoted.push(value);
    quoted.close()
}

/// A value being written in quotes, piece by piece: what anything that
/// implements [`Display`](fmt::Display) is written to.
///
/// ```
/// use std::fmt::Write;
/// use extyped_line::value::Quoted;
///
/// let mut line = String::new();
/// let mut value = Quoted::open(&mut line);
/// write!(value, "{}:{}", "10.0.0.1", 443).unwrap();
/// assert!(value.close());
/// assert_eq!(line, r#""10.0.0.1:443""#);
/// ```
#[derive(Debug)]
pub struct Quoted<'a> {
    out: &'a mut String,
    start: usize,
    cursor: Cursor,
}

impl<'a> Quoted<'a> {
    /// Opens the quotes, for at most
    /// [`DIMENSION_VALUE`](limits::DIMENSION_VALUE) UTF-16 code units.
    #[inline]
    pub fn open(out: &'a mut String) -> Self {
        Self::open_to(out, limits::DIMENSION_VALUE)
    }

    /// [`open`](Self::open) with another limit, such as
    /// [`CLIENT_DIMENSION_VALUE`](limits::CLIENT_DIMENSION_VALUE).
    #[inline]
    pub fn open_to(out: &'a mut String, limit: usize) -> Self {
        out.push('"');
        Self::opened(out, limit)
    }

    /// A value whose opening quote is the last character of `out`.
    #[inline]
    fn opened(out: &'a mut String, limit: usize) -> Self {
        Quoted {
            start: out.len().saturating_sub(1),
            out,
            // Both quotes count.
            cursor: Cursor::new(limit.saturating_sub(2)),
        }
    }

    /// Appends a piece of the value.
    #[inline]
    pub fn push(&mut self, piece: &str) {
        if piece.len() <= self.cursor.room && is_plain(piece.as_bytes()) {
            self.out.push_str(piece);
            self.cursor.room -= piece.len();
            // An empty piece ends no run of replaced characters.
            self.cursor.replaced &= piece.is_empty();
        } else {
            self.cursor
                .push(self.out, piece, |c| matches!(c, '"' | '\\'));
        }
    }

    /// Closes the quotes. Returns whether there was anything to write; if not,
    /// the quotes are taken back.
    #[inline]
    pub fn close(self) -> bool {
        let written = self.out.len() > self.start + 1;
        if written {
            self.out.push('"');
        } else {
            self.out.truncate(self.start);
        }
        written
    }
}

impl fmt::Write for Quoted<'_> {
    #[inline]
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.push(piece);
        Ok(())
    }
}

/// The value that the official client would write for `value`: without quotes
/// and with more escapes, unless the value itself comes in quotes. Empty if
/// the dimension is to be left out. Borrowed if nothing had to be changed.
///
/// Lines made by other tools use this form; lines of this crate use [`quote`].
pub fn normalize(value: &str) -> Cow<'_, str> {
    normalize_to(value, limits::DIMENSION_VALUE)
}

/// [`normalize`] with another limit, such as
/// [`CLIENT_DIMENSION_VALUE`](limits::CLIENT_DIMENSION_VALUE).
pub fn normalize_to(value: &str, limit: usize) -> Cow<'_, str> {
    let mut normal = String::with_capacity(value.len());
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    if let Some(inner) = inner {
        let mut quoted = Quoted::open_to(&mut normal, limit);
        quoted.push(inner);
        quoted.close();
    } else {
        let escaped = |c| matches!(c, ' ' | ',' | '=' | '"' | '\\');
        Cursor::new(limit).push(&mut normal, value, escaped);
    }
    if normal == value {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(normal)
    }
}

/// Whether a character is written as `_`.
pub fn is_replaced(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Format characters: what a reader cannot see but a comparison can.
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0001}' | '\u{e0020}'..='\u{e007f}'
            // Line and paragraph separators.
            | '\u{2028}' | '\u{2029}'
            // Private use.
            | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}'
            // Never a character.
            | '\u{fdd0}'..='\u{fdef}')
        || (c as u32) & 0xfffe == 0xfffe
}

/// Where the writing of a value stands between two of its pieces.
#[derive(Debug)]
struct Cursor {
    /// UTF-16 code units that still fit. Zero once something did not: what
    /// follows a cut is not part of the value, even if it is shorter.
    room: usize,
    /// Whether the last character became a `_`, so that the next need not.
    replaced: bool,
}

impl Cursor {
    fn new(room: usize) -> Self {
        Cursor {
            room,
            replaced: false,
        }
    }

    fn push(&mut self, out: &mut String, piece: &str, escaped: impl Fn(char) -> bool) {
        for c in piece.chars() {
            let replace = is_replaced(c);
            if replace && self.replaced {
                continue;
            }
            let c = if replace { '_' } else { c };
            let escape = escaped(c);
            let units = c.len_utf16() + usize::from(escape);
            if units > self.room {
                self.room = 0;
                return;
            }
            self.room -= units;
            self.replaced = replace;
            if escape {
                out.push('\\');
            }
            out.push(c);
        }
    }
}

/// Whether all bytes are printable ASCII that needs no escape, so that they
/// can be copied. Eight at a time, because nearly every value passes; the last
/// eight may overlap those before.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    let plain = |word: &[u8; 8]| is_plain_word(u64::from_le_bytes(*word));
    match bytes.last_chunk() {
        Some(last) => plain(last) && bytes.as_chunks().0.iter().all(plain),
        None => bytes
            .iter()
            .all(|&b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\'),
    }
}

/// [`is_plain`] for eight bytes. Each test sets the top bit of a byte that
/// fails it; a carry or borrow can only come from a byte that failed.
#[inline]
fn is_plain_word(word: u64) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const TOP: u64 = 0x8080_8080_8080_8080;
    let is = |byte: u8| (word ^ (LOW * u64::from(byte))).wrapping_sub(LOW);
    let control = word.wrapping_sub(LOW * 0x20);
    let delete = word.wrapping_add(LOW);
    (word | control | delete | is(b'"') | is(b'\\')) & TOP == 0
}

/// Appends a dimension: `opening`, which is `,key="` and so ends in the opening
/// quote, anything that can be displayed, and the closing quote. `None` if
/// `Display` failed, else whether there was anything to write.
///
/// In both cases without a value `out` is as before.
///
/// ```
/// use extyped_line::value::dimension;
///
/// let mut line = "lb.cpu".to_owned();
/// assert_eq!(dimension(&mut line, ",port=\"", &443), Some(true));
/// assert_eq!(dimension(&mut line, ",name=\"", &""), Some(false));
/// assert_eq!(line, r#"lb.cpu,port="443""#);
/// ```
pub fn dimension<T: fmt::Display>(out: &mut String, opening: &str, value: &T) -> Option<bool> {
    debug_assert!(opening.ends_with('"'), "{opening} is not `,key=\"`");
    let start = out.len();
    out.push_str(opening);
    let opened = out.len();
    let mut quoted = Quoted::opened(out, limits::DIMENSION_VALUE);
    if write!(quoted, "{}", *value).is_err() {
        out.truncate(start);
        return None;
    }
    let written = out.len() > opened;
    if written {
        out.push('"');
    } else {
        out.truncate(start);
    }
    Some(written)
}
