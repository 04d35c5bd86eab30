//! What texts refer to: metrics in selectors and queries, and entity types.
//!
//! The same fields mean the same in the manifest and in the JSON files that it
//! names, so both are searched alike.

use crate::model::Text;
use crate::selector;
use crate::yaml::{Entry, Node, NodeKind};

/// Everything that a tree refers to.
#[derive(Default)]
pub(crate) struct References<'t> {
    pub(crate) metrics: Vec<MetricReference<'t>>,
    pub(crate) entity_types: Vec<EntityReference<'t>>,
}

/// A metric that a text asks for.
pub(crate) struct MetricReference<'t> {
    /// The key as the text has it.
    pub(crate) key: &'t str,
    /// The text.
    pub(crate) place: Text<'t>,
    /// Whether it is a query, which knows a count with and without its suffix.
    pub(crate) in_query: bool,
}

/// An entity type that a text asks for.
pub(crate) struct EntityReference<'t> {
    pub(crate) name: &'t str,
    pub(crate) place: Text<'t>,
}

/// Fields that hold metric selectors.
const SELECTORS: [&str; 6] = [
    "additionalMetricSelectors",
    "collection",
    "metricExpressions",
    "metricSelector",
    "metricSelectorDetailed",
    "metricSelectorSort",
];

/// Fields that hold one metric key.
const KEYS: [&str; 3] = ["metric", "metricKey", "metricId"];

/// Fields that hold queries; `input` is one where a variable of a dashboard gets
/// its values from.
const QUERIES: [&str; 4] = ["dqlQuery", "input", "query", "queryString"];

/// Fields that hold the dimension that is an entity: `dt.entity.lb:node`.
const ENTITY_DIMENSIONS: [&str; 2] = ["eventEntityDimensionKey", "primaryDimensionKey"];

impl<'t> References<'t> {
    /// Finds everything below a node.
    pub(crate) fn collect(&mut self, node: Node<'t>) {
        for item in node.items() {
            self.collect(item);
        }
        // Inputs of analyzers are pairs: `key: query`, `value: timeseries …`.
        let is_query = node.get("key").and_then(Node::as_str) == Some("query");
        for entry in node.entries() {
            match entry.name() {
                "value" if is_query => self.text("query", entry.value),
                // The query of a notebook is the value of its input.
                "input" if entry.value.kind() == NodeKind::Mapping => {
                    if let Some(value) = entry.value.get("value") {
                        self.text("query", value);
                    }
                    self.field(entry);
                }
                _ => self.field(entry),
            }
        }
    }

    fn field(&mut self, entry: Entry<'t>) {
        let name = entry.name();
        match entry.value.kind() {
            NodeKind::Scalar => self.text(name, entry.value),
            NodeKind::Sequence => {
                for item in entry.value.items() {
                    if item.kind() == NodeKind::Scalar {
                        self.text(name, item);
                    }
                }
                self.collect(entry.value);
            }
            NodeKind::Mapping => self.collect(entry.value),
            NodeKind::Null => {}
        }
    }

    fn text(&mut self, field: &str, node: Node<'t>) {
        let Some(place) = Text::of(node) else { return };
        let text = place.as_str();
        if SELECTORS.contains(&field) {
            // An expression of a dashboard starts with its resolution.
            let selector = match text.split_once('&') {
                Some((options, rest)) if options.contains("resolution=") => rest,
                _ => text,
            };
            self.metrics(selector::metric_keys(selector), place, false);
            self.entities(selector::entity_types(text), place);
            self.entities(selector::queried_entity_types(text), place);
        } else if ENTITY_DIMENSIONS.contains(&field) {
            self.entities(selector::queried_entity_types(text), place);
        } else if KEYS.contains(&field) && text.contains('.') {
            self.metrics(selector::metric_keys(text), place, false);
        } else if QUERIES.contains(&field) {
            self.metrics(selector::queried_keys(text), place, true);
            self.entities(selector::queried_entity_types(text), place);
        } else if field == "conditions" {
            // `metricAvailable|metric=lb.cpu`, `relatedEntity|entitySelectorTemplate=type(…)`
            let metrics = text
                .split('|')
                .filter_map(|part| part.strip_prefix("metric="));
            self.metrics(
                metrics.flat_map(selector::metric_keys).collect(),
                place,
                false,
            );
            self.entities(selector::entity_types(text), place);
        } else if field.starts_with("entitySelector") || field == "relationships" {
            self.entities(selector::entity_types(text), place);
        } else if matches!(field, "entityType" | "entityTypes") {
            self.entities(vec![text], place);
        }
    }

    fn metrics(&mut self, keys: Vec<&'t str>, place: Text<'t>, in_query: bool) {
        let references = keys.into_iter().map(|key| MetricReference {
            key,
            place,
            in_query,
        });
        self.metrics.extend(references);
    }

    fn entities(&mut self, names: Vec<&'t str>, place: Text<'t>) {
        let references = names
            .into_iter()
            .map(|name| EntityReference { name, place });
        self.entity_types.extend(references);
    }
}
