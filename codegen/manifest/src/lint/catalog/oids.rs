//! `EXT101` and `EXT102`: object identifiers of SNMP.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{SourceLevel, Text};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let levels = subject.manifest.sources.levels.iter();
    for level in levels.filter(|level| level.source == "snmp") {
        for value in &level.values {
            if value.text.is_template() {
                continue;
            }
            for oid in oids(value.text.as_str()) {
                report.extend(check_oid(subject, level, value.text, oid));
            }
        }
    }
}

/// The object identifiers of a value, those that a function takes too:
/// `$networkFormat(oid:1.3.6.1.2, oid:1.3.6.1.3, default:none)`.
fn oids(value: &str) -> Vec<&str> {
    if let Some(oid) = value.strip_prefix("oid:") {
        return vec![oid];
    }
    let Some((_, arguments)) = value.split_once('(').filter(|_| value.starts_with('$')) else {
        return Vec::new();
    };
    let arguments = arguments.trim_end().trim_end_matches(')').split(',');
    arguments
        .filter_map(|argument| argument.trim().strip_prefix("oid:"))
        .collect()
}

fn check_oid(
    subject: &Subject<'_, '_, '_>,
    level: &SourceLevel<'_>,
    text: Text<'_>,
    oid: &str,
) -> Option<Diagnostic> {
    let write = |finding: Diagnostic, better: &str| {
        let better = text.replacen(&format!("oid:{oid}"), &format!("oid:{better}"), 1);
        finding.help(format!("write `{better}`")).write_instead(
            subject.source,
            text.span(),
            &better,
        )
    };
    if is_name(oid) {
        return None;
    }
    if let Some(problem) = syntax(oid) {
        // The platform's own examples have the dot in front, which is how
        // other tools write an identifier from the root.
        let severity = match problem {
            Problem::LeadingDot => Severity::Warning,
            _ => Severity::Error,
        };
        let finding = Diagnostic::new(
            &codes::OID_SYNTAX,
            text.span(),
            format!("the object identifier `{oid}` {}", problem.words()),
        )
        .severity(severity)
        .label(match severity {
            Severity::Error => "asks for nothing",
            _ => "not every device and tool takes it",
        });
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

/// Whether an object is named as its MIB names it, `ifDescr` or
/// `IF-MIB::ifDescr.1`: whether the name exists, only the MIB says.
fn is_name(oid: &str) -> bool {
    let (module, object) = oid.split_once("::").unwrap_or(("X", oid));
    let (name, instance) = object.split_once('.').unwrap_or((object, "0"));
    let is_word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    is_word(module) && is_word(name) && instance.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// What is wrong with the form of an object identifier.
enum Problem {
    Character(char),
    LeadingDot,
    TrailingDot,
    TwoDots,
    OneNumber,
}

impl Problem {
    fn words(&self) -> String {
        let words = match self {
            Problem::Character(c) => return format!("contains `{}`", c.escape_debug()),
            Problem::LeadingDot => "starts with a dot",
            Problem::TrailingDot => "ends with a dot",
            Problem::TwoDots => "has two dots in a row",
            Problem::OneNumber => "has one number only",
        };
        words.to_owned()
    }
}

fn syntax(oid: &str) -> Option<Problem> {
    if let Some(c) = oid.chars().find(|c| !c.is_ascii_digit() && *c != '.') {
        return Some(Problem::Character(c));
    }
    if oid.contains("..") {
        Some(Problem::TwoDots)
    } else if oid.ends_with('.') {
        Some(Problem::TrailingDot)
    } else if oid.starts_with('.') {
        Some(Problem::LeadingDot)
    } else if !oid.contains('.') {
        Some(Problem::OneNumber)
    } else {
        None
    }
}
