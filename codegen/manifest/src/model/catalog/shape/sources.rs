//! The form of parts of data sources that nothing else reads field by field.

use super::{Fields, Shape};
use Shape::{Any, Choice, Number, Text};

/// What the data source of Google Cloud knows of a metric.
pub(crate) const GCP_OPTIONS: Shape = Shape::Fields(&GCP_OPTIONS_FIELDS);

static GCP_OPTIONS_FIELDS: Fields = Fields {
    name: "`gcpOptions`",
    known: &[
        ("ingestDelay", Number),
        ("samplePeriod", Number),
        (
            "valueType",
            Choice(&["BOOL", "INT64", "DOUBLE", "STRING", "DISTRIBUTION", "MONEY"]),
        ),
        ("metricKind", Choice(&["GAUGE", "DELTA", "CUMULATIVE"])),
        ("unit", Text),
    ],
    required: &[],
};

/// The connection of `jdbc`, and its groups.
pub(crate) const JDBC: Shape = Shape::Fields(&JDBC_FIELDS);

static JDBC_FIELDS: Fields = Fields {
    name: "`jdbc`",
    known: &[
        ("driverClassName", Text),
        ("connectionStringPattern", Text),
        ("connectionStringPatternErrorMessage", Text),
        ("errorMessage", Text),
        ("validationQuery", Text),
        ("versionQuery", Text),
        // Read with the groups of all data sources.
        ("groups", Any),
    ],
    required: &["driverClassName", "groups"],
};
