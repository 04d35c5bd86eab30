//! `EXT040` and `EXT041`: units that the platform does not know, and types in
//! their place.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::Text;
use crate::source::SourceFile;
use crate::units::{self, Unit};

/// Types of metrics, of the platform and of what feeds it.
const TYPES: [&str; 8] = [
    "gauge",
    "counter",
    "histogram",
    "summary",
    "cumulative",
    "delta",
    "rate",
    "distribution",
];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let metrics = subject.manifest.metrics.iter();
    let units = metrics.filter_map(|entry| entry.metadata.unit);
    for unit in units.filter(|unit| !unit.is_template()) {
        if is_type(&unit) {
            report.push(type_as_unit(subject.source, unit));
        } else {
            report.extend(check_unit(subject.source, unit));
        }
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
        (Some(meant), _) => {
            finding
                .help(format!("write `{meant}`"))
                .write_instead(source, unit.span(), meant)
        }
        (None, Some(similar)) => finding.help(format!("did you mean `{similar}`?")),
        (None, None) => finding.help(
            "the platform shows it as it stands and converts nothing; \
             `Unspecified` and `Count` always work",
        ),
    })
}

/// Whether a unit is the type of a metric, which is a slip and no unit.
fn is_type(unit: &str) -> bool {
    TYPES.contains(&unit.to_ascii_lowercase().as_str())
}

fn type_as_unit(source: &SourceFile, unit: Text<'_>) -> Diagnostic {
    let meant = match unit.to_ascii_lowercase().as_str() {
        "counter" | "cumulative" | "delta" => "Count",
        _ => "Unspecified",
    };
    Diagnostic::new(
        &codes::TYPE_AS_UNIT,
        unit.span(),
        format!("`{}` is a type of metric, not a unit", unit.as_str()),
    )
    .label("no unit")
    .help(format!(
        "write what the values are measured in, such as `Byte` or `Percent`; `{meant}` if they \
         have no unit. A metric is a count if its key ends in `.count`, else a gauge"
    ))
    .write_instead(source, unit.span(), meant)
}
