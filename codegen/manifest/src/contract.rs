//! What a manifest means once every reference is resolved: the contract that
//! an extension's code has to meet.

mod activation;

pub use self::activation::{
    Activation, ActivationSchema, Choice, Enumeration, Form, ObjectType, Property, PropertyKind,
    Side,
};

use crate::source::Span;

/// What the author may say where the manifest is silent.
///
/// The keys are those of the manifest as the author wrote them. One that the
/// manifest does not have is an error (`EXT071`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Kinds of metrics, by key.
    pub kinds: Vec<(String, Kind)>,
    /// Declared dimensions that are not required, by dimension key.
    pub optional: Vec<String>,
}

/// Which payload a metric takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A momentary value, or a summary of several.
    Gauge,
    /// A number of things that happened since the line before.
    Count,
}

/// Everything that generated code is made from, in the manifest's words.
#[derive(Debug, Clone, Default)]
pub struct Contract {
    /// The extension's name, `custom:load-balancer`.
    pub name: String,
    /// The extension's version.
    pub version: String,
    /// The metrics that can be reported, in the order the manifest names them.
    pub metrics: Vec<Metric>,
    /// The feature sets, in the order of the manifest; `default` only if named.
    pub feature_sets: Vec<FeatureSet>,
    /// The sets of dimensions under which metrics can be reported.
    pub sets: Vec<DimensionSet>,
    /// What operators fill in.
    pub activation: Activation,
}

/// A metric that an extension reports.
#[derive(Debug, Clone)]
pub struct Metric {
    /// The key as the ingest stores it.
    pub key: String,
    /// Where the key is written first.
    pub span: Span,
    /// Which payload it takes.
    pub kind: Kind,
    /// `displayName`, if given.
    pub display_name: Option<String>,
    /// `description`, if given.
    pub description: Option<String>,
    /// `unit`, if given.
    pub unit: Option<String>,
    /// Indices into [`Contract::feature_sets`]; empty means always on.
    pub feature_sets: Vec<usize>,
    /// The names of the entity types whose entities its lines can make, in the
    /// order of the manifest.
    pub entity_types: Vec<String>,
}

/// A feature set.
#[derive(Debug, Clone)]
pub struct FeatureSet {
    /// Its name.
    pub name: String,
    /// Where the name is written first.
    pub span: Span,
}

/// Dimensions that travel together, and the metrics reported with them.
#[derive(Debug, Clone)]
pub struct DimensionSet {
    /// The entity type whose need the set equals, the most specific one.
    pub entity_type: Option<EntityType>,
    /// Required dimensions first, each part in the order of the manifest.
    pub dimensions: Vec<Dimension>,
    /// Indices into [`Contract::metrics`].
    pub metrics: Vec<usize>,
    /// The place that best explains the set: its entity type or first metric.
    pub span: Span,
}

/// An entity type of the topology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityType {
    /// The name, `lb:node`.
    pub name: String,
    /// The display name, if given.
    pub display_name: Option<String>,
}

/// One dimension of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// The key, `node.name`.
    pub key: String,
    /// The display name, if declared.
    pub display_name: Option<String>,
    /// Whether a line without it would lose its entity.
    pub required: bool,
    /// What its value may be.
    pub value: DimensionValue,
    /// Where the key is first written.
    pub span: Span,
}

/// What the topology asks of the value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DimensionValue {
    /// Anything that is not empty.
    Any,
    /// `$eq` on every alternative with one value: no field, written for the
    /// author.
    Constant(String),
    /// `$eq` with several values: an enum.
    OneOf(Vec<String>),
    /// `$prefix`: checked when the line is written; any of these will do.
    Prefix(Vec<String>),
}
