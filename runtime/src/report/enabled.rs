//! Which metrics an activation asks for.

use std::sync::Arc;

use crate::Manifest;

/// The feature set that is on whatever the activation says.
const DEFAULT: &str = "default";

/// Which metrics are reported: computed once from the feature sets of an
/// activation, so that a metric that is off costs one branch.
#[derive(Debug, Clone)]
pub struct EnabledMetrics {
    metrics: Arc<[bool]>,
    feature_sets: Arc<[bool]>,
}

impl EnabledMetrics {
    /// All of them.
    pub fn all(manifest: &Manifest) -> Self {
        Self::with(manifest, |_| true)
    }

    /// Those of the named feature sets, those of the feature set `default`,
    /// and those that are in no feature set. Names that the manifest does not
    /// have are without effect.
    pub fn of<S: AsRef<str>>(manifest: &Manifest, feature_sets: &[S]) -> Self {
        Self::with(manifest, |name| {
            name == DEFAULT || feature_sets.iter().any(|on| on.as_ref() == name)
        })
    }

    fn with(manifest: &Manifest, on: impl Fn(&str) -> bool) -> Self {
        let feature_sets: Arc<[bool]> = manifest.feature_sets.iter().map(|name| on(name)).collect();
        let is_on = |&index: &usize| feature_sets.get(index) == Some(&true);
        let metrics = manifest
            .metrics
            .iter()
            .map(|metric| metric.feature_sets.is_empty() || metric.feature_sets.iter().any(is_on))
            .collect();
        EnabledMetrics {
            metrics,
            feature_sets,
        }
    }

    /// Whether the metric at this index of [`Manifest::metrics`] is on.
    #[inline]
    pub fn metric(&self, index: usize) -> bool {
        self.metrics.get(index) == Some(&true)
    }

    /// Whether the feature set at this index of [`Manifest::feature_sets`] is
    /// on.
    #[inline]
    pub fn feature_set(&self, index: usize) -> bool {
        self.feature_sets.get(index) == Some(&true)
    }
}
