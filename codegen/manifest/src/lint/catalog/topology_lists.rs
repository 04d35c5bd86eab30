//! Lists of the topology that need at least one entry, and sources that take
//! every line and need something else to choose by.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::{Source, Text};
use crate::topology::Condition;
use crate::yaml::{Node, NodeKind};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    if let Some(topology) = subject.manifest.root.get("topology") {
        for entity in items(topology, "types") {
            need(entity, "rules", "an entity type", report);
            for rule in items(entity, "rules") {
                need(rule, "sources", "a rule", report);
            }
        }
        for relationship in items(topology, "relationships") {
            need(relationship, "sources", "a relationship", report);
        }
    }
    check_exists(subject, report);
}

fn items<'t>(node: Node<'t>, list: &str) -> impl Iterator<Item = Node<'t>> {
    node.get(list).into_iter().flat_map(Node::items)
}

/// Reports a list without entries. One that is missing has a finding already.
fn need(node: Node<'_>, list: &str, what: &str, report: &mut Report) {
    let Some(field) = node.entries().find(|entry| entry.name() == list) else {
        return;
    };
    if field.value.kind() == NodeKind::Sequence && field.value.items().len() == 0 {
        report.push(
            Diagnostic::new(
                &codes::MISSING_FIELD,
                field.key.span(),
                format!("{what} needs at least one entry in `{list}`"),
            )
            .label("the list is empty")
            .help("add an entry, or remove what needs it"),
        );
    }
}

/// A rule that takes every metric chooses its lines by their dimensions.
fn check_exists(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let types = subject.manifest.topology.types.iter();
    for rule in types.flat_map(|entity| &entity.rules) {
        if !rule.required.is_empty() {
            continue;
        }
        for source in &rule.sources {
            let Source::Metrics(Some(condition)) = source else {
                continue;
            };
            if condition.condition == Condition::Exists && !Text::is_template(condition.text) {
                report.push(
                    Diagnostic::new(
                        &codes::TOPOLOGY_PATTERN,
                        condition.text.span(),
                        "`$exists()` takes every metric, and the rule requires no dimension",
                    )
                    .severity(Severity::Warning)
                    .label("refused by the settings of entity types")
                    .help("name the metrics with `$prefix(…)`, or add `requiredDimensions`"),
                );
            }
        }
    }
}
