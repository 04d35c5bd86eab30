//! Text as a terminal shows it.

use unicode_width::UnicodeWidthChar as _;

/// A text with what a terminal would obey made visible: texts quote the file,
/// and a file must not steer the terminal.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            '\t' => shown.push_str("    "),
            // Joins what stands around it, in terminals that can.
            '\u{200d}' => {}
            '\u{7f}' => shown.push('\u{2421}'),
            // Each has a picture, in the same order.
            '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            // The direction of text.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => shown.push('\u{fffd}'),
            _ => shown.push(c),
        }
    }
    shown
}

/// The columns that harmless text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The columns that a harmless character takes.
pub(super) fn char_width(c: char) -> usize {
    c.width().unwrap_or(1)
}
