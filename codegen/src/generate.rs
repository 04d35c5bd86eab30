//! The whole way from the text of a manifest to tokens.

use extyped_manifest::beside::{Companion, Files};
use extyped_manifest::contract::Contract;
use extyped_manifest::diagnostic::{Report, Severity};
use extyped_manifest::source::SourceFile;
use extyped_manifest::{Checked, codes, yaml};
use proc_macro2::TokenStream;

use crate::emit::{self, Face};
use crate::lower;
use crate::options::Options;

/// Code, and what is wrong with what it was made from.
#[derive(Debug)]
pub struct Generated {
    /// The code of the sound part of the manifest.
    pub tokens: TokenStream,
    /// The findings of all phases, sorted by place.
    pub report: Report,
    /// The files beside the manifest that were read, and what is wrong with
    /// each.
    pub companions: Vec<Companion>,
}

/// What there is to say about a manifest and the files beside it.
#[derive(Debug)]
pub struct Findings {
    /// The findings of all phases in the manifest, sorted by place.
    pub report: Report,
    /// The files beside the manifest that were read, and what is wrong with
    /// each.
    pub companions: Vec<Companion>,
}

/// Checks a manifest and writes the code for it.
///
/// It cannot fail: what the findings are about is left out of the code, and
/// whether that is acceptable is for the face to say.
pub fn generate(source: &SourceFile, options: &Options) -> Generated {
    let checked = extyped_manifest::check(source, &options.overrides);
    let (tokens, report) = from(&checked.contract, checked.report, options);
    Generated {
        tokens,
        report: options.levels.apply(source, report),
        companions: checked.companions,
    }
}

/// Does what [`generate`] does, and checks the files that the manifest names as
/// well. They change no code.
pub fn generate_with(source: &SourceFile, options: &Options, files: &dyn Files) -> Generated {
    let checked = extyped_manifest::check_with(source, &options.overrides, files);
    let (tokens, report) = from(&checked.contract, checked.report, options);
    let (report, companions) = options
        .levels
        .apply_with_files(source, report, checked.companions);
    Generated {
        tokens,
        report,
        companions,
    }
}

fn from(contract: &Contract, mut report: Report, options: &Options) -> (TokenStream, Report) {
    let face = face(options, &mut report);
    let plan = lower::lower(contract, &options.names, &mut report);
    (emit::emit(&plan, &face), report)
}

/// Checks a manifest, the files that it names, and the names that code for it
/// would have, without writing any.
///
/// A manifest found sound is one that [`generate`] takes. A data source that
/// Dynatrace brings along needs no names in Rust: of its manifest, names that
/// collide are a hint. Whoever generates code for one all the same gets the
/// error.
pub fn check(source: &SourceFile, options: &Options, files: &dyn Files) -> Findings {
    let Checked {
        contract,
        mut report,
        companions,
    } = extyped_manifest::check_with(source, &options.overrides, files);
    face(options, &mut report);
    lower::lower(&contract, &options.names, &mut report);
    let mut findings = report.diagnostics().iter();
    let collides = findings.any(|finding| finding.code == &codes::NAME_COLLISION);
    if collides && !has_code(source) {
        report = report
            .into_iter()
            .map(|finding| {
                if finding.code == &codes::NAME_COLLISION {
                    finding.severity(Severity::Hint)
                } else {
                    finding
                }
            })
            .collect();
    }
    let (report, companions) = options.levels.apply_with_files(source, report, companions);
    Findings { report, companions }
}

fn face(options: &Options, report: &mut Report) -> Face {
    Face {
        krate: options.crate_tokens(report),
        visibility: options.visibility_tokens(report),
    }
}

/// Whether the manifest belongs to an extension with code of its own. `python`
/// is the data source of all of those, whatever they are written in.
fn has_code(source: &SourceFile) -> bool {
    let tree = yaml::parse(source, &mut Report::default());
    tree.is_none_or(|tree| tree.root().get("python").is_some())
}
