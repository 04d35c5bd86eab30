//! What generated code tells the runtime about the manifest it came from.

/// The manifest as a running extension needs it. Generated code holds one, as
/// `MANIFEST`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Manifest {
    /// The extension's name, `custom:load-balancer`.
    pub name: &'static str,
    /// The extension's version.
    pub version: &'static str,
    /// Every metric that has a reporter. Reporters name a metric by its index.
    pub metrics: &'static [Metric],
    /// The names of the feature sets, in the order of the manifest.
    pub feature_sets: &'static [&'static str],
}

/// A metric of the manifest.
#[derive(Debug)]
#[non_exhaustive]
pub struct Metric {
    /// The key as the ingest stores it.
    pub key: &'static str,
    /// Which payload it takes.
    pub kind: Kind,
    /// Indices into [`Manifest::feature_sets`]; empty means always on.
    pub feature_sets: &'static [usize],
}

/// Which payload a metric takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A momentary value, or a summary of several.
    Gauge,
    /// A number of things that happened since the line before.
    Count,
}

impl Manifest {
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        version: &'static str,
        metrics: &'static [Metric],
        feature_sets: &'static [&'static str],
    ) -> Self {
        Manifest {
            name,
            version,
            metrics,
            feature_sets,
        }
    }
}

impl Metric {
    #[doc(hidden)]
    pub const fn new(key: &'static str, kind: Kind, feature_sets: &'static [usize]) -> Self {
        Metric {
            key,
            kind,
            feature_sets,
        }
    }
}
