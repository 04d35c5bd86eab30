//! Reads, checks and explains the manifest (`extension.yaml`) of a Dynatrace
//! extension. Nothing here knows what Rust code is made from it.

// The model has one shape, whoever reads it.
#![cfg_attr(
    not(feature = "catalog"),
    allow(
        dead_code,
        unused_imports,
        reason = "parts that only the catalog reads"
    )
)]

#[cfg(feature = "catalog")]
pub mod beside;
pub mod codes;
pub mod contract;
pub mod diagnostic;
pub mod file;
pub mod fix;
pub mod levels;
pub mod render;
mod severity;
pub mod source;
pub mod yaml;

mod lint;
mod model;
mod resolve;
#[cfg(feature = "catalog")]
mod selector;
pub mod suggest;
mod topology;
mod units;

#[cfg(feature = "catalog")]
use beside::{Companion, Files};
use contract::{Contract, Overrides};
use diagnostic::Report;
use source::SourceFile;

/// The result of reading a manifest: what it means as far as it is sound, and
/// everything that is wrong with it.
#[derive(Debug, Default)]
pub struct Checked {
    /// What the manifest means; the parts with errors are left out.
    pub contract: Contract,
    /// The findings in the manifest, sorted by place.
    pub report: Report,
    /// The files beside it that were read, and what is wrong with each.
    #[cfg(feature = "catalog")]
    pub companions: Vec<Companion>,
}

/// Reads a manifest and checks everything that can be checked without the files
/// beside it.
///
/// Whatever the text is, there is an answer: what cannot be understood becomes
/// a finding. Of a text that is no YAML the contract is empty.
pub fn check(source: &SourceFile, overrides: &Overrides) -> Checked {
    run(source, overrides, |_, _, _| {})
}

/// Reads a manifest and the files that it names, and checks everything.
#[cfg(feature = "catalog")]
pub fn check_with(source: &SourceFile, overrides: &Overrides, files: &dyn Files) -> Checked {
    run(source, overrides, |checked, subject, report| {
        checked.companions = lint::catalog::check_files(subject, files, report);
    })
}

/// Reads and checks a manifest, and does what `more` does while what it means
/// is at hand.
fn run(
    source: &SourceFile,
    overrides: &Overrides,
    more: impl FnOnce(&mut Checked, &lint::Subject<'_, '_, '_>, &mut Report),
) -> Checked {
    let mut checked = Checked::default();
    let mut report = Report::default();
    if let Some(tree) = yaml::parse(source, &mut report)
        && let Some(manifest) = model::read(source, &tree, &mut report)
    {
        let meaning = resolve::resolve(&manifest, overrides);
        let subject = lint::Subject {
            source,
            manifest: &manifest,
            meaning: &meaning,
            overrides,
        };
        lint::run(&subject, &mut report);
        more(&mut checked, &subject, &mut report);
        checked.contract = meaning.into_contract(&manifest);
    }
    report.sort();
    checked.report = report;
    checked
}
