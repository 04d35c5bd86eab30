//! `EXT100` and `EXT105`: data sources and their intervals.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{Text, anchor};
use crate::yaml::{Node, NodeKind};

/// Shortest and longest interval, in minutes.
const INTERVAL: std::ops::RangeInclusive<f64> = 1.0..=2880.0;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    several(subject, report);
    for level in &subject.manifest.sources.levels {
        for &interval in &level.intervals {
            report.extend(match level.source {
                "jmx" => Some(of_jmx(interval)),
                _ => check_interval(interval),
            });
        }
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

/// The code module of Java decides itself how often it reads.
fn of_jmx(interval: Node<'_>) -> Diagnostic {
    Diagnostic::new(
        &codes::INTERVAL,
        anchor(interval),
        "`jmx` takes no interval",
    )
    .severity(Severity::Warning)
    .label("not read")
    .help("remove it: metrics of JMX are read once a minute")
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
    // What a variable holds, the user of the extension decides.
    let is_open = |text: Text<'_>| text.is_template() || text.starts_with("var:");
    if Text::of(place).is_some_and(is_open) {
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
