//! `EXT056`: prefixes that end in the middle of a word.

use super::{Subject, enumerate};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{ConditionText, Source};
use crate::topology::Condition;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for (index, entity) in subject.manifest.topology.types.iter().enumerate() {
        let sources = entity.rules.iter().flat_map(|rule| &rule.sources);
        for source in sources {
            if let Source::Metrics(Some(condition)) = source {
                report.extend(check_condition(subject, index, condition));
            }
        }
    }
}

fn check_condition(
    subject: &Subject<'_, '_, '_>,
    entity: usize,
    condition: &ConditionText<'_>,
) -> Option<Diagnostic> {
    let Condition::Prefix(prefix) = &condition.condition else {
        return None;
    };
    if prefix.ends_with(['.', '_', '-', ':']) {
        return None;
    }
    let mut own = Vec::new();
    let mut others = Vec::new();
    for metric in &subject.meaning.metrics {
        match metric.key.strip_prefix(prefix.as_str()) {
            Some(rest) if rest.starts_with('.') || rest.is_empty() => own.push(metric),
            Some(_) => others.push(metric),
            None => {}
        }
    }
    // A metric that lacks what the type needs has a finding of its own, which
    // says the same.
    let uncovered = others.iter().any(|metric| {
        let mut matches = metric.matches.iter().filter(|m| m.index == entity);
        matches.any(|matched| !matched.is_conditional && !metric.covers(matched))
    });
    let is_exact = own.iter().any(|metric| metric.key == *prefix);
    if own.is_empty() || others.is_empty() || uncovered || is_exact {
        return None;
    }
    let keys: Vec<&str> = others.iter().map(|metric| metric.key.as_str()).collect();
    let narrow = Condition::Prefix(format!("{prefix}.")).to_string();
    let mut finding = Diagnostic::new(
        &codes::LOOSE_PREFIX,
        condition.text.span(),
        format!(
            "`{}` ends in the middle of a word and catches {} too",
            condition.text.as_str(),
            enumerate(&keys)
        ),
    )
    .label("no dot at its end");
    for metric in others.iter().take(3) {
        finding = finding.related(metric.place.span(), "caught by the prefix");
    }
    let finding = finding.help(format!(
        "write `{narrow}`; if these metrics are meant, add a source of their own for them"
    ));
    Some(finding.write_instead(subject.source, condition.text.span(), &narrow))
}
