//! Shows findings to people.

mod canvas;
mod excerpt;
mod marks;
mod text;
mod window;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use self::canvas::{Canvas, NO_COLOR, Palette};
use self::excerpt::Excerpt;
pub use self::text::harmless;
use crate::diagnostic::{Diagnostic, Report, Severity, location};
use crate::source::SourceFile;

/// Whether a rendering may contain escape sequences for a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Text only.
    Plain,
    /// With colors.
    Colored,
}

/// A finding with its excerpt, over several lines and without a line break at
/// the end:
///
/// ```text
/// error[EXT002]: the key `name` comes twice in the same mapping
///  --> extension.yaml:4:1
///   |
/// 1 | name: custom:load-balancer
///   | ---- first here
/// ...
/// ```
pub fn human(source: &SourceFile, finding: &Diagnostic, style: Style) -> String {
    let palette = Palette::new(style, finding.severity);
    let mut canvas = Canvas::default();
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    canvas.append(0, name, palette.severity);
    // What others found, a tenant for one, is under no code that can be looked up.
    let is_ours = !finding.code.explanation.is_empty();
    if is_ours {
        canvas.append(0, &format!("[{}]", finding.code.id), palette.severity);
    }
    let message = harmless(&finding.message).replace('\n', " ");
    canvas.append(0, &format!(": {message}"), palette.emphasis);

    let mut excerpt = finding.span.map(|span| Excerpt::new(source, finding, span));
    let margin = excerpt.as_ref().map_or(0, Excerpt::digits);
    canvas.put(1, margin, "--> ", palette.frame);
    canvas.append(1, &harmless(source.name()), NO_COLOR);
    if let Some(excerpt) = &mut excerpt {
        canvas.append(1, &excerpt.position(), NO_COLOR);
        canvas.put(2, margin + 1, "|", palette.frame);
        excerpt.draw(&mut canvas, &palette);
    }
    let mut remarks = Vec::new();
    if let Some(help) = &finding.help {
        remarks.push(("help", harmless(help)));
    }
    if let Some(fix) = &finding.fix {
        let title = harmless(&fix.title);
        remarks.push(("fix", format!("{title}; `extyped check --fix` does it")));
    }
    if is_ours {
        let id = finding.code.id;
        remarks.push(("note", format!("`extyped explain {id}` says more")));
    }
    if excerpt.is_some() && !remarks.is_empty() {
        canvas.put(canvas.next_row(), margin + 1, "|", palette.frame);
    }
    for (name, text) in remarks {
        let mut row = canvas.next_row();
        canvas.put(row, margin + 1, "= ", palette.frame);
        canvas.append(row, name, palette.emphasis);
        canvas.append(row, ": ", NO_COLOR);
        let column = margin + 3 + name.len() + 2;
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                row += 1;
                canvas.append(row, &" ".repeat(column), NO_COLOR);
            }
            canvas.append(row, line, NO_COLOR);
        }
    }
    canvas.into_text()
}

/// A finding on one line: `extension.yaml:42:14: message [EXT030]`.
pub fn headline(source: &SourceFile, finding: &Diagnostic) -> String {
    let place = harmless(&location(source, finding));
    let message = harmless(&finding.message).replace('\n', " ");
    format!("{place}: {message} [{}]", finding.code.id)
}

/// A finding as the text of a `compile_error!`: the headline, since tools show
/// and keep the first line, then the excerpt.
pub fn compile_error(source: &SourceFile, finding: &Diagnostic) -> String {
    let human = human(source, finding, Style::Plain);
    let headline = headline(source, finding);
    match human.split_once('\n') {
        Some((_, excerpt)) => format!("{headline}\n{excerpt}"),
        None => headline,
    }
}

/// How many findings of each severity: `2 errors, 1 warning`.
pub fn summary(report: &Report) -> String {
    let mut text = String::new();
    for (severity, name) in [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Hint, "hint"),
    ] {
        let count = report.count(severity);
        if count == 0 {
            continue;
        }
        let separator = if text.is_empty() { "" } else { ", " };
        let plural = if count == 1 { "" } else { "s" };
        // Writing to a string cannot fail.
        let _ = write!(text, "{separator}{count} {name}{plural}");
    }
    if text.is_empty() {
        text.push_str("no findings");
    }
    text
}
