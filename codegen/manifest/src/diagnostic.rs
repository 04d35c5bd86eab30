//! What is wrong with a manifest, as data. How it looks is a face's business.

use crate::codes::Code;
use crate::order::order_by;
pub use crate::severity::Severity;
use crate::source::{SourceFile, Span};

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Which check found it.
    pub code: &'static Code,
    /// How much it matters here; a check may be milder in some cases.
    pub severity: Severity,
    /// What is wrong, in the manifest's words, without a final full stop.
    pub message: String,
    /// Where; none when the finding is about an option or the file itself.
    pub span: Option<Span>,
    /// A short text at [`span`](Self::span) in an excerpt.
    pub label: String,
    /// Other places the author needs to see.
    pub related: Vec<Related>,
    /// What to do about it.
    pub help: Option<String>,
    /// The edits that mend it, if a machine can.
    pub fix: Option<Fix>,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there.
    pub label: String,
}

/// Edits that together mend a finding: all or none are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What applying it does, as an imperative sentence.
    pub title: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
    /// The metric that gets another key, which files beside the manifest may
    /// name as well.
    pub rename: Option<Rename>,
}

/// Another key for a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The key as it is written now.
    pub from: String,
    /// The new one.
    pub to: String,
}

/// A replacement of a range of bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What takes its place.
    pub replacement: String,
}

/// The findings of all phases on one file.
#[derive(Debug, Clone, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Diagnostic {
    /// A finding with the severity its code usually has, at `span`.
    pub fn new(
        code: &'static Code,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        Diagnostic {
            code,
            severity: code.severity,
            message: message.into(),
            span: span.into(),
            label: String::new(),
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Sets the text shown at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets a severity other than the code's usual one.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related {
            span,
            label: label.into(),
        });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Attaches the edits that mend it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix {
            title: title.into(),
            edits,
            rename: None,
        });
        self
    }

    /// Says that the fix gives a metric another key.
    #[must_use]
    pub(crate) fn renames(mut self, from: &str, to: &str) -> Self {
        if let Some(fix) = &mut self.fix {
            fix.rename = Some(Rename {
                from: from.to_owned(),
                to: to.to_owned(),
            });
        }
        self
    }
}

impl Report {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// All findings, in the order they were made until [`sort`](Self::sort).
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Takes all findings of another report.
    pub(crate) fn take(&mut self, other: Report) {
        self.diagnostics.extend(other.diagnostics);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many findings have exactly this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .count()
    }

    /// Orders the findings as the author reads the file: by place, then code.
    /// Findings without a place come first.
    pub fn sort(&mut self) {
        order_by(&mut self.diagnostics, |diagnostic| {
            let code = diagnostic.code.id.trim_start_matches("EXT");
            let code = code.parse().unwrap_or(u32::MAX);
            match diagnostic.span {
                None => [0, 0, code],
                Some(Span { start, end }) => [start.saturating_add(1), end.saturating_add(1), code],
            }
        });
    }
}

impl IntoIterator for Report {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.diagnostics.into_iter()
    }
}

impl FromIterator<Diagnostic> for Report {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(diagnostics: T) -> Self {
        Report {
            diagnostics: diagnostics.into_iter().collect(),
        }
    }
}

impl Extend<Diagnostic> for Report {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        self.diagnostics.extend(diagnostics);
    }
}

/// `file:line:column` of a finding, or only the file when it has no place.
pub fn location(source: &SourceFile, diagnostic: &Diagnostic) -> String {
    match diagnostic.span {
        Some(span) => format!("{}:{}", source.name(), source.position(span.start)),
        None => source.name().to_owned(),
    }
}
