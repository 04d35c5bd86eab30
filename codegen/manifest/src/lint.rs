//! What is wrong with a manifest that can be read.
//!
//! One file for each theme; each check adds its findings and knows nothing of
//! the others.

mod activation;
#[cfg(feature = "catalog")]
pub(crate) mod catalog;
mod coverage;
mod cumulative;
mod dimension_keys;
mod feature_sets;
pub(crate) mod files;
mod identity;
mod keys;
mod kinds;
mod no_dimensions;
mod options;
mod rename;
mod units;
mod unreachable;
mod words;

pub(crate) use self::activation::{no_form, over_budget};

use crate::contract::Overrides;
use crate::diagnostic::{Diagnostic, Edit, Report};
use crate::model::{FileRole, Manifest, NamedFile};
use crate::resolve::Meaning;
use crate::source::SourceFile;
use crate::yaml::Node;

/// What the checks look at.
pub(crate) struct Subject<'s, 'm, 't> {
    /// The text, for edits.
    pub(crate) source: &'s SourceFile,
    /// The manifest as it is written.
    pub(crate) manifest: &'m Manifest<'t>,
    /// What it means.
    pub(crate) meaning: &'s Meaning<'m, 't>,
    /// What the author says beside it.
    pub(crate) overrides: &'s Overrides,
}

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The manifest, and of the files beside it those that code is made from.
    Code,
    /// Every file that the manifest names.
    #[cfg(feature = "catalog")]
    Everything,
}

impl Scope {
    /// Whether a file is looked for.
    pub(crate) fn has(self, role: FileRole) -> bool {
        match self {
            Scope::Code => role == FileRole::ActivationSchema,
            #[cfg(feature = "catalog")]
            Scope::Everything => true,
        }
    }
}

/// Runs all checks.
pub(crate) fn run(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let checks = [
        identity::check,
        keys::check,
        kinds::check,
        cumulative::check,
        units::check,
        dimension_keys::check,
        coverage::check,
        unreachable::check,
        no_dimensions::check,
        feature_sets::check,
        options::check,
    ];
    for check in checks {
        check(subject, report);
    }
    #[cfg(feature = "catalog")]
    catalog::run(subject, report);
}

/// What the files beside a manifest define for each other.
#[derive(Default)]
pub(crate) struct Beside {
    #[cfg(feature = "catalog")]
    pipelines: catalog::Pipelines,
}

impl Beside {
    /// Looks into the files that were found.
    #[cfg(feature = "catalog")]
    pub(crate) fn of(found: &[(&NamedFile<'_>, SourceFile)]) -> Self {
        Beside {
            pipelines: catalog::Pipelines::of(found),
        }
    }

    /// Code is made of no file that another one defines something for.
    #[cfg(not(feature = "catalog"))]
    pub(crate) fn of(_found: &[(&NamedFile<'_>, SourceFile)]) -> Self {
        Beside::default()
    }
}

/// Looks at a file that the manifest names.
pub(crate) fn check_file(
    subject: &Subject<'_, '_, '_>,
    scope: Scope,
    beside: &Beside,
    file: &NamedFile<'_>,
    source: &SourceFile,
    root: Node<'_>,
    report: &mut Report,
) {
    if file.role == FileRole::ActivationSchema {
        activation::check(source, root, report);
    }
    #[cfg(feature = "catalog")]
    if scope == Scope::Everything {
        catalog::check_content(subject, file, source, root, &beside.pipelines, report);
    }
    #[cfg(not(feature = "catalog"))]
    let _ = (subject, scope, beside);
}

/// Attaches a fix if there is one.
fn mend(finding: Diagnostic, title: impl Into<String>, edits: Vec<Edit>) -> Diagnostic {
    if edits.is_empty() {
        finding
    } else {
        finding.fix(title, edits)
    }
}

/// `a`, `b`, `c` and 4 more: enough to recognize, never a wall of text.
fn enumerate(keys: &[&str]) -> String {
    const SHOWN: usize = 3;
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match keys.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., last] if keys.len() <= SHOWN => format!("{} and {last}", init.join(", ")),
        _ => {
            let (shown, others) = keys.split_at(SHOWN);
            format!("{} and {} more", shown.join(", "), others.len())
        }
    }
}
