//! The whole way from the text of a manifest to tokens.

use extyped_manifest::Checked;
use extyped_manifest::beside::{Companion, Files};
use extyped_manifest::diagnostic::Report;
use extyped_manifest::source::SourceFile;
use proc_macro2::TokenStream;

use crate::emit::{self, Face};
use crate::lower;
use crate::options::Options;

/// Code, and what is wrong with what it was made from.
#[derive(Debug)]
pub struct Generated {
    /// The code of the sound part of the manifest.
    pub tokens: TokenStream,
    /// The findings of all phases in the manifest, sorted by place.
    pub report: Report,
    /// The files beside the manifest that code was made from, and what is wrong
    /// with each.
    pub companions: Vec<Companion>,
}

/// Checks a manifest and writes the code for it, and for the activation schemas
/// that are found among the files beside it.
///
/// It cannot fail: what the findings are about is left out of the code, and
/// whether that is acceptable is for the face to say.
pub fn generate(source: &SourceFile, options: &Options, files: &dyn Files) -> Generated {
    let Checked {
        contract,
        mut report,
        mut companions,
    } = extyped_manifest::check(source, &options.overrides, files);
    let face = face(options, &mut report);
    let plan = lower::lower(&contract, &options.names, &mut report, &mut companions);
    let tokens = emit::emit(&plan, &face);
    let (report, companions) = options.levels.apply(source, report, companions);
    Generated {
        tokens,
        report,
        companions,
    }
}

pub(crate) fn face(options: &Options, report: &mut Report) -> Face {
    Face {
        krate: options.crate_tokens(report),
        visibility: options.visibility_tokens(report),
    }
}
