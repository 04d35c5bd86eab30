//! Shows findings to people.

mod excerpt;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use self::excerpt::Excerpt;
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
    let path = harmless(source.name());
    let mut title =
        level(finding.severity).primary_title(harmless(&finding.message).replace('\n', " "));
    // What others found, a tenant for one, is under no code that can be looked up.
    let is_ours = !finding.code.explanation.is_empty();
    if is_ours {
        title = title.id(finding.code.id);
    }
    let mut group = Group::with_title(title);
    let excerpt = finding.span.map(|span| Excerpt::new(source, finding, span));
    group = match &excerpt {
        None => group.element(Origin::path(&path)),
        Some(excerpt) => {
            let primary = AnnotationKind::Primary
                .span(excerpt.primary.clone())
                .label(harmless(&finding.label));
            let related = excerpt.related.iter().map(|(range, label)| {
                AnnotationKind::Context
                    .span(range.clone())
                    .label(harmless(label))
            });
            group.element(
                Snippet::source(&excerpt.text)
                    .line_start(excerpt.first_line)
                    .path(&path)
                    .annotation(primary)
                    .annotations(related),
            )
        }
    };
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(harmless(help)));
    }
    if let Some(fix) = &finding.fix {
        let text = format!("{}; `extyped check --fix` does it", harmless(&fix.title));
        group = group.element(Level::HELP.with_name("fix").message(text));
    }
    if is_ours {
        let more = format!("`extyped explain {}` says more", finding.code.id);
        group = group.element(Level::NOTE.message(more));
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    renderer.render(&[group])
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

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    }
}

/// A text with what a terminal would obey made visible: texts quote the file,
/// and a file must not steer the terminal.
pub fn harmless(text: &str) -> String {
    annotate_snippets::normalize_untrusted_str(text)
}
