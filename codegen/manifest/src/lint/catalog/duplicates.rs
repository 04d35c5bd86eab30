//! `EXT066`: what is defined twice, so that one of the two is lost.

use std::collections::HashMap;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::Text;
use crate::source::Span;
use crate::yaml::Node;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let manifest = subject.manifest;
    let types = manifest.topology.types.iter();
    let types = types.map(|entity| (entity.name.to_string(), entity.name.span()));
    twice("the entity type", types, report);
    let sets = manifest.feature_sets().iter();
    let sets = sets.map(|set| (set.name.to_string(), set.name.span()));
    twice("the feature set", sets, report);
    let variables = manifest.catalog.variables.iter();
    let variables = variables.map(|variable| (variable.id.to_string(), variable.id.span()));
    twice("the variable", variables, report);
    let relationships = manifest.topology.relationships.iter();
    let relationships = relationships.filter_map(|relationship| {
        let (from, to) = (relationship.from?, relationship.to?);
        let [from_role, to_role] = relationship.roles.map(|role| role.map_or("", Text::as_str));
        let kind = relationship.kind?;
        let roles = if from_role.is_empty() && to_role.is_empty() {
            String::new()
        } else {
            format!(" ({from_role} → {to_role})")
        };
        let name = format!("{} {} {}{roles}", from.as_str(), kind.as_str(), to.as_str());
        Some((name, relationship.place))
    });
    twice("the relationship", relationships, report);
    for entry in &manifest.metrics {
        let dimensions = entry.metadata.dimensions.iter();
        let dimensions = dimensions.map(|own| (own.key.to_string(), own.key.span()));
        twice("the dimension", dimensions, report);
    }
    for level in &manifest.sources.levels {
        let dimensions = level.node.get("dimensions").into_iter();
        let keys = dimensions.flat_map(Node::items);
        let keys = keys.filter_map(|item| item.get("key").and_then(Text::of));
        let keys = keys.map(|key| (key.to_string(), key.span()));
        twice("the dimension", keys, report);
    }
    let types = manifest.topology.types.iter();
    for rule in types.flat_map(|entity| &entity.rules) {
        let attributes = rule.attributes.iter();
        let attributes = attributes.filter_map(|attribute| attribute.key);
        let attributes = attributes.map(|key| (key.to_string(), key.span()));
        twice("the attribute", attributes, report);
    }
}

fn twice(what: &str, names: impl Iterator<Item = (String, Span)>, report: &mut Report) {
    let mut first: HashMap<String, Span> = HashMap::new();
    for (name, span) in names {
        match first.get(&name) {
            Some(&known) => report.push(
                Diagnostic::new(
                    &codes::DUPLICATE_DEFINITION,
                    span,
                    format!("{what} `{name}` is defined twice"),
                )
                .label("again here")
                .related(known, "first here")
                .help("join the two into one"),
            ),
            None => {
                first.insert(name, span);
            }
        }
    }
}
