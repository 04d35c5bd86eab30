//! `EXT015`: the oldest versions that an extension works with.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Edit, Report};
use crate::model::Text;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let manifest = subject.manifest;
    for (field, text) in [
        ("minDynatraceVersion", manifest.min_version),
        ("minEECVersion", manifest.min_eec_version),
    ] {
        let text = text.filter(|text| !text.is_template());
        report.extend(text.and_then(|text| check_version(field, text)));
    }
}

fn check_version(field: &str, text: Text<'_>) -> Option<Diagnostic> {
    let finding = |problem: &str, help: String| {
        Diagnostic::new(
            &codes::MINIMUM_VERSION,
            text.span(),
            format!("`{field}: {}` {problem}", text.as_str()),
        )
        .help(help)
    };
    let Some(minor) = minor(&text) else {
        return Some(
            finding(
                "is no version of the platform",
                "write it like `\"1.280\"` or `\"1.280.0\"`".to_owned(),
            )
            .label("expected two or three numbers"),
        );
    };
    // With three parts it is a text to YAML anyway.
    if text.node.is_plain() && text.split('.').count() == 2 {
        let read = minor.trim_end_matches('0');
        let quoted = format!("\"{}\"", text.as_str());
        return Some(
            finding(
                &format!("is a number to YAML, which reads it as 1.{read}"),
                format!("put quotes around it: `{quoted}`"),
            )
            .label("a number, not a version")
            .fix(
                format!("write `{quoted}`"),
                vec![Edit {
                    span: text.span(),
                    replacement: quoted,
                }],
            ),
        );
    }
    None
}

/// The second number of a version that has two or three.
fn minor(version: &str) -> Option<&str> {
    let parts: Vec<&str> = version.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let whole = matches!(parts.len(), 2 | 3) && parts.iter().all(is_number);
    whole.then(|| parts.get(1).copied()).flatten()
}

/// Whether the extension asks for at least version `1.minor`.
pub(super) fn needs_at_least(subject: &Subject<'_, '_, '_>, least: u32) -> bool {
    let version = subject.manifest.min_version;
    let minor = version.and_then(|text| minor(text.as_str()));
    minor
        .and_then(|minor| minor.parse::<u32>().ok())
        .is_some_and(|minor| minor >= least)
}
