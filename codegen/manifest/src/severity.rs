//! How much a finding matters, which both a check and its findings say.

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice: nothing is lost without it.
    Hint,
    /// Legal, but probably not what the author means.
    Warning,
    /// The platform rejects it or silently loses data.
    Error,
}
