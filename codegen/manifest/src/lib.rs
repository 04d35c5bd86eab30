//! Reads, checks and explains the manifest (`extension.yaml`) of a Dynatrace
//! extension. Nothing here knows what Rust code is made from it.

// What only the catalog looks at is read all the same: the model has one shape.
#![cfg_attr(
    not(feature = "catalog"),
    allow(dead_code, unused_imports, unused_variables, unused_mut)
)]

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
mod selector;
pub mod suggest;
mod topology;
mod units;

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
    pub companions: Vec<Companion>,
}

/// Reads a manifest and checks everything that can be checked without the files
/// beside it.
///
/// Whatever the text is, there is an answer: what cannot be understood becomes
/// a finding. Of a text that is no YAML the contract is empty.
pub fn check(source: &SourceFile, overrides: &Overrides) -> Checked {
    run(source, overrides, None)
}

/// Reads a manifest and the files that it names, and checks everything.
pub fn check_with(source: &SourceFile, overrides: &Overrides, files: &dyn Files) -> Checked {
    run(source, overrides, Some(files))
}

fn run(source: &SourceFile, overrides: &Overrides, files: Option<&dyn Files>) -> Checked {
    let mut report = Report::default();
    let mut companions = Vec::new();
    let contract = yaml::parse(source, &mut report)
        .as_ref()
        .and_then(|tree| model::read(source, tree, &mut report))
        .map(|manifest| {
            let meaning = resolve::resolve(&manifest, overrides);
            let subject = lint::Subject {
                source,
                manifest: &manifest,
                meaning: &meaning,
                overrides,
            };
            lint::run(&subject, &mut report);
            #[cfg(feature = "catalog")]
            if let Some(files) = files {
                companions = lint::check_files(&subject, files, &mut report);
            }
            meaning.into_contract(&manifest)
        })
        .unwrap_or_default();
    report.sort();
    Checked {
        contract,
        report,
        companions,
    }
}
