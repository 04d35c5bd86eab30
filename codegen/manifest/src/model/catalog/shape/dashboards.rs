//! The form of classic dashboards.

use super::{Fields, Shape};
use Shape::{Any, Choice, Flag, List, Number, Text};

/// A classic dashboard.
pub(crate) const CLASSIC_DASHBOARD: Shape = Shape::Fields(&DASHBOARD_FIELDS);

static DASHBOARD_FIELDS: Fields = Fields {
    name: "a dashboard",
    known: &[
        ("metadata", Any),
        ("id", Text),
        ("dashboardMetadata", Shape::Fields(&METADATA)),
        ("tiles", List(&Shape::Fields(&TILE))),
    ],
    required: &["dashboardMetadata", "tiles"],
};

static METADATA: Fields = Fields {
    name: "the metadata of a dashboard",
    known: &[
        ("name", Text),
        ("shared", Flag),
        ("owner", Text),
        ("preset", Flag),
        ("popularity", Number),
        ("tags", List(&Text)),
        ("sharingDetails", Any),
        ("dashboardFilter", Any),
        ("tilesNameSize", Any),
        ("hasConsistentColors", Flag),
        ("dynamicFilters", Any),
        ("validFilterKeys", Any),
    ],
    required: &["name"],
};

/// The kinds of tiles that extensions use. There are many more.
const TILES: &[&str] = &[
    "APPLICATIONS",
    "CUSTOM_CHARTING",
    "DATABASE",
    "DATA_EXPLORER",
    "DTAQL",
    "HEADER",
    "HOST",
    "HOSTS",
    "IMAGE",
    "LOG_ANALYTICS",
    "LOG_QUERIES",
    "MARKDOWN",
    "OPEN_PROBLEMS",
    "SCALABLE_LIST",
    "SERVICES",
    "SLO",
];

static TILE: Fields = Fields {
    name: "a tile",
    known: &[
        ("name", Text),
        ("nameSize", Any),
        ("tileType", Choice(TILES)),
        ("configured", Flag),
        ("bounds", Shape::Fields(&BOUNDS)),
        ("tileFilter", Any),
        ("isAutoRefreshDisabled", Flag),
        ("autoRefreshIntervalInMinutes", Any),
        ("assignedEntities", Any),
        ("chartVisible", Flag),
        ("customName", Text),
        ("entitiesSelector", Any),
        ("excludeMaintenanceWindows", Flag),
        ("filterConfig", Shape::Fields(&FILTER)),
        ("image", Text),
        ("limit", Any),
        ("markdown", Text),
        ("metric", Text),
        ("metricExpressions", List(&Text)),
        ("queries", List(&Shape::Fields(&QUERY))),
        ("queriesSettings", Any),
        ("query", Text),
        ("timeFrameShift", Any),
        ("type", Text),
        ("visualConfig", Any),
        ("visualization", Any),
        ("visualizationConfig", Any),
    ],
    required: &["tileType"],
};

static BOUNDS: Fields = Fields {
    name: "the place of a tile",
    known: &[
        ("top", Number),
        ("left", Number),
        ("width", Number),
        ("height", Number),
    ],
    required: &["top", "left", "width", "height"],
};

static FILTER: Fields = Fields {
    name: "the configuration of a tile",
    known: &[
        ("type", Text),
        ("customName", Text),
        ("defaultName", Text),
        ("chartConfig", Shape::Fields(&CHART)),
        ("filtersPerEntityType", Any),
    ],
    required: &[],
};

static CHART: Fields = Fields {
    name: "a custom chart",
    known: &[
        ("legendShown", Flag),
        (
            "type",
            Choice(&["TIMESERIES", "PIE", "SINGLE_VALUE", "TOP_LIST"]),
        ),
        ("series", List(&Shape::Fields(&SERIES))),
        ("resultMetadata", Any),
        ("axisLimits", Any),
        ("leftAxisCustomUnit", Any),
        ("rightAxisCustomUnit", Any),
    ],
    required: &[],
};

static SERIES: Fields = Fields {
    name: "a series of a custom chart",
    known: &[
        ("metric", Text),
        ("aggregation", Text),
        ("aggregationRate", Text),
        ("percentile", Any),
        ("type", Text),
        ("entityType", Text),
        ("dimensions", Any),
        ("sortAscending", Flag),
        ("sortColumn", Flag),
    ],
    required: &["metric"],
};

static QUERY: Fields = Fields {
    name: "a query of a tile",
    known: &[
        ("id", Text),
        ("metric", Text),
        ("metricSelector", Text),
        ("spaceAggregation", Any),
        ("timeAggregation", Any),
        ("splitBy", List(&Text)),
        ("sortBy", Any),
        ("sortByDimension", Any),
        ("filterBy", Any),
        ("generalizedFilter", Any),
        ("limit", Any),
        ("rate", Any),
        ("foldTransformation", Any),
        ("foldAggregation", Any),
        ("unitTransform", Any),
        ("enabled", Flag),
    ],
    required: &[],
};
