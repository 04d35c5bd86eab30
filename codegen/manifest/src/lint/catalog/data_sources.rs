//! `EXT100`, `EXT105` and `EXT107`: data sources, their intervals and values.

use super::{Subject, mend};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::model::{SourceLevel, Text, anchor};
use crate::yaml::{Node, NodeKind};

/// Shortest and longest interval, in minutes.
const INTERVAL: std::ops::RangeInclusive<f64> = 1.0..=2880.0;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    several(subject, report);
    for level in &subject.manifest.sources.levels {
        if let Some(interval) = level.interval {
            report.extend(check_interval(interval));
        }
        check_values(subject, level, report);
    }
}

fn several(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let manifest = subject.manifest;
    let python = manifest
        .root
        .entries()
        .find(|entry| entry.name() == "python");
    let mut sources: Vec<Text<'_>> = manifest.sources.names.clone();
    sources.extend(python.and_then(|entry| Text::of(entry.key)));
    sources.sort_by_key(|source| source.span());
    let Some((first, others)) = sources.split_first() else {
        return;
    };
    for other in others {
        // The two of SNMP share a device and its credentials; whether they may
        // share an extension is not documented.
        let of_snmp = [first, other].iter().all(|s| s.starts_with("snmp"));
        let severity = if of_snmp {
            Severity::Warning
        } else {
            Severity::Error
        };
        report.push(
            Diagnostic::new(
                &codes::SEVERAL_DATA_SOURCES,
                other.span(),
                format!(
                    "the manifest has two data sources, `{}` and `{}`",
                    first.as_str(),
                    other.as_str()
                ),
            )
            .severity(severity)
            .label("a second data source")
            .related(first.span(), "the first one")
            .help("make an extension for each of them"),
        );
    }
}

fn check_interval(node: Node<'_>) -> Option<Diagnostic> {
    let (minutes, place) = match node.kind() {
        NodeKind::Mapping => {
            let minutes = node.get("minutes")?;
            (minutes.as_str()?.trim().parse::<f64>().ok(), minutes)
        }
        NodeKind::Scalar => (minutes(node.as_str()?.trim()), node),
        NodeKind::Null | NodeKind::Sequence => return None,
    };
    if Text::of(place).is_some_and(Text::is_template) {
        return None;
    }
    let written = place.as_str().unwrap_or_default();
    let finding = |problem: &str| {
        Diagnostic::new(
            &codes::INTERVAL,
            anchor(place),
            format!("the interval `{written}` {problem}"),
        )
        .label("from 1 to 2880 minutes")
        .help("write whole minutes: `interval:` with `minutes: 1` below it")
    };
    match minutes {
        None => Some(finding("is no number of minutes")),
        Some(minutes) if !INTERVAL.contains(&minutes) => Some(finding("is out of range")),
        Some(minutes) if minutes.fract() != 0.0 => Some(finding("is no whole number of minutes")),
        Some(_) => None,
    }
}

/// The minutes of an interval in one word: `1m`, `2h`, `90s`, `5`.
fn minutes(text: &str) -> Option<f64> {
    let (number, factor) = match text.chars().last()? {
        's' => (&text[..text.len() - 1], 1.0 / 60.0),
        'm' => (&text[..text.len() - 1], 1.0),
        'h' => (&text[..text.len() - 1], 60.0),
        'd' => (&text[..text.len() - 1], 1440.0),
        _ => (text, 1.0),
    };
    Some(number.trim().parse::<f64>().ok()? * factor)
}

/// Where values of a data source come from: the words before the colon.
fn origins(source: &str) -> Option<&'static [&'static str]> {
    Some(match source {
        "snmp" => &["oid", "const", "this", "var", "snmp"],
        "wmi" => &["column", "const", "this", "var"],
        "prometheus" => &["metric", "label", "const", "this", "var"],
        "jdbc" => &["col", "const", "this", "var"],
        source if source.starts_with("sql") => &["col", "const", "this", "var"],
        _ => return None,
    })
}

/// Every origin that some data source knows. Another word is left alone.
const ORIGINS: [&str; 9] = [
    "attribute",
    "col",
    "column",
    "const",
    "label",
    "metric",
    "oid",
    "this",
    "var",
];

fn check_values(subject: &Subject<'_, '_, '_>, level: &SourceLevel<'_>, report: &mut Report) {
    let Some(known) = origins(level.source) else {
        return;
    };
    for value in &level.values {
        let Some((origin, rest)) = value.split_once(':') else {
            continue;
        };
        if known.contains(&origin) || !ORIGINS.contains(&origin) {
            continue;
        }
        let finding = Diagnostic::new(
            &codes::SOURCE_VALUE,
            value.span(),
            format!(
                "`{}` knows no values of the form `{origin}:…`",
                level.source
            ),
        )
        .label("stays empty");
        let meant = match origin {
            "col" | "column" => known.iter().find(|known| known.starts_with("col")),
            _ => None,
        };
        report.push(match meant {
            Some(meant) => {
                let better = format!("{meant}:{rest}");
                let edit = fix::replace_scalar(subject.source, value.span(), &better);
                mend(
                    finding.help(format!("write `{better}`")),
                    format!("write `{better}`"),
                    vec![edit],
                )
            }
            None => finding.help(format!("values here start with `{}:`", known.join(":`, `"))),
        });
    }
}
