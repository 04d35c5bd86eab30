//! Which metrics an activation asks for.

use std::collections::{BTreeMap, HashMap};
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
        Self::with(manifest, |name| is_on(name, Some(feature_sets)))
    }

    /// As the extension that is installed has them, which may be newer than
    /// the manifest that was compiled in: `installed` holds the metric keys of
    /// each feature set. A metric that it does not know follows the manifest.
    /// Without names of feature sets all are on.
    pub(crate) fn of_installed(
        manifest: &Manifest,
        names: Option<&[String]>,
        installed: &BTreeMap<String, Vec<String>>,
    ) -> Self {
        let is_on = |set: &str| is_on(set, names);
        let mut enabled = Self::with(manifest, is_on);
        let mut by_key: HashMap<&str, bool> = HashMap::new();
        for (set, keys) in installed {
            for key in keys {
                *by_key.entry(key).or_default() |= is_on(set);
            }
        }
        enabled.metrics = manifest
            .metrics
            .iter()
            .zip(enabled.metrics.iter())
            .map(|(metric, &on)| by_key.get(metric.key).copied().unwrap_or(on))
            .collect();
        enabled
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

/// Whether a feature set is on, if these are. Without names all are.
pub(crate) fn is_on<S: AsRef<str>>(feature_set: &str, names: Option<&[S]>) -> bool {
    feature_set == DEFAULT
        || names.is_none_or(|names| names.iter().any(|on| on.as_ref() == feature_set))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Metric};

    static MANIFEST: Manifest = Manifest::new(
        "custom:x",
        "1.0.0",
        &[
            Metric::new("always", Kind::Gauge, &[]),
            Metric::new("basic", Kind::Gauge, &[0]),
            Metric::new("extra", Kind::Gauge, &[1]),
            Metric::new("both", Kind::Gauge, &[1, 2]),
        ],
        &["default", "Extra", "More"],
    );

    fn on(enabled: &EnabledMetrics) -> Vec<&'static str> {
        let metrics = MANIFEST.metrics.iter().enumerate();
        let on = metrics.filter(|(index, _)| enabled.metric(*index));
        on.map(|(_, metric)| metric.key).collect()
    }

    #[test]
    fn the_sets_of_the_activation_decide_and_default_is_always_on() {
        let table: [(&[&str], &[&str]); 4] = [
            (&[], &["always", "basic"]),
            (&["Extra"], &["always", "basic", "extra", "both"]),
            (&["More"], &["always", "basic", "both"]),
            (&["Unknown"], &["always", "basic"]),
        ];
        for (names, expected) in table {
            assert_eq!(on(&EnabledMetrics::of(&MANIFEST, names)), expected);
        }
        assert_eq!(on(&EnabledMetrics::all(&MANIFEST)).len(), 4);
    }

    #[test]
    fn what_is_installed_decides_of_the_metrics_it_knows() {
        let installed = |sets: &[(&str, &[&str])]| -> BTreeMap<String, Vec<String>> {
            let sets = sets.iter().map(|(set, keys)| {
                let keys = keys.iter().map(|key| (*key).to_owned());
                ((*set).to_owned(), keys.collect())
            });
            sets.collect()
        };
        let enabled = |names: &[&str], sets: &[(&str, &[&str])]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            on(&EnabledMetrics::of_installed(
                &MANIFEST,
                Some(&names),
                &installed(sets),
            ))
        };
        assert_eq!(
            enabled(&["Extra"], &[]),
            ["always", "basic", "extra", "both"]
        );
        assert_eq!(
            enabled(&["Extra"], &[("Newer", &["extra", "always"])]),
            ["basic", "both"],
            "both have moved to a set that is off"
        );
        assert_eq!(
            enabled(&["Newer"], &[("Newer", &["extra"]), ("Extra", &["both"])]),
            ["always", "basic", "extra"]
        );
        let all = EnabledMetrics::of_installed(&MANIFEST, None, &installed(&[("New", &["extra"])]));
        assert_eq!(on(&all).len(), 4, "the activation does not speak of sets");
    }
}
