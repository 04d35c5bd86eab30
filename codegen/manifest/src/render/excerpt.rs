//! The lines that a rendering shows.

use super::canvas::{Canvas, Palette};
use super::marks::{self, Mark, Place};
use super::text::{harmless, width};
use super::window::{CUT, Needs, Window};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span, offset};

/// The width of a rendering. Whoever shows it may have less room, but then
/// breaks lines as well.
const WIDTH: usize = 140;

/// The lines of a file that have something to do with a finding.
pub(super) struct Excerpt<'s> {
    source: &'s SourceFile,
    lines: Vec<Line>,
}

/// A line with its marks.
struct Line {
    number: u32,
    text: String,
    marks: Vec<Mark>,
}

impl<'s> Excerpt<'s> {
    pub(super) fn new(source: &'s SourceFile, finding: &Diagnostic, primary: Span) -> Self {
        let mut excerpt = Excerpt {
            source,
            lines: Vec::new(),
        };
        excerpt.mark(primary, &finding.label, true);
        for place in &finding.related {
            excerpt.mark(place.span, &place.label, false);
        }
        excerpt
    }

    /// Marks a place. Of a place over several lines, only the part on its first:
    /// where a value ends matters little, and a frame around a page of text hides
    /// the page.
    fn mark(&mut self, place: Span, label: &str, is_primary: bool) {
        let number = self.source.line_of(place.start);
        let line = visible(self.source, number);
        let text = self.source.slice(line);
        let within = |at: u32| (at.clamp(line.start, line.end) - line.start) as usize;
        let bytes = within(place.start)..within(place.end).max(within(place.start));
        let before = |at: usize| text.get(..at).unwrap_or(text);
        let column = |at: usize| width(&harmless(before(at)));
        let start = column(bytes.start);
        let mark = Mark {
            columns: start..column(bytes.end).max(start + 1),
            character: before(bytes.start).chars().count() + 1,
            bytes,
            label: harmless(label),
            is_primary,
        };
        let at = self.lines.partition_point(|line| line.number < number);
        if self.lines.get(at).is_none_or(|line| line.number != number) {
            let line = Line {
                number,
                text: harmless(text),
                marks: Vec::new(),
            };
            self.lines.insert(at, line);
        }
        self.lines[at].marks.push(mark);
    }

    /// Line and column of the finding's own place, to follow the file's name.
    pub(super) fn position(&self) -> String {
        let mut position = String::new();
        for line in &self.lines {
            if let Some(mark) = line.marks.iter().find(|mark| mark.is_primary) {
                position = format!(":{}:{}", line.number, mark.character);
            }
        }
        position
    }

    /// The width of the line numbers.
    pub(super) fn digits(&self) -> usize {
        let last = self.lines.last().map_or(0, |line| line.number);
        last.to_string().len()
    }

    /// Draws the lines and their marks below what is drawn.
    pub(super) fn draw(&mut self, canvas: &mut Canvas, palette: &Palette) {
        let digits = self.digits();
        let column = digits + 3;
        let window = Window::new(&self.needs(), WIDTH - column);
        let text = |canvas: &mut Canvas, number: u32, text: &str| {
            let row = canvas.next_row();
            let skipped = window.draw(canvas, palette, (row, column), text);
            canvas.put(row, 0, &format!("{number:>digits$}"), palette.frame);
            canvas.put(row, column - 2, "|", palette.frame);
            Place {
                row,
                column,
                skipped,
            }
        };
        let mut shown = None;
        for line in &mut self.lines {
            match shown.map(|last| line.number - last) {
                None | Some(0 | 1) => {}
                // A single line between takes no more room than what says that
                // there is one.
                Some(2) => {
                    let between = self.source.slice(visible(self.source, line.number - 1));
                    text(canvas, line.number - 1, &harmless(between));
                }
                Some(_) => canvas.put(canvas.next_row(), 0, CUT, palette.frame),
            }
            let place = text(canvas, line.number, &line.text);
            marks::draw(canvas, palette, &place, &window, &mut line.marks);
            shown = Some(line.number);
        }
    }

    fn needs(&self) -> Needs {
        let mut indentation = None;
        let mut needs = Needs {
            indentation: 0,
            first: usize::MAX,
            end: 0,
            label_end: 0,
            longest: 0,
        };
        for line in &self.lines {
            let content = line.text.trim_start();
            if !content.is_empty() {
                let before = &line.text[..line.text.len() - content.len()];
                let own = before.chars().count();
                indentation = Some(indentation.map_or(own, |least: usize| least.min(own)));
            }
            needs.longest = needs.longest.max(width(&line.text));
            for mark in &line.marks {
                let end = mark.columns.end;
                needs.first = needs.first.min(mark.columns.start);
                needs.end = needs.end.max(end);
                needs.label_end = needs.label_end.max(end + width(&mark.label) + 1);
            }
        }
        needs.indentation = indentation.unwrap_or_default();
        needs
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
