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
    /// The findings of all phases, sorted by place.
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
    from(extyped_manifest::check(source, &options.overrides), options)
}

/// Does what [`generate`] does, and checks the files that the manifest names as
/// well. They change no code.
pub fn generate_with(source: &SourceFile, options: &Options, files: &dyn Files) -> Generated {
    let checked = extyped_manifest::check_with(source, &options.overrides, files);
    from(checked, options)
}

fn from(checked: Checked, options: &Options) -> Generated {
    let Checked {
        contract,
        mut report,
        companions,
    } = checked;
    let face = Face {
        krate: options.crate_tokens(&mut report),
        visibility: options.visibility_tokens(&mut report),
    };
    let plan = lower::lower(&contract, &options.names, &mut report);
    let tokens = emit::emit(&plan, &face);
    report.sort();
    Generated {
        tokens,
        report,
        companions,
    }
}
