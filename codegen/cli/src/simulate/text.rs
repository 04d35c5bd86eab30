//! Texts cut, wrapped and timed for the cells of a terminal.

use std::time::Duration;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The text in at most so many cells, with `…` where something is left out.
pub(crate) fn clip(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut clipped = head(text, cells.saturating_sub(1)).to_owned();
    if cells > 0 {
        clipped.push('…');
    }
    clipped
}

/// Like [`clip`], but leaves out the middle: metrics differ at their ends.
pub(crate) fn clip_middle(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let Some(rest) = cells.checked_sub(1) else {
        return String::new();
    };
    let tail_cells = rest - rest / 2;
    let tail = text
        .char_indices()
        .map(|(at, _)| text.get(at..).unwrap_or_default())
        .find(|tail| tail.width() <= tail_cells)
        .unwrap_or_default();
    format!("{}…{tail}", head(text, rest / 2))
}

/// As much of the beginning as fits.
fn head(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or_default();
        if used > cells {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// The text in lines of at most so many cells, broken at blanks where there
/// are some; what does not fit into `lines` is left out.
pub(crate) fn wrap(text: &str, cells: usize, lines: usize) -> Vec<String> {
    let mut wrapped = Vec::new();
    let mut rest = text;
    while wrapped.len() + 1 < lines && rest.width() > cells && cells > 0 {
        let fitting = head(rest, cells);
        let cut = match fitting.rfind(' ') {
            Some(at) if at > 0 => at,
            _ => fitting.len(),
        };
        // A character wider than the whole line would never be passed.
        let cut = cut.max(rest.chars().next().map_or(1, char::len_utf8));
        let (line, after) = rest.split_at(cut);
        wrapped.push(line.to_owned());
        rest = after.trim_start();
    }
    if !rest.is_empty() || wrapped.is_empty() {
        wrapped.push(clip(rest, cells));
    }
    wrapped
}

/// A time as a clock shows it, `01:35` or `1:00:03`.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// How long ago, in few cells: `now`, `12 s`, `3 min`, `2 h`.
pub(crate) fn ago(time: Duration) -> String {
    match time.as_secs() {
        0 => "now".to_owned(),
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds if seconds < 7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_their_cells() {
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abcd", 3), "ab…");
        assert_eq!(clip("日本語", 4), "日…");
        assert_eq!(clip("abc", 0), "");
        assert_eq!(clip_middle("lb.node.bytes.in.count", 13), "lb.nod….count");
        assert_eq!(clip_middle("日本語日本語", 6), "日…語");
        assert_eq!(clip_middle("abc", 0), "");
        assert_eq!(clip_middle("abc", 1), "…");
    }

    #[test]
    fn texts_are_wrapped_at_blanks() {
        assert_eq!(wrap("one two three", 8, 9), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3, 9), ["abc", "def", "gh"]);
        assert_eq!(wrap("one two three", 4, 2), ["one", "two…"]);
        assert_eq!(wrap("日本", 1, 9), ["日", "本"]);
        assert_eq!(wrap("", 8, 9), [""]);
        assert_eq!(wrap("abc", 0, 9), [""]);
    }

    #[test]
    fn times_are_short() {
        let seconds = Duration::from_secs;
        assert_eq!(clock(seconds(95)), "01:35");
        assert_eq!(clock(seconds(3_603)), "1:00:03");
        for (time, expected) in [(0, "now"), (119, "119 s"), (120, "2 min"), (7_200, "2 h")] {
            assert_eq!(ago(seconds(time)), expected);
        }
    }
}
