//! The form of alerts: metric events, and templates of anomaly detectors.

use super::{Fields, Shape};
use Shape::{Any, Choice, Flag, List, Number, Text};

/// An alert: the settings of a metric event.
pub(crate) const ALERT: Shape = Shape::Fields(&ALERT_FIELDS);

/// On which side of the threshold an alert is raised.
const CONDITIONS: Shape = Choice(&["ABOVE", "BELOW", "OUTSIDE"]);

/// What kind of event an alert raises, in the words of both settings.
const EVENT_TYPES: Shape = Choice(&[
    "AVAILABILITY",
    "AVAILABILITY_EVENT",
    "CUSTOM_ALERT",
    "CUSTOM_ANNOTATION",
    "CUSTOM_CONFIGURATION",
    "CUSTOM_DEPLOYMENT",
    "CUSTOM_INFO",
    "ERROR",
    "ERROR_EVENT",
    "INFO",
    "MARKED_FOR_TERMINATION",
    "MONITORING_UNAVAILABLE",
    "PERFORMANCE",
    "PERFORMANCE_EVENT",
    "RESOURCE",
    "RESOURCE_CONTENTION",
    "RESOURCE_CONTENTION_EVENT",
    "SLOWDOWN",
    "WARNING",
]);

static ALERT_FIELDS: Fields = Fields {
    name: "an alert",
    known: &[
        ("id", Text),
        ("name", Text),
        ("summary", Text),
        ("title", Text),
        ("description", Text),
        ("enabled", Flag),
        ("severity", EVENT_TYPES),
        ("aggregationType", Text),
        ("alertCondition", CONDITIONS),
        ("alertingScope", Any),
        ("disabledReason", Any),
        ("eventEntityDimensionKey", Text),
        ("eventTemplate", Shape::Fields(&EVENT)),
        ("eventType", EVENT_TYPES),
        ("legacyId", Text),
        ("metadata", Any),
        ("metricDimensions", Any),
        ("metricId", Text),
        ("metricSelector", Text),
        ("modelProperties", Shape::Fields(&MODEL)),
        ("monitoringStrategy", Shape::Fields(&MODEL)),
        ("primaryDimensionKey", Any),
        ("queryDefinition", Shape::Fields(&QUERY)),
        ("queryOffset", Any),
        ("samples", Number),
        ("violatingSamples", Number),
        ("dealertingSamples", Number),
        ("threshold", Number),
        ("thresholdUnit", Any),
        ("type", Text),
        ("unit", Text),
        ("warningReason", Any),
    ],
    required: &[],
};

static EVENT: Fields = Fields {
    name: "the event of an alert",
    known: &[
        ("title", Text),
        ("description", Text),
        ("eventType", EVENT_TYPES),
        ("davisMerge", Flag),
        ("metadata", Any),
    ],
    required: &[],
};

static MODEL: Fields = Fields {
    name: "the model of an alert",
    known: &[
        (
            "type",
            Choice(&[
                "STATIC_THRESHOLD",
                "AUTO_ADAPTIVE_BASELINE",
                "AUTO_ADAPTIVE_THRESHOLD",
                "SEASONAL_BASELINE",
            ]),
        ),
        ("alertCondition", CONDITIONS),
        ("alertOnNoData", Flag),
        ("alertingOnMissingData", Flag),
        ("dealertingSamples", Number),
        ("numberOfSignalFluctuations", Number),
        ("samples", Number),
        ("signalFluctuation", Number),
        ("threshold", Number),
        ("tolerance", Number),
        ("unit", Text),
        ("violatingSamples", Number),
    ],
    required: &[],
};

static QUERY: Fields = Fields {
    name: "the query of an alert",
    known: &[
        ("type", Choice(&["METRIC_KEY", "METRIC_SELECTOR"])),
        ("aggregation", Text),
        ("dimensionFilter", Any),
        ("entityFilter", Any),
        ("managementZone", Any),
        ("metricKey", Text),
        ("metricSelector", Text),
        ("queryOffset", Any),
    ],
    required: &[],
};

/// A template of an alert: the settings of an anomaly detector, which the
/// manifest holds or names.
pub(crate) const ALERT_TEMPLATE: Shape = Shape::Fields(&TEMPLATE);

static TEMPLATE: Fields = Fields {
    name: "an alert template",
    known: &[
        ("title", Text),
        ("description", Text),
        ("enabled", Flag),
        ("source", Text),
        ("analyzer", Shape::Fields(&ANALYZER)),
        ("eventTemplate", Any),
        ("executionSettings", Shape::Fields(&EXECUTION)),
        ("path", Text),
    ],
    required: &[],
};

static ANALYZER: Fields = Fields {
    name: "an analyzer",
    known: &[
        (
            "name",
            Choice(&[
                "dt.statistics.ui.anomaly_detection.AutoAdaptiveAnomalyDetectionAnalyzer",
                "dt.statistics.ui.anomaly_detection.SeasonalBaselineAnomalyDetectionAnalyzer",
                "dt.statistics.ui.anomaly_detection.StaticThresholdAnomalyDetectionAnalyzer",
            ]),
        ),
        ("input", Any),
    ],
    required: &["name"],
};

static EXECUTION: Fields = Fields {
    name: "the execution of an alert template",
    known: &[("queryOffset", Number), ("actor", Text)],
    required: &[],
};

/// The input of an analyzer, where it is no list of pairs.
pub(crate) const ANALYZER_INPUT: Shape = Shape::Fields(&INPUT);

static INPUT: Fields = Fields {
    name: "the input of an analyzer",
    known: &[
        ("query", Shape::Any),
        ("threshold", Number),
        ("alertCondition", CONDITIONS),
        ("alertOnMissingData", Flag),
        ("violatingSamples", Number),
        ("slidingWindow", Number),
        ("dealertingSamples", Number),
        ("numberOfSignalFluctuations", Number),
        ("tolerance", Number),
        ("generalParameters", Any),
        ("missingDataConditions", Any),
        ("samples", Number),
        ("dimensions", List(&Any)),
    ],
    required: &["query"],
};
