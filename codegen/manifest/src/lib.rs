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
mod order;
mod resolve;
#[cfg(feature = "catalog")]
mod selector;
pub mod suggest;
mod topology;
mod units;

use beside::{Companion, Files};
use contract::{Activation, Contract, Overrides};
use diagnostic::Report;
use lint::Scope;
use model::FileRole;
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

/// Reads a manifest and the files that code is made from, which are its
/// activation schemas, and checks everything that these are needed for.
///
/// Whatever the text is, there is an answer: what cannot be understood becomes
/// a finding. Of a text that is no YAML the contract is empty.
pub fn check(source: &SourceFile, overrides: &Overrides, files: &dyn Files) -> Checked {
    run(source, overrides, files, Scope::Code)
}

/// Reads a manifest and all files that it names, and checks everything.
#[cfg(feature = "catalog")]
pub fn check_all(source: &SourceFile, overrides: &Overrides, files: &dyn Files) -> Checked {
    run(source, overrides, files, Scope::Everything)
}

fn run(source: &SourceFile, overrides: &Overrides, files: &dyn Files, scope: Scope) -> Checked {
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
        let mut activation = Activation::of(manifest.root);
        let found = lint::files::find(&subject, files, scope, &mut report);
        let beside = lint::Beside::of(&found);
        for (file, source) in found {
            let mut own = Report::default();
            if let Some(tree) = yaml::parse_json(&source, &mut own) {
                let root = tree.root();
                let is_schema = file.role == FileRole::ActivationSchema;
                if let Some(too_large) = is_schema.then(|| lint::over_budget(&tree)).flatten() {
                    own.push(too_large);
                } else {
                    lint::check_file(&subject, scope, &beside, file, &source, root, &mut own);
                    if is_schema {
                        let missing = activation.add(manifest.root, &source, root);
                        // What is wrong in the schema may be why there is none.
                        if !own.has_errors() {
                            own.extend(missing.into_iter().map(|form| lint::no_form(root, form)));
                        }
                    }
                }
            }
            own.sort();
            checked.companions.push(Companion {
                source,
                report: own,
            });
        }
        checked.contract = meaning.into_contract(&manifest);
        checked.contract.activation = activation;
    }
    report.sort();
    checked.report = report;
    checked
}
