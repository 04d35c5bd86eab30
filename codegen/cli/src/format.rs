//! The findings for other programs.

pub(crate) mod github;
pub(crate) mod json;
pub(crate) mod sarif;

use extyped_manifest::diagnostic::{Diagnostic, Severity};
use extyped_manifest::source::SourceFile;

/// A finding and the file it is in.
pub(crate) type Found<'a> = (&'a SourceFile, &'a Diagnostic);

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}
