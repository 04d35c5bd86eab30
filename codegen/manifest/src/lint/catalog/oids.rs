//! `EXT101` and `EXT102`: object identifiers of SNMP.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{SourceLevel, Text};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let levels = subject.manifest.sources.levels.iter();
    for level in levels.filter(|level| level.source == "snmp") {
        for value in &level.values {
            if let Some(oid) = value.strip_prefix("oid:")
                && !value.is_template()
            {
                report.extend(check_oid(subject, level, *value, oid));
            }
        }
    }
}

fn check_oid(
    subject: &Subject<'_, '_, '_>,
    level: &SourceLevel<'_>,
    text: Text<'_>,
    oid: &str,
) -> Option<Diagnostic> {
    let write = |finding: Diagnostic, better: &str| {
        let better = format!("oid:{better}");
        finding.help(format!("write `{better}`")).write_instead(
            subject.source,
            text.span(),
            &better,
        )
    };
    if let Some(problem) = syntax(oid) {
        let finding = Diagnostic::new(
            &codes::OID_SYNTAX,
            text.span(),
            format!("the object identifier `{oid}` {problem}"),
        )
        .label("asks for nothing");
        let trimmed = oid.trim().trim_matches('.');
        return Some(if syntax(trimmed).is_none() {
            write(finding, trimmed)
        } else {
            finding.help("write numbers separated by dots: `oid:1.3.6.1.2.1.1.3.0`")
        });
    }
    let in_table = level.table == Some(true);
    let is_instance = oid.ends_with(".0");
    let finding = |message: String, label: &str| {
        Diagnostic::new(&codes::OID_INSTANCE, text.span(), message).label(label)
    };
    match (in_table, is_instance) {
        (true, true) => Some(write(
            finding(
                format!("`{oid}` ends in `.0`, but this subgroup reads a table"),
                "no column of a table",
            ),
            oid.strip_suffix(".0").unwrap_or(oid),
        )),
        // Which of the two is meant, only the author knows.
        (false, false) => Some(
            finding(
                format!("`{oid}` does not end in `.0`, and this is no `table: true`"),
                "the object, not its value",
            )
            .help(format!(
                "write `oid:{oid}.0`, or `table: true` in the subgroup if it is a column of a table"
            )),
        ),
        _ => None,
    }
}

fn syntax(oid: &str) -> Option<String> {
    if let Some(c) = oid.chars().find(|c| !c.is_ascii_digit() && *c != '.') {
        return Some(format!("contains `{}`", c.escape_debug()));
    }
    let problem = if oid.starts_with('.') {
        "starts with a dot"
    } else if oid.ends_with('.') {
        "ends with a dot"
    } else if oid.contains("..") {
        "has two dots in a row"
    } else if !oid.contains('.') {
        "has one number only"
    } else {
        return None;
    };
    Some(problem.to_owned())
}
