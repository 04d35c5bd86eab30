//! The form of dashboards and notebooks as documents.

use super::{Fields, Shape};
use Shape::{Any, Choice, Flag, List, Number, Text};

/// A dashboard, a notebook or a launchpad.
pub(crate) const DOCUMENT: Shape = Shape::Fields(&DOCUMENT_FIELDS);

static DOCUMENT_FIELDS: Fields = Fields {
    name: "a document",
    known: &[
        ("version", Any),
        ("variables", List(&Shape::Fields(&VARIABLE))),
        ("tiles", Shape::Map(&Shape::Fields(&TILE))),
        ("layouts", Shape::Map(&Shape::Fields(&LAYOUT))),
        ("sections", List(&Shape::Fields(&SECTION))),
        ("settings", Any),
        ("annotations", Any),
        ("importedWithCode", Flag),
        ("refreshRate", Any),
        ("defaultTimeframe", Any),
        ("defaultSegments", Any),
        ("content", Any),
        ("containerList", Any),
        ("schemaVersion", Any),
        ("icon", Any),
        ("background", Any),
    ],
    required: &[],
};

static VARIABLE: Fields = Fields {
    name: "a variable of a dashboard",
    known: &[
        ("key", Text),
        ("type", Choice(&["query", "csv", "text", "code"])),
        ("input", Text),
        ("version", Any),
        ("visible", Flag),
        ("editable", Flag),
        ("multiple", Flag),
        ("defaultValue", Any),
    ],
    required: &["key", "type"],
};

static TILE: Fields = Fields {
    name: "a tile",
    known: &[
        ("type", Choice(&["data", "markdown", "code", "slo"])),
        ("title", Text),
        ("description", Text),
        ("content", Text),
        ("query", Text),
        ("input", Text),
        ("queryConfig", Any),
        ("querySettings", Any),
        ("subType", Text),
        ("visualization", Text),
        ("visualizationSettings", Any),
        ("davis", Any),
        ("timeframe", Any),
        ("segments", Any),
        ("customLinkSettings", Any),
    ],
    required: &["type"],
};

static LAYOUT: Fields = Fields {
    name: "the place of a tile",
    known: &[("x", Number), ("y", Number), ("w", Number), ("h", Number)],
    required: &["x", "y", "w", "h"],
};

static SECTION: Fields = Fields {
    name: "a section of a notebook",
    known: &[
        ("id", Text),
        ("type", Choice(&["dql", "markdown", "function", "query"])),
        ("title", Text),
        ("description", Text),
        ("markdown", Text),
        ("state", Any),
        ("showTitle", Flag),
        ("showInput", Flag),
        ("drilldownPath", Any),
        ("previousFilterSegments", Any),
        ("foldedMetadata", Any),
        ("height", Any),
        ("davis", Any),
        ("filterSegments", Any),
    ],
    required: &["type"],
};
