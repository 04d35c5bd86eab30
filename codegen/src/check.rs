//! What there is to say of a manifest to somebody who wants no code of it.

use extyped_manifest::beside::{Companion, Files};
use extyped_manifest::diagnostic::{Report, Severity};
use extyped_manifest::source::SourceFile;
use extyped_manifest::{Checked, codes, yaml};

use crate::generate::face;
use crate::lower;
use crate::options::Options;

/// What there is to say about a manifest and the files beside it.
#[derive(Debug)]
pub struct Findings {
    /// The findings of all phases in the manifest, sorted by place.
    pub report: Report,
    /// The files beside the manifest that were read, and what is wrong with
    /// each.
    pub companions: Vec<Companion>,
}

/// Checks a manifest, the files that it names, and the names that code for it
/// would have, without writing any.
///
/// A manifest found sound is one that [`generate`](crate::generate) takes. A data source that
/// Dynatrace brings along needs no names in Rust: of its manifest, names that
/// collide are a hint. Whoever generates code for one all the same gets the
/// error.
pub fn check(source: &SourceFile, options: &Options, files: &dyn Files) -> Findings {
    let Checked {
        contract,
        mut report,
        mut companions,
    } = extyped_manifest::check_all(source, &options.overrides, files);
    face(options, &mut report);
    lower::lower(&contract, &options.names, &mut report, &mut companions);
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
    let (report, companions) = options.levels.apply_to_all(source, report, companions);
    Findings { report, companions }
}

/// Whether the manifest belongs to an extension with code of its own. `python`
/// is the data source of all of those, whatever they are written in.
fn has_code(source: &SourceFile) -> bool {
    let tree = yaml::parse(source, &mut Report::default());
    tree.is_none_or(|tree| tree.root().get("python").is_some())
}
