//! What an extension is to those who use it: its metrics, entities, feature
//! sets and options, in its own words and with nothing of how it is written.

mod activation;
mod topology;

#[cfg(test)]
mod tests;

use extyped_manifest::contract::{Contract, DimensionSet, Kind, Overrides};
use extyped_manifest::diagnostic::Report;
use extyped_manifest::yaml::{self, Node};

pub(crate) use self::activation::{Field, Side};
pub(crate) use self::topology::{EntityType, Relation, Rule};

use crate::extension::Extension;
use crate::failure::Failure;

/// An extension as its users see it.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub name: String,
    pub version: String,
    pub author: Option<String>,
    /// `minDynatraceVersion` and `minEECVersion`.
    pub platform: Option<String>,
    pub controller: Option<String>,
    /// The data sources, `python` or `snmp`.
    pub sources: Vec<String>,
    /// In the order of the manifest, calculated ones last.
    pub metrics: Vec<Metric>,
    /// In the order of the manifest; `default` only if named.
    pub feature_sets: Vec<String>,
    pub types: Vec<EntityType>,
    pub relations: Vec<Relation>,
    pub activation: Vec<Side>,
    pub variables: Vec<Field>,
}

/// A metric.
#[derive(Debug, Default)]
pub(crate) struct Metric {
    /// As it is stored.
    pub key: String,
    pub kind: &'static str,
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub unit: Option<String>,
    /// The sets that turn it on; none if it is always on.
    pub feature_sets: Vec<String>,
    /// The ways to report it; none for one that is calculated.
    pub sets: Vec<Vec<Dimension>>,
    /// The entity types whose entities its lines can make.
    pub entity_types: Vec<String>,
    /// The one among them that its dimensions are there for.
    pub main_type: Option<String>,
    /// What a calculated metric is computed from.
    pub selector: Option<String>,
}

/// A dimension of a metric.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Dimension {
    pub key: String,
    pub display_name: Option<String>,
    pub is_required: bool,
}

impl Outline {
    /// Reads an extension. One whose manifest cannot be read has no outline;
    /// faults that leave the rest sound do not matter here.
    pub(crate) fn read(extension: &Extension) -> Result<Outline, Failure> {
        let source = &extension.source;
        let mut report = Report::default();
        let Some(tree) = yaml::parse(source, &mut report) else {
            let first = report.diagnostics().first();
            let place = first.map(|first| extyped_manifest::diagnostic::location(source, first));
            let place = place.unwrap_or_else(|| source.name().to_owned());
            let why = first.map_or("it is no manifest", |first| first.message.as_str());
            return Err(
                Failure::new(format!("{place}: {why}")).help("`extyped check` shows the place")
            );
        };
        let root = tree.root();
        let contract = extyped_manifest::check(source, &Overrides::default(), extension).contract;
        let mut metrics = reported(&contract);
        metrics.extend(calculated(root));
        Ok(Outline {
            name: contract.name,
            version: contract.version,
            author: root.get("author").and_then(|author| text(author, "name")),
            platform: text(root, "minDynatraceVersion"),
            controller: text(root, "minEECVersion"),
            sources: sources(root),
            metrics,
            feature_sets: contract
                .feature_sets
                .into_iter()
                .map(|set| set.name)
                .collect(),
            types: topology::types(root),
            relations: topology::relations(root),
            activation: activation::sides(&contract.activation, root, extension),
            variables: activation::variables(root),
        })
    }
}

fn reported(contract: &Contract) -> Vec<Metric> {
    let metrics = contract.metrics.iter().enumerate();
    metrics
        .map(|(index, metric)| Metric {
            key: metric.key.clone(),
            kind: match metric.kind {
                Kind::Gauge => "gauge",
                Kind::Count => "count",
            },
            display_name: metric.display_name.clone(),
            description: metric.description.clone(),
            unit: metric.unit.clone(),
            feature_sets: metric
                .feature_sets
                .iter()
                .filter_map(|&at| contract.feature_sets.get(at))
                .map(|set| set.name.clone())
                .collect(),
            sets: contract
                .sets
                .iter()
                .filter(|set| set.metrics.contains(&index))
                .map(dimensions)
                .collect(),
            entity_types: metric.entity_types.clone(),
            main_type: contract
                .sets
                .iter()
                .filter(|set| set.metrics.contains(&index))
                .find_map(|set| set.entity_type.as_ref())
                .map(|entity| entity.name.clone()),
            selector: None,
        })
        .collect()
}

fn dimensions(set: &DimensionSet) -> Vec<Dimension> {
    set.dimensions
        .iter()
        .map(|dimension| Dimension {
            key: dimension.key.clone(),
            display_name: dimension.display_name.clone(),
            is_required: dimension.required,
        })
        .collect()
}

fn calculated(root: Node<'_>) -> Vec<Metric> {
    let entries = root.get("metrics").into_iter().flat_map(Node::items);
    entries
        .filter_map(|entry| {
            let key = text(entry, "key").filter(|key| key.starts_with("func:"))?;
            let metadata = entry.get("metadata");
            let said = |field| metadata.and_then(|metadata| text(metadata, field));
            Some(Metric {
                key,
                kind: "calculated",
                display_name: said("displayName"),
                description: said("description"),
                unit: said("unit"),
                selector: entry
                    .get("query")
                    .and_then(|query| text(query, "metricSelector")),
                ..Metric::default()
            })
        })
        .collect()
}

/// The data sources: `python`, and whatever holds groups.
fn sources(root: Node<'_>) -> Vec<String> {
    root.entries()
        .filter(|entry| {
            let groups = entry.value.get("groups").unwrap_or(entry.value);
            let mut items = groups.items();
            entry.name() == "python" || items.any(|item| item.get("group").is_some())
        })
        .map(|entry| entry.name().to_owned())
        .collect()
}

/// The text of a field, unless it is missing or empty.
fn text(node: Node<'_>, field: &str) -> Option<String> {
    let text = node.get(field)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
