//! What is wrong with a manifest that can be read.
//!
//! One file for each theme; each check adds its findings and knows nothing of
//! the others.

#[cfg(feature = "catalog")]
mod activation;
#[cfg(feature = "catalog")]
mod attributes;
#[cfg(feature = "catalog")]
mod cards;
mod coverage;
mod cumulative;
#[cfg(feature = "catalog")]
mod data_sources;
mod dimension_keys;
#[cfg(feature = "catalog")]
mod duplicates;
#[cfg(feature = "catalog")]
mod entity_types;
mod feature_sets;
#[cfg(feature = "catalog")]
mod files;
#[cfg(feature = "catalog")]
mod filters;
mod identity;
mod keys;
mod kinds;
#[cfg(feature = "catalog")]
mod lengths;
#[cfg(feature = "catalog")]
mod limits;
mod metadata;
mod no_dimensions;
#[cfg(feature = "catalog")]
mod oids;
mod options;
#[cfg(feature = "catalog")]
mod prefixes;
#[cfg(feature = "catalog")]
mod references;
#[cfg(feature = "catalog")]
mod relationships;
mod rename;
#[cfg(feature = "catalog")]
mod secrets;
#[cfg(feature = "catalog")]
mod template;
mod units;
mod unreachable;
#[cfg(feature = "catalog")]
mod variables;
#[cfg(feature = "catalog")]
mod versions;
#[cfg(feature = "catalog")]
mod volatile;
mod words;

#[cfg(feature = "catalog")]
pub(crate) use self::files::check as check_files;

use crate::contract::Overrides;
use crate::diagnostic::{Diagnostic, Edit, Report};
use crate::model::Manifest;
use crate::resolve::Meaning;
use crate::source::SourceFile;

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
    run_catalog(subject, report);
}

/// Runs the checks that have nothing to do with the code that is generated: a
/// macro leaves them to build scripts and the command, because everyone who
/// uses it would wait for them to be compiled.
#[cfg(feature = "catalog")]
fn run_catalog(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let checks = [
        template::check,
        versions::check,
        limits::check,
        lengths::check,
        metadata::check,
        prefixes::check,
        attributes::check,
        entity_types::check,
        relationships::check,
        volatile::check,
        duplicates::check,
        references::check,
        cards::check,
        data_sources::check,
        oids::check,
        variables::check,
        filters::check,
        secrets::check,
    ];
    for check in checks {
        check(subject, report);
    }
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
