//! The lines that a rendering shows.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span, offset};

/// Lines shown around an annotated one at most; farther ones are folded.
const AROUND: u32 = 3;

/// A part of a file and the annotated ranges in it.
///
/// Rendering works on every line between the first and the last annotated one.
/// The lines that it folds need not have their text, so they are left empty.
pub(super) struct Excerpt<'a> {
    pub(super) text: String,
    pub(super) first_line: usize,
    pub(super) primary: Range<usize>,
    pub(super) related: Vec<(Range<usize>, &'a str)>,
}

/// An annotation on one line, in bytes from the line's start.
struct Mark {
    line: u32,
    range: Range<usize>,
}

impl<'a> Excerpt<'a> {
    pub(super) fn new(source: &SourceFile, finding: &'a Diagnostic, primary: Span) -> Self {
        let mut marks = vec![Mark::new(source, primary)];
        let related = &finding.related;
        marks.extend(related.iter().map(|place| Mark::new(source, place.span)));
        let lines = || marks.iter().map(|mark| mark.line);
        let first = lines().min().unwrap_or_default();
        let last = lines().max().unwrap_or_default();

        let mut text = String::new();
        let mut starts = Vec::new();
        for line in first..=last {
            starts.push(text.len());
            let is_near = lines().any(|marked| marked.abs_diff(line) <= AROUND);
            if is_near {
                text.push_str(source.slice(visible(source, line)));
            }
            text.push('\n');
        }
        let mut ranges = marks.into_iter().map(|mark| {
            let start = starts[(mark.line - first) as usize];
            start + mark.range.start..start + mark.range.end
        });
        Excerpt {
            primary: ranges.next().unwrap_or_default(),
            related: ranges
                .zip(related)
                .map(|(range, place)| (range, place.label.as_str()))
                .collect(),
            text,
            first_line: first as usize,
        }
    }
}

impl Mark {
    /// Of a span over several lines, only the part on its first: where a value
    /// ends matters little, and a frame around a page of text hides the page.
    fn new(source: &SourceFile, span: Span) -> Self {
        let line = source.line_of(span.start);
        let visible = visible(source, line);
        let within = |at: u32| at.clamp(visible.start, visible.end) - visible.start;
        Mark {
            line,
            range: within(span.start) as usize..within(span.end) as usize,
        }
    }
}

/// A line without its line break and byte order mark.
fn visible(source: &SourceFile, line: u32) -> Span {
    let span = source.line(line);
    let mark = source.slice(span).strip_prefix('\u{feff}');
    Span::new(
        mark.map_or(span.start, |rest| span.end - offset(rest.len())),
        span.end,
    )
}
