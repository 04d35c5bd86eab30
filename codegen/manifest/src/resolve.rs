//! What the manifest means: which metrics there are, of which kind, and under
//! which sets of dimensions they can be reported.

mod activation;
mod dimensions;
mod feature_sets;
mod kinds;
mod matching;
mod metrics;
mod naming;
mod sets;
mod values;

pub(crate) use self::dimensions::is_supplied;
pub(crate) use self::kinds::{COUNT_SUFFIX, KindFrom};
pub(crate) use self::matching::Match;
pub(crate) use self::metrics::Metric;

use crate::contract::{self, Contract, DimensionSet, FeatureSet, Overrides};
use crate::model::Manifest;

/// A manifest with every reference resolved.
pub(crate) struct Meaning<'m, 't> {
    /// The metrics that can be reported, in the order the manifest names them.
    pub(crate) metrics: Vec<Metric<'m, 't>>,
    /// The feature sets, in the order of the manifest.
    pub(crate) feature_sets: Vec<FeatureSet>,
    /// The sets of dimensions.
    pub(crate) sets: Vec<DimensionSet>,
}

/// Resolves a manifest. Metrics whose keys the ingest refuses are left out:
/// nothing could be reported under them.
pub(crate) fn resolve<'m, 't>(
    manifest: &'m Manifest<'t>,
    overrides: &Overrides,
) -> Meaning<'m, 't> {
    let metrics = metrics::collect(manifest, overrides);
    let sets = sets::build(&metrics, &manifest.topology.types, &overrides.optional);
    Meaning {
        feature_sets: feature_sets::collect(manifest),
        sets,
        metrics,
    }
}

impl Meaning<'_, '_> {
    /// The contract, in owned form.
    pub(crate) fn into_contract(self, manifest: &Manifest<'_>) -> Contract {
        let text = |text: Option<crate::model::Text<'_>>| text.map(|text| text.to_string());
        let metrics = self
            .metrics
            .iter()
            .map(|metric| {
                let metadata = metric.entry.map(|entry| &entry.metadata);
                contract::Metric {
                    key: metric.key.clone(),
                    span: metric.place.span(),
                    kind: metric.kind,
                    display_name: metadata.and_then(|metadata| text(metadata.display_name)),
                    description: metadata.and_then(|metadata| text(metadata.description)),
                    unit: metadata.and_then(|metadata| text(metadata.unit)),
                    feature_sets: feature_sets::of(metric, &self.feature_sets),
                    entity_types: metric
                        .matches
                        .iter()
                        .filter(|matched| metric.covers(matched))
                        .map(|matched| matched.entity.name.to_string())
                        .collect(),
                }
            })
            .collect();
        Contract {
            name: text(manifest.name).unwrap_or_default(),
            version: text(manifest.version).unwrap_or_default(),
            metrics,
            feature_sets: self.feature_sets,
            sets: self.sets,
            activation: contract::Activation::default(),
        }
    }
}
