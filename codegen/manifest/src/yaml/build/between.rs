//! What stands between two nodes, of which the parser tells nothing.

use crate::source::Span;

/// An indicator, an anchor or a tag.
pub(super) struct Token {
    pub(super) span: Span,
    pub(super) first: u8,
}

/// The tokens from `start` to `end`, a range without scalars.
pub(super) fn tokens(text: &str, start: u32, end: u32) -> impl Iterator<Item = Token> {
    let between = text.get(start as usize..end as usize).unwrap_or_default();
    let mut bytes = between.bytes().zip(start..).peekable();
    std::iter::from_fn(move || {
        loop {
            let (first, start) = bytes.next()?;
            let is_verbatim = first == b'!' && bytes.peek().is_some_and(|next| next.0 == b'<');
            let goes_on: fn(u8) -> bool = match first {
                b'#' => |byte| !matches!(byte, b'\n' | b'\r'),
                b'!' if is_verbatim => |byte| byte != b'>',
                b'&' | b'!' => |byte| !byte.is_ascii_whitespace() && !b",[]{}".contains(&byte),
                _ => |_| false,
            };
            let mut end = start + 1;
            while let Some((_, at)) = bytes.next_if(|&(byte, _)| goes_on(byte)) {
                end = at + 1;
            }
            if is_verbatim {
                end = bytes.next().map_or(end, |(_, at)| at + 1);
            }
            if first != b'#' && !first.is_ascii_whitespace() {
                let span = Span::new(start, end);
                return Some(Token { span, first });
            }
        }
    })
}
