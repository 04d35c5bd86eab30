//! The catalog of checks: one entry for each stable code.
//!
//! A code never changes its meaning and is never used again after it retires.

use crate::severity::Severity;
use crate::suggest;

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
    /// A value holds a placeholder of a template.
    TEMPLATE = "EXT006" "template-placeholder" Hint;
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
    /// The oldest platform version is not one that the platform reads.
    MINIMUM_VERSION = "EXT015" "minimum-version" Warning;
    /// A value is none of those that the format knows.
    UNKNOWN_VALUE = "EXT016" "unknown-value" Error;
    /// There are more of something than the platform takes.
    TOO_MANY = "EXT017" "too-many" Error;
    /// A text is longer than the platform takes.
    TOO_LONG = "EXT018" "too-long" Error;
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
    /// A unit that is the type of a metric.
    TYPE_AS_UNIT = "EXT041" "type-as-unit" Warning;
    /// The properties of a metric contradict each other.
    METRIC_PROPERTIES = "EXT042" "metric-properties" Error;
    /// A metric has the same tag twice.
    DUPLICATE_TAG = "EXT043" "duplicate-tag" Warning;
    /// A metric has no name for people.
    NO_DISPLAY_NAME = "EXT044" "no-display-name" Warning;
    /// Two metrics have the same name for people.
    DUPLICATE_DISPLAY_NAME = "EXT045" "duplicate-display-name" Hint;
    /// A text of the metadata is there and says nothing.
    EMPTY_TEXT = "EXT046" "empty-text" Warning;
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
    /// A prefix that ends in the middle of a word and catches other metrics.
    LOOSE_PREFIX = "EXT056" "loose-prefix" Warning;
    /// An attribute that no line can fill.
    UNFILLED_ATTRIBUTE = "EXT057" "unfilled-attribute" Warning;
    /// An attribute has patterns of different form in rules of one type.
    UNEVEN_ATTRIBUTE = "EXT058" "uneven-attribute" Error;
    /// A relationship whose lines cannot carry both ids.
    UNJOINABLE_RELATIONSHIP = "EXT059" "unjoinable-relationship" Warning;
    /// A feature set names a metric that has no metadata.
    METRIC_WITHOUT_METADATA = "EXT060" "metric-without-metadata" Warning;
    /// A metric with metadata is in none of the feature sets.
    METRIC_WITHOUT_FEATURE_SET = "EXT061" "metric-without-feature-set" Hint;
    /// The name of an entity type breaks its grammar.
    ENTITY_TYPE_NAME = "EXT062" "entity-type-name" Error;
    /// An entity type that nobody defines.
    UNKNOWN_ENTITY_TYPE = "EXT063" "unknown-entity-type" Warning;
    /// A value that keeps changing in the id of an entity.
    VOLATILE_ID = "EXT064" "volatile-id" Warning;
    /// A relationship that the platform does not take.
    RELATIONSHIP = "EXT065" "relationship" Error;
    /// An entity type, a relationship or a feature set is defined twice.
    DUPLICATE_DEFINITION = "EXT066" "duplicate-definition" Warning;
    /// Two parts of the manifest get the same Rust name.
    NAME_COLLISION = "EXT070" "name-collision" Error;
    /// An option names something that the manifest does not have.
    UNKNOWN_OPTION_TARGET = "EXT071" "unknown-option-target" Error;
    /// An option holds something that it cannot take.
    INVALID_OPTION = "EXT072" "invalid-option" Error;
    /// A comment or `extyped.toml` sets a level that cannot be set.
    LINT_SETTING = "EXT073" "lint-setting" Error;
    /// A comment allows something that is not found.
    UNUSED_ALLOW = "EXT074" "unused-allow" Warning;
    /// A comment allows something and does not say why.
    ALLOW_WITHOUT_REASON = "EXT075" "allow-without-reason" Hint;
    /// A selector names a metric that nothing stores under that name.
    UNKNOWN_METRIC = "EXT080" "unknown-metric" Warning;
    /// A layout names a card that the screen does not define.
    UNDEFINED_CARD = "EXT081" "undefined-card" Warning;
    /// A card that no layout names.
    UNUSED_CARD = "EXT082" "unused-card" Warning;
    /// Two cards of a screen have the same key.
    DUPLICATE_CARD = "EXT083" "duplicate-card" Warning;
    /// A screen shows an attribute that the entity type does not have.
    UNKNOWN_ATTRIBUTE = "EXT084" "unknown-attribute" Warning;
    /// A tile of a dashboard without a place, or a place without a tile.
    TILE_LAYOUT = "EXT085" "tile-layout" Warning;
    /// A query of a dashboard uses a variable that the dashboard does not have.
    UNDEFINED_DASHBOARD_VARIABLE = "EXT086" "undefined-dashboard-variable" Warning;
    /// The numbers of samples of an alert contradict each other.
    ALERT_SAMPLES = "EXT087" "alert-samples" Warning;
    /// What comes in is routed to a pipeline that the extension does not have.
    UNKNOWN_PIPELINE = "EXT088" "unknown-pipeline" Warning;
    /// A file that the manifest names is not there.
    MISSING_FILE = "EXT090" "missing-file" Error;
    /// A file that the manifest names is no JSON.
    BROKEN_FILE = "EXT091" "broken-file" Error;
    /// An activation schema that the platform cannot use.
    ACTIVATION_SCHEMA = "EXT092" "activation-schema" Error;
    /// An alert, dashboard or document that lacks what it needs.
    INCOMPLETE_FILE = "EXT093" "incomplete-file" Warning;
    /// The manifest has more than one data source.
    SEVERAL_DATA_SOURCES = "EXT100" "several-data-sources" Error;
    /// An object identifier breaks its grammar.
    OID_SYNTAX = "EXT101" "oid-syntax" Error;
    /// An object identifier has a `.0` too much or too few.
    OID_INSTANCE = "EXT102" "oid-instance" Warning;
    /// A value names a variable that is not defined.
    UNDEFINED_VARIABLE = "EXT103" "undefined-variable" Warning;
    /// A variable that nothing uses.
    UNUSED_VARIABLE = "EXT104" "unused-variable" Warning;
    /// An interval that the platform does not take.
    INTERVAL = "EXT105" "interval" Error;
    /// A filter breaks its grammar.
    FILTER = "EXT106" "filter" Error;
    /// A value of a metric or dimension that its data source cannot give.
    SOURCE_VALUE = "EXT107" "source-value" Warning;
    /// A schedule that is no cron expression of the platform's form.
    SCHEDULE = "EXT108" "schedule" Error;
    /// A query that its data source does not run.
    SOURCE_QUERY = "EXT109" "source-query" Warning;
    /// A column that no query asks for.
    UNQUERIED_COLUMN = "EXT110" "unqueried-column" Warning;
    /// The fields of a variable contradict each other.
    VARIABLE = "EXT111" "variable" Warning;
    /// An object of SNMP is used as what it is not.
    OID_OBJECT = "EXT112" "oid-object" Warning;
    /// A secret is written into a file of the extension.
    SECRET = "EXT120" "secret" Warning;
    /// An address without encryption is the default.
    INSECURE_DEFAULT = "EXT121" "insecure-default" Warning;
    /// An extension with code that nobody can give options to.
    NO_ACTIVATION = "EXT130" "no-activation" Hint;
    /// A default that its own field refuses.
    ACTIVATION_DEFAULT = "EXT131" "activation-default" Warning;
    /// A precondition that never holds, or is none.
    ACTIVATION_PRECONDITION = "EXT132" "activation-precondition" Warning;
    /// A constraint that asks for nothing, or for what cannot be.
    ACTIVATION_CONSTRAINT = "EXT133" "activation-constraint" Warning;
    /// A key of an activation schema that nobody reads.
    ACTIVATION_METADATA = "EXT134" "activation-metadata" Warning;
    /// A field of the form without a name, or with that of another.
    ACTIVATION_DISPLAY_NAME = "EXT135" "activation-display-name" Hint;
    /// A type or enum that is part of no form.
    ACTIVATION_UNUSED = "EXT136" "activation-unused" Hint;
    /// The sides of the manifest are not those of the schema.
    ACTIVATION_SIDE = "EXT137" "activation-side" Warning;
}

/// The code with this identifier or name, whatever the case.
pub fn find(id_or_name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| {
        code.id.eq_ignore_ascii_case(id_or_name) || code.name.eq_ignore_ascii_case(id_or_name)
    })
}

/// The code that was most likely meant: `30`, `E030` and `EXT0030` all mean
/// `EXT030`, and a slip in a name is forgiven.
pub fn meant(id_or_name: &str) -> Option<&'static Code> {
    numbered(id_or_name).or_else(|| {
        // A number that no code has is close to many.
        let names = ALL.iter().map(|code| code.name);
        suggest::closest(id_or_name, names).and_then(find)
    })
}

/// The code with the number in a text.
fn numbered(text: &str) -> Option<&'static Code> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let number: u16 = digits.parse().ok()?;
    find(&format!("EXT{number:03}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_of_the_editor_add_on_is_named_on_a_page() {
        for number in 1..=19 {
            let name = format!("DED{number:03}");
            let mut pages = ALL.iter().map(|code| code.explanation);
            assert!(pages.any(|page| page.contains(&name)), "{name}");
        }
    }

    #[test]
    fn a_slip_in_a_code_is_understood() {
        for slip in [
            "30",
            "030",
            "EXT30",
            "ext-030",
            "E0030",
            "count-without-sufix",
        ] {
            assert_eq!(meant(slip).map(|code| code.id), Some("EXT030"), "{slip}");
        }
        for other in ["EXT999", "EXT99999999", "nothing like it"] {
            assert_eq!(meant(other), None, "{other}");
        }
    }
}
