//! The form of `screens`.

use super::{Fields, Shape};
use Shape::{Any, Choice, Flag, List, Number, Text};

/// `screens`.
pub(crate) const SCREENS: Shape = List(&Shape::Fields(&SCREEN));

static SCREEN: Fields = Fields {
    name: "a screen",
    known: &[
        ("entityType", Text),
        ("propertiesCard", Shape::Fields(&PROPERTIES)),
        ("problemsCard", Shape::Fields(&PROBLEMS)),
        ("listFilters", Shape::Fields(&FILTERING)),
        ("detailsFilters", Shape::Fields(&FILTERING)),
        ("listSettings", Shape::Fields(&SETTINGS)),
        ("detailsSettings", Shape::Fields(&SETTINGS)),
        ("listInjections", List(&Shape::Fields(&CARD_REFERENCE))),
        ("detailsInjections", List(&Shape::Fields(&CARD_REFERENCE))),
        ("entitiesListCards", List(&Shape::Fields(&ENTITIES_LIST))),
        ("chartsCards", List(&Shape::Fields(&CHARTS))),
        ("metricTableCards", List(&Shape::Fields(&METRIC_TABLE))),
        ("healthCards", List(&Shape::Fields(&HEALTH))),
        ("messageCards", List(&Shape::Fields(&MESSAGE))),
        ("logsCards", List(&Shape::Fields(&LOGS))),
        ("eventsCards", List(&Shape::Fields(&EVENTS))),
        ("dqlTableCards", List(&Shape::Fields(&DQL_TABLE))),
        ("actions", List(&Shape::Fields(&ACTIONS))),
    ],
    required: &["entityType"],
};

static PROPERTIES: Fields = Fields {
    name: "the properties card",
    known: &[
        ("displayOnlyConfigured", Flag),
        ("properties", List(&Shape::Fields(&PROPERTY))),
    ],
    required: &[],
};

static PROPERTY: Fields = Fields {
    name: "a property",
    known: &[
        ("type", Choice(&["ATTRIBUTE", "RELATION"])),
        ("attribute", Shape::Fields(&ATTRIBUTE)),
        ("relation", Shape::Fields(&RELATION)),
        ("conditions", List(&Text)),
    ],
    required: &["type"],
};

static PROBLEMS: Fields = Fields {
    name: "the problems card",
    known: &[("entitySelectorTemplates", List(&Text))],
    required: &[],
};

static FILTERING: Fields = Fields {
    name: "a filter bar",
    known: &[
        ("relationships", List(&Text)),
        ("entityFilters", List(&Shape::Fields(&FILTER_GROUP))),
    ],
    required: &[],
};

static FILTER_GROUP: Fields = Fields {
    name: "a group of filters",
    known: &[
        ("displayName", Text),
        ("filters", List(&Shape::Fields(&FILTER))),
    ],
    required: &["filters"],
};

static FILTER: Fields = Fields {
    name: "a filter",
    known: &[
        ("type", Text),
        ("displayName", Text),
        ("freeText", Flag),
        ("modifier", Choice(&["contains", "equals", "startsWith"])),
        ("defaultSearch", Flag),
        ("distinct", Flag),
        ("entityTypes", List(&Text)),
    ],
    required: &["type"],
};

static ATTRIBUTE: Fields = Fields {
    name: "an attribute",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("hidden", Flag),
        ("unit", Text),
        ("formatter", Text),
    ],
    required: &["key"],
};

static RELATION: Fields = Fields {
    name: "a relation",
    known: &[
        ("entitySelectorTemplate", Text),
        ("displayName", Text),
        ("displayAmount", Flag),
        ("fallbackMessage", Text),
        ("hidden", Flag),
        ("limit", Number),
    ],
    required: &["entitySelectorTemplate"],
};

static SETTINGS: Fields = Fields {
    name: "the settings of a screen",
    known: &[
        ("staticContent", Shape::Fields(&STATIC_CONTENT)),
        ("layout", Shape::Fields(&LAYOUT)),
        ("target", Text),
    ],
    required: &[],
};

static STATIC_CONTENT: Fields = Fields {
    name: "the static content",
    known: &[
        ("showProblems", Flag),
        ("showProperties", Flag),
        ("showTags", Flag),
        ("showGlobalFilter", Flag),
        ("showFilterBar", Flag),
        ("showAddTag", Flag),
        ("hideDefaultBreadcrumb", Flag),
        ("breadcrumbs", List(&Shape::Fields(&BREADCRUMB))),
        ("breadcrumbsDqlQuery", Any),
        ("header", Shape::Fields(&HEADER)),
    ],
    required: &[],
};

static BREADCRUMB: Fields = Fields {
    name: "a breadcrumb",
    known: &[
        (
            "type",
            Choice(&[
                "ENTITY_LIST_REF",
                "ENTITY_REF",
                "NOOP",
                "PLATFORM_ENTITY",
                "CUSTOM_LINK",
            ]),
        ),
        ("displayName", Text),
        ("entityType", Text),
        ("entitySelectorTemplate", Text),
        ("link", Text),
        ("dqlField", Text),
    ],
    required: &["type"],
};

static HEADER: Fields = Fields {
    name: "the header of a list",
    known: &[("title", Text), ("description", Text), ("icon", Text)],
    required: &[],
};

static LAYOUT: Fields = Fields {
    name: "a layout",
    known: &[
        ("autoGenerate", Flag),
        ("cards", List(&Shape::Fields(&CARD_REFERENCE))),
    ],
    required: &[],
};

/// The kinds of cards that a layout can name.
const CARD_KINDS: &[&str] = &[
    "BREAK_LINE",
    "CARD_GROUP",
    "CHART_GROUP",
    "DQL_TABLE",
    "ENTITIES_LIST",
    "EVENTS",
    "HEALTH",
    "HEALTH_CARD",
    "INJECTIONS",
    "LOGS",
    "MESSAGE",
    "METRIC_TABLE",
];

static CARD_REFERENCE: Fields = Fields {
    name: "a card of a layout",
    known: &[
        ("key", Text),
        ("type", Choice(CARD_KINDS)),
        ("conditions", List(&Text)),
        ("width", Choice(&["HALF_SIZE", "FULL_SIZE"])),
        ("entitySelectorTemplate", Text),
        ("displayName", Text),
        // The cards of a group are checked where all cards are read.
        ("cards", List(&Any)),
    ],
    required: &["type"],
};

static ENTITIES_LIST: Fields = Fields {
    name: "a list of entities",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("description", Text),
        ("entitySelectorTemplate", Text),
        ("pageSize", Number),
        ("entitiesLimit", Number),
        ("displayIcons", Flag),
        ("displayProblemImpactWidget", Flag),
        ("displayCharts", Flag),
        ("hideEmptyCharts", Flag),
        ("numberOfVisibleCharts", Number),
        ("enableDetailsExpandability", Flag),
        ("columns", List(&Shape::Fields(&COLUMN))),
        ("charts", List(&Shape::Fields(&CHART))),
        ("filtering", Shape::Fields(&FILTERING)),
        ("initialSorting", Any),
        ("emptyState", Any),
        ("conditions", List(&Text)),
    ],
    required: &["key"],
};

static COLUMN: Fields = Fields {
    name: "a column",
    known: &[
        ("type", Choice(&["ATTRIBUTE", "RELATION", "CUSTOM"])),
        ("attribute", Shape::Fields(&ATTRIBUTE)),
        ("relation", Shape::Fields(&RELATION)),
        ("custom", Any),
        ("conditions", List(&Text)),
    ],
    required: &["type"],
};

static CHARTS: Fields = Fields {
    name: "a group of charts",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("description", Text),
        ("mode", Choice(&["NORMAL", "STATIC"])),
        ("target", Text),
        ("chartsInRow", Number),
        ("numberOfVisibleCharts", Number),
        ("hideEmptyCharts", Flag),
        ("appendDetectedMetrics", Flag),
        ("entitySelectorTemplate", Text),
        ("conditions", List(&Text)),
        ("charts", List(&Shape::Fields(&CHART))),
    ],
    required: &["key"],
};

static CHART: Fields = Fields {
    name: "a chart",
    known: &[
        ("displayName", Text),
        ("description", Text),
        ("detailsMessage", Text),
        (
            "visualizationType",
            Choice(&["GRAPH_CHART", "PIE_CHART", "SINGLE_VALUE"]),
        ),
        ("graphChartConfig", Shape::Fields(&GRAPH)),
        ("pieChartConfig", Shape::Fields(&SINGLE)),
        ("singleValueConfig", Shape::Fields(&SINGLE)),
        ("metrics", List(&Shape::Fields(&CHARTED))),
        ("visualization", Shape::Fields(&VISUALIZATION)),
        ("stacked", Flag),
        ("chartAsColumn", Flag),
        ("detailedChart", Flag),
        ("yAxes", List(&Shape::Fields(&AXIS))),
        ("conditions", List(&Text)),
    ],
    required: &[],
};

static GRAPH: Fields = Fields {
    name: "a graph",
    known: &[
        ("metrics", List(&Shape::Fields(&CHARTED))),
        ("visualization", Shape::Fields(&VISUALIZATION)),
        ("stacked", Flag),
        ("defaultAggregation", Text),
        ("connectGaps", Flag),
        ("thresholds", List(&Any)),
        ("yAxes", List(&Shape::Fields(&AXIS))),
    ],
    required: &["metrics"],
};

static SINGLE: Fields = Fields {
    name: "a chart of one metric",
    known: &[
        ("metric", Shape::Fields(&CHARTED)),
        ("displayName", Text),
        ("defaultAggregation", Text),
        ("foldTransformation", Choice(FOLDS)),
        ("showLegend", Flag),
        ("themeColor", Text),
        ("showSparkline", Flag),
        ("showTrend", Flag),
        ("trend", Any),
        ("visualization", Any),
        ("thresholds", List(&Any)),
        ("rankedBy", Any),
    ],
    required: &["metric"],
};

static CHARTED: Fields = Fields {
    name: "a charted metric",
    known: &[
        ("metricSelector", Text),
        ("metricSelectorDetailed", Text),
        ("metricSelectorSort", Text),
        ("dqlQuery", Text),
        ("visualization", Shape::Fields(&VISUALIZATION)),
        ("yAxisKey", Text),
        ("defaultAggregation", Text),
    ],
    required: &[],
};

static VISUALIZATION: Fields = Fields {
    name: "a visualization",
    known: &[
        ("displayName", Text),
        ("seriesType", Choice(&["LINE", "AREA", "COLUMN"])),
        ("themeColor", Text),
        ("color", Text),
        ("showLegend", Flag),
    ],
    required: &[],
};

static AXIS: Fields = Fields {
    name: "an axis",
    known: &[
        ("key", Text),
        ("position", Choice(&["LEFT", "RIGHT"])),
        ("min", Text),
        ("max", Text),
        ("visible", Flag),
        ("unit", Text),
        ("displayName", Text),
    ],
    required: &["key"],
};

static METRIC_TABLE: Fields = Fields {
    name: "a table of metrics",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("description", Text),
        ("pageSize", Number),
        ("displayCharts", Flag),
        ("enableDetailsExpandability", Flag),
        ("numberOfVisibleCharts", Number),
        ("hideEmptyCharts", Flag),
        ("columns", List(&Any)),
        ("charts", List(&Shape::Fields(&CHART))),
        ("filtering", Shape::Fields(&FILTERING)),
        ("initialSorting", Any),
        ("entitySelectorTemplate", Text),
        ("conditions", List(&Text)),
    ],
    required: &["key"],
};

/// How a series becomes one value.
const FOLDS: &[&str] = &[
    "AUTO",
    "LAST_VALUE",
    "MAX",
    "MIN",
    "SUM",
    "MEDIAN",
    "VALUE",
    "PERCENTILE_10",
    "PERCENTILE_75",
    "PERCENTILE_90",
];

static HEALTH: Fields = Fields {
    name: "a health card",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("tiles", List(&Shape::Fields(&TILE))),
        ("entitySelectorTemplate", Text),
        ("conditions", List(&Text)),
    ],
    required: &["key"],
};

static TILE: Fields = Fields {
    name: "a tile of a health card",
    known: &[
        ("displayName", Text),
        ("metricSelector", Text),
        ("additionalMetricSelectors", Any),
        ("displayMetricValue", Text),
        ("foldTransformation", Choice(FOLDS)),
        ("anchor", Any),
        ("conditions", List(&Text)),
    ],
    required: &["metricSelector"],
};

static MESSAGE: Fields = Fields {
    name: "a message card",
    known: &[
        ("key", Text),
        ("type", Choice(&["CARD", "MESSAGE"])),
        ("message", Shape::Fields(&MESSAGE_TEXT)),
        ("card", Shape::Fields(&MESSAGE_CARD)),
        ("conditions", List(&Text)),
    ],
    required: &["key"],
};

static MESSAGE_TEXT: Fields = Fields {
    name: "a message",
    known: &[
        ("text", Text),
        ("theme", Choice(&["INFO", "WARNING", "SUCCESS", "ERROR"])),
    ],
    required: &["text"],
};

static MESSAGE_CARD: Fields = Fields {
    name: "a card",
    known: &[
        ("displayName", Text),
        ("text", Text),
        ("icon", Text),
        ("theme", Choice(&["MAIN", "CTA", "WARNING"])),
        ("buttons", List(&Any)),
    ],
    required: &[],
};

static LOGS: Fields = Fields {
    name: "a card of logs",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("filterQuery", Text),
        ("pageSize", Number),
        ("description", Text),
        ("displayChart", Flag),
        ("enablePaging", Flag),
        ("showFiltering", Flag),
        ("conditions", List(&Text)),
    ],
    required: &["key"],
};

static EVENTS: Fields = Fields {
    name: "a card of events",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("description", Text),
        ("pageSize", Number),
        ("showFiltering", Flag),
        ("showPagination", Flag),
        ("displayChart", Flag),
        ("eventTypes", List(&Text)),
        ("eventSelectorTemplate", Text),
        ("entitySelectorTemplate", Text),
        ("entitySelectorTemplates", List(&Text)),
        ("conditions", List(&Text)),
    ],
    required: &["key"],
};

static DQL_TABLE: Fields = Fields {
    name: "a table of a query",
    known: &[
        ("key", Text),
        ("displayName", Text),
        ("description", Text),
        ("query", Any),
        ("columns", List(&Any)),
        ("pageSize", Number),
        ("conditions", List(&Text)),
    ],
    required: &["key"],
};

/// Where an action appears.
const ACTION_SCOPES: &[&str] = &[
    "GLOBAL_DETAILS",
    "GLOBAL_LIST",
    "PROPERTIES",
    "PROBLEMS",
    "CHART_GROUP",
    "ENTITIES_LIST",
    "EVENTS",
    "LOGS",
    "METRIC_TABLE",
];

static ACTIONS: Fields = Fields {
    name: "a group of actions",
    known: &[
        ("actionScope", Choice(ACTION_SCOPES)),
        ("key", Text),
        (
            "actionLocation",
            Choice(&["HEADER", "CHART", "TABLE_ENTRY"]),
        ),
        ("actions", List(&Any)),
        ("conditions", List(&Text)),
    ],
    required: &[],
};
