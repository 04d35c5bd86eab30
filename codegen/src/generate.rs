//! The whole way from the text of a manifest to tokens.

use extyped_manifest::contract::Contract;
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
    /// The findings of all phases, sorted by place.
    pub report: Report,
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
    }
}

fn from(contract: &Contract, mut report: Report, options: &Options) -> (TokenStream, Report) {
    let face = face(options, &mut report);
    let plan = lower::lower(contract, &options.names, &mut report);
    (emit::emit(&plan, &face), report)
}

pub(crate) fn face(options: &Options, report: &mut Report) -> Face {
    Face {
        krate: options.crate_tokens(report),
        visibility: options.visibility_tokens(report),
    }
}
