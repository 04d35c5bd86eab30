//! `EXT013` and `EXT014`: the name and the version of the extension.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::Text;
use crate::source::SourceFile;

/// What every name starts with, except those of Dynatrace itself.
const CUSTOM: &str = "custom:";

/// Longest name that the platform takes.
const MAX_NAME: usize = 50;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    if let Some(name) = subject.manifest.name.filter(|name| !name.is_template()) {
        check_name(subject.source, name, report);
    }
    if let Some(version) = subject.manifest.version.filter(|text| !text.is_template()) {
        check_version(subject.source, version, report);
    }
}

fn check_name(source: &SourceFile, name: Text<'_>, report: &mut Report) {
    let rest = name.strip_prefix(CUSTOM).unwrap_or(&name);
    let mut refuse = |problem: String, help: String, replacement: Option<String>| {
        let finding = Diagnostic::new(
            &codes::EXTENSION_NAME,
            name.span(),
            format!("the name `{}` {problem}", name.as_str()),
        )
        .label("refused by the platform")
        .help(help);
        report.push(match replacement {
            Some(better) => finding.fix(
                format!("rename the extension to `{better}`"),
                vec![fix::replace_scalar(source, name.span(), &better)],
            ),
            None => finding,
        });
    };
    if let Some(c) = rest.chars().find(|&c| !is_name_char(c)) {
        let lowered = name.to_lowercase();
        let rest = lowered.strip_prefix(CUSTOM).unwrap_or(&lowered);
        let better = rest.chars().all(is_name_char).then_some(lowered);
        refuse(
            format!("contains `{}`", c.escape_debug()),
            "use lower-case letters a to z, digits, `-`, `_` and `.`".to_owned(),
            better,
        );
    } else if rest.is_empty() || rest.starts_with('.') || rest.ends_with('.') || rest.contains("..")
    {
        refuse(
            "has a part without letters".to_owned(),
            "`.` separates parts; it cannot stand at either end or twice in a row".to_owned(),
            None,
        );
    } else if rest.len() == name.len() && !name.starts_with("com.dynatrace.") {
        refuse(
            format!("does not start with `{CUSTOM}`"),
            format!("only Dynatrace's own extensions go without `{CUSTOM}`"),
            Some(format!("{CUSTOM}{}", name.as_str())),
        );
    }
    let length = name.chars().count();
    if length > MAX_NAME {
        refuse(
            format!("has {length} characters"),
            format!("shorten it to {MAX_NAME} characters, `{CUSTOM}` included"),
            None,
        );
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.')
}

fn check_version(source: &SourceFile, version: Text<'_>, report: &mut Report) {
    let parts: Vec<&str> = version.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() == 3 && parts.iter().all(is_number) {
        return;
    }
    let finding = Diagnostic::new(
        &codes::EXTENSION_VERSION,
        version.span(),
        format!(
            "the version `{}` is not `major.minor.patch`",
            version.as_str()
        ),
    )
    .label("expected three numbers")
    .help("write three numbers separated by dots, such as `1.0.0`");
    report.push(match meant_version(&version) {
        Some(better) => finding.write_instead(source, version.span(), &better),
        None => finding,
    });
}

/// The version with the missing numbers, and without a leading `v`.
fn meant_version(version: &str) -> Option<String> {
    let numbers = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let mut parts: Vec<&str> = numbers.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() > 3 || !parts.iter().all(is_number) {
        return None;
    }
    parts.resize(3, "0");
    Some(parts.join("."))
}
