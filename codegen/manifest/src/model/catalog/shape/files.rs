//! The form of the files that a manifest names.

use super::{Fields, Shape};
use Shape::{Any, Flag, List, Text};

/// An alert: the settings of a metric event.
pub(crate) const ALERT: Shape = Shape::Fields(&ALERT_FIELDS);

static ALERT_FIELDS: Fields = Fields {
    name: "an alert",
    known: &[
        ("id", Text),
        ("name", Text),
        ("summary", Text),
        ("title", Text),
        ("description", Text),
        ("enabled", Flag),
        ("severity", Text),
        ("alertCondition", Text),
        ("alertingScope", Any),
        ("disabledReason", Any),
        ("eventEntityDimensionKey", Text),
        ("eventTemplate", Any),
        ("eventType", Text),
        ("legacyId", Text),
        ("metadata", Any),
        ("metricDimensions", Any),
        ("metricId", Text),
        ("metricSelector", Text),
        ("modelProperties", Any),
        ("monitoringStrategy", Any),
        ("primaryDimensionKey", Any),
        ("queryDefinition", Any),
        ("queryOffset", Any),
        ("samples", Any),
        ("violatingSamples", Any),
        ("dealertingSamples", Any),
        ("threshold", Any),
        ("thresholdUnit", Any),
        ("type", Text),
        ("unit", Text),
        ("warningReason", Any),
    ],
    required: &[],
};

/// A classic dashboard.
pub(crate) const CLASSIC_DASHBOARD: Shape = Shape::Fields(&DASHBOARD_FIELDS);

static DASHBOARD_FIELDS: Fields = Fields {
    name: "a dashboard",
    known: &[
        ("metadata", Any),
        ("id", Text),
        ("dashboardMetadata", Any),
        ("tiles", List(&Any)),
    ],
    required: &["dashboardMetadata", "tiles"],
};
