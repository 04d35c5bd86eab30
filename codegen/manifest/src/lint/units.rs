//! `EXT040`: units that the platform does not know.

use super::Subject;
use super::metadata::is_type;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::model::Text;
use crate::source::SourceFile;
use crate::units::{self, Unit};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let metrics = subject.manifest.metrics.iter();
    let units = metrics.filter_map(|entry| entry.metadata.unit);
    // Of a type in the place of a unit the catalog has more to say.
    let has_check = |unit: &str| cfg!(feature = "catalog") && is_type(unit);
    for unit in units.filter(|unit| !unit.is_template() && !has_check(unit)) {
        report.extend(check_unit(subject.source, unit));
    }
}

fn check_unit(source: &SourceFile, unit: Text<'_>) -> Option<Diagnostic> {
    let (severity, label, meant) = match units::look_up(&unit) {
        Unit::Documented => return None,
        Unit::Newer(meant) => (Severity::Hint, "only newer platforms know it", meant),
        Unit::Unknown(meant) => (Severity::Warning, "unknown unit", meant),
    };
    let finding = Diagnostic::new(
        &codes::UNKNOWN_UNIT,
        unit.span(),
        format!("`{}` is not among the documented units", unit.as_str()),
    )
    .severity(severity)
    .label(label);
    Some(match (meant, units::similar(&unit)) {
        (Some(meant), _) => finding.help(format!("write `{meant}`")).fix(
            format!("write `{meant}`"),
            vec![fix::replace_scalar(source, unit.span(), meant)],
        ),
        (None, Some(similar)) => finding.help(format!("did you mean `{similar}`?")),
        (None, None) => finding.help(
            "the platform shows it as it stands and converts nothing; \
             `Unspecified` and `Count` always work",
        ),
    })
}
