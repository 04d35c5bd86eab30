//! `EXT006`: placeholders that a build fills in.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::Text;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let manifest = subject.manifest;
    let identity = [
        manifest.name,
        manifest.version,
        manifest.min_version,
        manifest.min_eec_version,
    ];
    let types = manifest.topology.types.iter().map(|entity| entity.name);
    let places: Vec<Text<'_>> = identity
        .into_iter()
        .flatten()
        .chain(manifest.written_keys())
        .chain(types)
        .filter(|text| text.is_template())
        .collect();
    let Some((first, others)) = places.split_first() else {
        return;
    };
    // One for all: a template has them wherever something changes.
    let mut finding = Diagnostic::new(
        &codes::TEMPLATE,
        first.span(),
        format!(
            "`{}` holds a placeholder",
            subject.source.slice(first.span())
        ),
    )
    .label("not checked: what will stand here is unknown")
    .help("check the manifest that the build makes of this template as well");
    for other in others.iter().take(3) {
        finding = finding.related(other.span(), "nor is this");
    }
    report.push(finding);
}
