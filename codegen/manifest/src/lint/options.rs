//! `EXT071`: options that name nothing; `EXT072`: options that contradict
//! themselves.

use super::Subject;
use crate::codes;
use crate::contract::Kind;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::CALCULATED_PREFIX;
use crate::suggest;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let mut metrics = Vec::new();
    for metric in &subject.meaning.metrics {
        metrics.extend([metric.key.as_str(), metric.written]);
    }
    for (key, _) in &subject.overrides.kinds {
        if key.starts_with(CALCULATED_PREFIX) {
            report.push(
                Diagnostic::new(
                    &codes::UNKNOWN_OPTION_TARGET,
                    None,
                    format!("the option `kinds` names the calculated metric `{key}`"),
                )
                .help("the platform calculates it and nothing reports it; remove the option"),
            );
        } else if !metrics.contains(&key.as_str()) {
            report.push(unknown("kinds", "metric", key, &metrics));
        }
    }
    for key in contradictions(&subject.overrides.kinds) {
        report.push(
            Diagnostic::new(
                &codes::INVALID_OPTION,
                None,
                format!("the option `kinds` calls `{key}` both a gauge and a count"),
            )
            .help("say it once"),
        );
    }
    let mut dimensions = Vec::new();
    for set in &subject.meaning.sets {
        dimensions.extend(set.dimensions.iter().map(|dimension| &*dimension.key));
    }
    for key in &subject.overrides.optional {
        if !dimensions.contains(&key.as_str()) {
            report.push(unknown("optional", "dimension", key, &dimensions));
        }
    }
}

/// The metrics that are given two kinds, each once.
fn contradictions(kinds: &[(String, Kind)]) -> Vec<&str> {
    let mut contradictions = Vec::new();
    for (key, kind) in kinds {
        let mut others = kinds.iter();
        let contradicts = others.any(|(other, of_other)| other == key && of_other != kind);
        if contradicts && !contradictions.contains(&key.as_str()) {
            contradictions.push(key.as_str());
        }
    }
    contradictions
}

fn unknown(option: &str, what: &str, key: &str, known: &[&str]) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::UNKNOWN_OPTION_TARGET,
        None,
        format!("the option `{option}` names the {what} `{key}`, which the manifest does not have"),
    );
    match suggest::closest(key, known.iter().copied()) {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None => finding.help(format!("remove it, or add the {what} to the manifest")),
    }
}
