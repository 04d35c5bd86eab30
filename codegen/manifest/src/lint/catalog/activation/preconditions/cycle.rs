//! Fields that depend on each other in a circle.

use std::collections::BTreeMap;

use super::finding;
use crate::diagnostic::Report;
use crate::model::anchor;
use crate::yaml::Node;

use super::super::form::Form;
use super::super::graph;

/// Fields of a circle that are named; more help nobody.
const SHOWN: usize = 6;

/// Tells of each circle once, at the field that comes first in the file.
pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    let Some(schema) = &form.schema else {
        return;
    };
    for (name, group) in schema.object_types() {
        let names = (0..).zip(&group.properties);
        let at: BTreeMap<&str, usize> = names.map(|(at, (name, _))| (name.as_str(), at)).collect();
        let after: Vec<Vec<usize>> = group
            .properties
            .iter()
            .map(|(_, property)| {
                let precondition = property.precondition.iter();
                let fields = precondition.flat_map(|precondition| precondition.fields());
                fields.filter_map(|name| at.get(name).copied()).collect()
            })
            .collect();
        for circle in graph::circles(&after) {
            let circle: Vec<&str> = circle
                .iter()
                .filter_map(|&at| Some(group.properties.get(at)?.0.as_str()))
                .collect();
            let of_type = form.root.get("types").and_then(|types| types.get(name));
            if let Some(properties) = of_type.and_then(|of_type| of_type.get("properties")) {
                tell(properties, &circle, report);
            }
        }
    }
}

fn tell(properties: Node<'_>, circle: &[&str], report: &mut Report) {
    let message = match circle {
        [] => return,
        [only] => format!("`{only}` depends on itself"),
        all => {
            let shown = all.iter().take(SHOWN).map(|name| format!("`{name}`"));
            let mut way: Vec<String> = shown.collect();
            if all.len() > SHOWN {
                way.push("…".to_owned());
            }
            way.extend(way.first().cloned());
            let way = way.join(" → ");
            format!("fields depend on each other in a circle: {way}")
        }
    };
    let field = circle.first().and_then(|first| properties.get(first));
    let condition = field.into_iter().flat_map(Node::entries);
    let mut condition = condition.filter(|entry| entry.name() == "precondition");
    let place = condition.next().map(|entry| entry.key.span());
    report.push(
        finding(place.unwrap_or_else(|| anchor(properties)), message)
            .label("goes around")
            .help("let one of them be shown whatever the others are"),
    );
}
