//! The catalog of checks: one entry for each stable code.
//!
//! A code never changes its meaning and is never used again after it retires.

use crate::severity::Severity;

/// A check, and what `extyped explain` says of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable identifier, `EXT001`.
    pub id: &'static str,
    /// A short name in kebab case, `yaml-syntax`.
    pub name: &'static str,
    /// The usual severity.
    pub severity: Severity,
    /// What it finds and why it matters, an example, the fix and the source
    /// of the rule, as Markdown.
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $constant:ident = $id:literal $name:literal $severity:ident;)*) => {
        $(
            $(#[$doc])*
            pub static $constant: Code = Code {
                id: $id,
                name: $name,
                severity: Severity::$severity,
                explanation: include_str!(concat!("codes/", $id, ".md")),
            };
        )*

        /// Every code, in order.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    /// The file is not well-formed YAML.
    YAML_SYNTAX = "EXT001" "yaml-syntax" Error;
    /// A mapping has the same key twice.
    DUPLICATE_KEY = "EXT002" "duplicate-key" Error;
    /// The file exceeds a budget: size, depth, nodes or alias expansion.
    TOO_LARGE = "EXT003" "too-large" Error;
    /// The file holds more than one YAML document.
    SEVERAL_DOCUMENTS = "EXT004" "several-documents" Error;
    /// A file cannot be read.
    UNREADABLE_FILE = "EXT005" "unreadable-file" Error;
    /// A field that the format requires is missing.
    MISSING_FIELD = "EXT010" "missing-field" Error;
    /// A field that the format does not know.
    UNKNOWN_FIELD = "EXT011" "unknown-field" Warning;
    /// A field holds another type than the format asks for.
    WRONG_TYPE = "EXT012" "wrong-type" Error;
    /// The extension's name breaks the grammar.
    EXTENSION_NAME = "EXT013" "extension-name" Error;
    /// The version is not `major.minor.patch`.
    EXTENSION_VERSION = "EXT014" "extension-version" Error;
    /// A metric key breaks the grammar of the ingest.
    METRIC_KEY = "EXT020" "metric-key" Error;
    /// A metric key is longer or shorter than the ingest takes.
    METRIC_KEY_LENGTH = "EXT021" "metric-key-length" Error;
    /// A metric is described twice.
    DUPLICATE_METRIC = "EXT022" "duplicate-metric" Error;
    /// The manifest has no metric.
    NO_METRICS = "EXT023" "no-metrics" Warning;
    /// A count whose stored key lacks `.count`.
    COUNT_WITHOUT_SUFFIX = "EXT030" "count-without-suffix" Error;
    /// A gauge whose key ends in `.count`.
    GAUGE_WITH_SUFFIX = "EXT031" "gauge-with-suffix" Error;
    /// A key that ends in `_count`, which is no suffix to the ingest.
    UNDERSCORE_COUNT = "EXT032" "underscore-count" Warning;
    /// A gauge whose words say that it is cumulative.
    CUMULATIVE_GAUGE = "EXT033" "cumulative-gauge" Warning;
    /// A unit outside the documented list.
    UNKNOWN_UNIT = "EXT040" "unknown-unit" Warning;
    /// A dimension key breaks the grammar of the ingest.
    DIMENSION_KEY = "EXT050" "dimension-key" Error;
    /// Declared dimensions do not cover what an entity type needs.
    UNCOVERED_ENTITY = "EXT051" "uncovered-entity" Error;
    /// An entity type that no metric can ever create.
    UNREACHABLE_ENTITY = "EXT052" "unreachable-entity" Error;
    /// An attribute key shorter than 3 or longer than 20 characters.
    ATTRIBUTE_KEY_LENGTH = "EXT053" "attribute-key-length" Error;
    /// A topology pattern or condition breaks its grammar.
    TOPOLOGY_PATTERN = "EXT054" "topology-pattern" Error;
    /// A metric for which neither dimensions nor topology are known.
    NO_DIMENSIONS = "EXT055" "no-dimensions" Hint;
    /// A feature set names a metric that has no metadata.
    METRIC_WITHOUT_METADATA = "EXT060" "metric-without-metadata" Warning;
    /// A metric with metadata is in none of the feature sets.
    METRIC_WITHOUT_FEATURE_SET = "EXT061" "metric-without-feature-set" Hint;
    /// Two parts of the manifest get the same Rust name.
    NAME_COLLISION = "EXT070" "name-collision" Error;
    /// An option names something that the manifest does not have.
    UNKNOWN_OPTION_TARGET = "EXT071" "unknown-option-target" Error;
    /// An option holds something that it cannot take.
    INVALID_OPTION = "EXT072" "invalid-option" Error;
}

/// The code with this identifier or name, whatever the case.
pub fn find(id_or_name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| {
        code.id.eq_ignore_ascii_case(id_or_name) || code.name.eq_ignore_ascii_case(id_or_name)
    })
}
