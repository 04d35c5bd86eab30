//! Everything that emission needs, decided.
//!
//! A plan holds final identifiers and no two of them clash, so that writing it
//! down cannot fail.

pub(crate) mod form;

use extyped_manifest::contract::{Contract, Kind};

use self::form::Forms;
use super::ident::Name;

/// The code to write for a manifest.
pub(crate) struct Plan<'c> {
    pub(crate) contract: &'c Contract,
    /// One for each metric of the contract, in its order.
    pub(crate) metrics: Vec<Metric<'c>>,
    /// The feature sets that have a variant.
    pub(crate) feature_sets: Vec<FeatureSet<'c>>,
    pub(crate) sets: Vec<Set<'c>>,
    pub(crate) forms: Forms<'c>,
}

/// A metric, whatever set it is reported with.
pub(crate) struct Metric<'c> {
    pub(crate) contract: &'c extyped_manifest::contract::Metric,
    /// The type that stands for it in rustc's messages.
    pub(crate) marker: Name,
}

/// A variant of `FeatureSet`.
pub(crate) struct FeatureSet<'c> {
    pub(crate) name: &'c str,
    pub(crate) variant: Name,
    /// Its place in the contract, which is its discriminant.
    pub(crate) index: usize,
}

/// A reporter: dimensions that travel together, and their metrics.
pub(crate) struct Set<'c> {
    pub(crate) contract: &'c extyped_manifest::contract::DimensionSet,
    /// The type of the reporter.
    pub(crate) reporter: Name,
    /// The type of its required dimensions.
    pub(crate) dimensions: Name,
    /// The method of `Metrics` that opens it.
    pub(crate) method: Name,
    /// The dimensions that the author gives, in the order of the contract.
    pub(crate) required: Vec<Field<'c>>,
    /// The dimensions that the author may give.
    pub(crate) optional: Vec<Field<'c>>,
    /// The dimensions that the manifest gives: key and value.
    pub(crate) constants: Vec<(&'c str, &'c str)>,
    pub(crate) methods: Vec<Method>,
}

/// A dimension that takes a value from the author.
pub(crate) struct Field<'c> {
    pub(crate) contract: &'c extyped_manifest::contract::Dimension,
    /// The field of a required dimension, the method of an optional one.
    pub(crate) name: Name,
    pub(crate) value: FieldValue<'c>,
}

/// What a field holds.
pub(crate) enum FieldValue<'c> {
    /// Anything that displays, under this type parameter.
    Display(Name),
    /// The same, and the text begins with one of these.
    Prefixed(Name, &'c [String]),
    /// One of the values of an enum.
    OneOf(Enum<'c>),
}

/// The values that the topology accepts for a dimension.
pub(crate) struct Enum<'c> {
    pub(crate) name: Name,
    /// Each value and its variant.
    pub(crate) variants: Vec<(&'c str, Name)>,
}

/// The method of a reporter that reports a metric.
pub(crate) struct Method {
    /// Index into [`Plan::metrics`].
    pub(crate) metric: usize,
    pub(crate) name: Name,
}

impl Plan<'_> {
    /// The names of the feature sets that switch a metric on.
    pub(crate) fn feature_sets_of(&self, metric: &Metric<'_>) -> impl Iterator<Item = &str> {
        let indices = &metric.contract.feature_sets;
        indices
            .iter()
            .filter_map(|&index| self.contract.feature_sets.get(index))
            .map(|feature_set| feature_set.name.as_str())
    }
}

impl Metric<'_> {
    pub(crate) fn is_count(&self) -> bool {
        self.contract.kind == Kind::Count
    }
}

impl Set<'_> {
    /// The type parameters of the required dimensions.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Name> {
        self.required.iter().filter_map(|field| match &field.value {
            FieldValue::Display(name) | FieldValue::Prefixed(name, _) => Some(name),
            FieldValue::OneOf(_) => None,
        })
    }
}
