//! The findings as workflow commands, which GitHub shows at the lines of a pull
//! request.
//!
//! The escapes are those of `@actions/core`; the format is described under
//! "Workflow commands for GitHub Actions".

use std::fmt::Write as _;

use extyped_manifest::diagnostic::{Diagnostic, Severity};
use extyped_manifest::render::harmless;
use extyped_manifest::source::SourceFile;

use super::Found;

/// A command for each finding, each on a line of its own.
pub(crate) fn commands<'a>(findings: impl IntoIterator<Item = Found<'a>>) -> String {
    let mut text = String::new();
    for (source, finding) in findings {
        command(&mut text, source, finding);
    }
    text
}

fn command(text: &mut String, source: &SourceFile, finding: &Diagnostic) {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    // Writing to a string cannot fail.
    let _ = write!(text, "::{name} file={}", property(&slashes(source.name())));
    if let Some(span) = finding.span {
        let (start, end) = (source.position(span.start), source.position(span.end));
        let _ = write!(text, ",line={},endLine={}", start.line, end.line);
        // Columns mean something to GitHub only within one line.
        if start.line == end.line {
            let _ = write!(text, ",col={},endColumn={}", start.column, end.column);
        }
    }
    let title = format!("{}: {}", finding.code.id, finding.code.name);
    let _ = writeln!(
        text,
        ",title={}::{}",
        property(&title),
        data(&words(finding))
    );
}

/// What a reader of the pull request needs, without the rest of the file.
fn words(finding: &Diagnostic) -> String {
    let mut words = finding.message.clone();
    if !finding.label.is_empty() {
        let _ = write!(words, "\n{}", finding.label);
    }
    if let Some(help) = &finding.help {
        let _ = write!(words, "\nhelp: {help}");
    }
    if let Some(fix) = &finding.fix {
        let _ = write!(words, "\nfix: {}; `extyped check --fix` does it", fix.title);
    }
    words
}

fn slashes(path: &str) -> String {
    path.replace(std::path::MAIN_SEPARATOR, "/")
}

/// A text after the second `::`. What a terminal would obey goes into the log
/// as well, and is made visible.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split(['\n', '\r']).map(harmless).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
}

/// The value of a property, which also ends at `:` and `,`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use extyped_manifest::codes;
    use extyped_manifest::source::Span;

    use super::*;

    fn one(source: &SourceFile, finding: &Diagnostic) -> String {
        commands([(source, finding)])
    }

    #[test]
    fn a_finding_is_one_line() {
        let source = SourceFile::new("extension/extension.yaml", "name: x\nmetrics:\n");
        let finding =
            Diagnostic::new(&codes::METRIC_KEY, Span::new(8, 15), "bad key").help("rename it");
        assert_eq!(
            one(&source, &finding),
            "::error file=extension/extension.yaml,line=2,endLine=2,col=1,endColumn=8,\
             title=EXT020%3A metric-key::bad key%0Ahelp: rename it\n"
        );
    }

    #[test]
    fn severities_have_the_names_of_github() {
        let source = SourceFile::new("extension.yaml", "");
        for (severity, start) in [
            (Severity::Error, "::error "),
            (Severity::Warning, "::warning "),
            (Severity::Hint, "::notice "),
        ] {
            let finding = Diagnostic::new(&codes::NO_METRICS, None, "x").severity(severity);
            let line = one(&source, &finding);
            assert!(line.starts_with(start), "{line}");
            assert!(line.contains(" file=extension.yaml,title="), "{line}");
        }
    }

    #[test]
    fn no_text_ends_a_command_or_a_property_early() {
        let source = SourceFile::new("a,b:c%d.yaml", "");
        let finding = Diagnostic::new(&codes::NO_METRICS, None, "50%\r\n::error::x\u{1b}[2J");
        let line = one(&source, &finding);
        assert!(
            line.starts_with("::warning file=a%2Cb%3Ac%25d.yaml,title="),
            "{line}"
        );
        assert!(line.contains("::50%25%0A%0A::error::x"), "{line}");
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(!line.contains('\u{1b}'), "{line}");
    }

    #[test]
    fn columns_are_left_out_where_they_would_mislead() {
        let source = SourceFile::new("extension.yaml", "a: 1\nb: 2\n");
        let finding = Diagnostic::new(&codes::NO_METRICS, Span::new(0, 9), "x");
        let line = one(&source, &finding);
        assert!(line.contains("line=1,endLine=2,title"), "{line}");
    }
}
