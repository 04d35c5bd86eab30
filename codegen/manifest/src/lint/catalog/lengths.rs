//! `EXT018`: texts that are longer than the platform takes.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::Text;

/// Longest texts of the metadata of a metric.
const DISPLAY_NAME: usize = 300;
const DESCRIPTION: usize = 65_535;
const UNIT: usize = 63;
const TAG: usize = 100;
const DIMENSION_NAME: usize = 200;
const SOURCE_ENTITY_TYPE: usize = 300;

/// Longest texts of the topology.
const TYPE_NAME: usize = 250;
const TOPOLOGY_TEXT: usize = 500;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let mut at_most = |limit: usize, what: &str, text: Option<Text<'_>>| {
        let Some(text) = text else { return };
        let length = text.chars().count();
        if length > limit && !text.is_template() {
            report.push(
                Diagnostic::new(
                    &codes::TOO_LONG,
                    text.span(),
                    format!("{what} has {length} characters"),
                )
                .label(format!("longer than {limit} characters"))
                .help(format!("shorten it to {limit} characters")),
            );
        }
    };
    for entry in &subject.manifest.metrics {
        let metadata = &entry.metadata;
        at_most(DISPLAY_NAME, "the display name", metadata.display_name);
        at_most(DESCRIPTION, "the description", metadata.description);
        at_most(UNIT, "the unit", metadata.unit);
        at_most(
            SOURCE_ENTITY_TYPE,
            "the entity type",
            metadata.source_entity_type,
        );
        for &tag in &metadata.tags {
            at_most(TAG, "the tag", Some(tag));
        }
        for dimension in &metadata.dimensions {
            at_most(DIMENSION_NAME, "the display name", dimension.display_name);
        }
    }
    for relationship in &subject.manifest.topology.relationships {
        for name in [relationship.from, relationship.to] {
            at_most(TYPE_NAME, "the name of the entity type", name);
        }
        for role in relationship.roles {
            at_most(TOPOLOGY_TEXT, "the role", role);
        }
    }
    for entity in &subject.manifest.topology.types {
        at_most(TYPE_NAME, "the name of the entity type", Some(entity.name));
        at_most(TOPOLOGY_TEXT, "the display name", entity.display_name);
        for rule in &entity.rules {
            let patterns = rule.id.iter().chain(&rule.instance_name).chain(&rule.icon);
            let attributes = rule.attributes.iter().filter_map(|a| a.pattern.as_ref());
            for pattern in patterns.chain(attributes) {
                at_most(TOPOLOGY_TEXT, "the pattern", Some(pattern.text));
            }
            at_most(TOPOLOGY_TEXT, "the role", rule.role);
            for required in &rule.required {
                at_most(TOPOLOGY_TEXT, "the key", Some(required.key));
            }
            for source in &rule.sources {
                if let crate::model::Source::Metrics(Some(condition)) = source {
                    at_most(TOPOLOGY_TEXT, "the condition", Some(condition.text));
                }
            }
        }
    }
}
