//! The form of the smaller sections of the top level.

use super::{ALERT_TEMPLATE, Fields, Shape};
use Shape::{Any, Choice, Flag, List, Number, Text};

/// The sections of the top level that nothing else reads field by field.
pub(crate) static TOP_LEVEL: &[(&str, Shape)] = &[
    ("dashboards", List(&Shape::Fields(&NAMED))),
    ("alerts", List(&Shape::Fields(&NAMED))),
    ("alertTemplates", List(&ALERT_TEMPLATE)),
    ("documents", Shape::Fields(&DOCUMENTS)),
    ("openpipeline", Shape::Fields(&OPENPIPELINE)),
    ("processes", List(&Shape::Fields(&PROCESS))),
    ("vars", List(&Shape::Fields(&VARIABLE))),
    ("keywords", List(&Any)),
];

static NAMED: Fields = Fields {
    name: "an entry that names a file",
    known: &[("path", Text)],
    required: &["path"],
};

static DOCUMENTS: Fields = Fields {
    name: "`documents`",
    known: &[
        ("dashboards", List(&Shape::Fields(&DOCUMENT))),
        ("notebooks", List(&Shape::Fields(&DOCUMENT))),
        ("launchpads", List(&Shape::Fields(&DOCUMENT))),
    ],
    required: &[],
};

static DOCUMENT: Fields = Fields {
    name: "a document",
    known: &[("displayName", Text), ("path", Text)],
    required: &["path"],
};

static OPENPIPELINE: Fields = Fields {
    name: "`openpipeline`",
    known: &[
        ("pipelines", List(&Shape::Fields(&PIPELINE))),
        ("sources", List(&Shape::Fields(&PIPELINE_SOURCE))),
    ],
    required: &[],
};

/// What a pipeline can process.
const SCOPES: &[&str] = &["metrics", "logs", "events", "spans", "bizevents"];

static PIPELINE: Fields = Fields {
    name: "a pipeline",
    known: &[
        ("displayName", Text),
        ("pipelinePath", Text),
        ("configScope", Choice(SCOPES)),
    ],
    required: &["pipelinePath", "configScope"],
};

static PIPELINE_SOURCE: Fields = Fields {
    name: "a source of a pipeline",
    known: &[
        ("displayName", Text),
        ("sourcePath", Text),
        ("configScope", Choice(SCOPES)),
    ],
    required: &["sourcePath", "configScope"],
};

static PROCESS: Fields = Fields {
    name: "an entry of `processes`",
    known: &[
        ("name", Text),
        ("detection", List(&Shape::Fields(&DETECTION))),
    ],
    required: &["name"],
};

static DETECTION: Fields = Fields {
    name: "the detection of a process",
    known: &[
        ("id", Text),
        ("processGroupName", Text),
        ("rules", List(&Shape::Fields(&DETECTION_RULE))),
    ],
    required: &["rules"],
};

static DETECTION_RULE: Fields = Fields {
    name: "a rule that detects a process",
    known: &[("property", Text), ("condition", Text)],
    required: &["property", "condition"],
};

static VARIABLE: Fields = Fields {
    name: "a variable",
    known: &[
        ("id", Text),
        ("displayName", Text),
        ("description", Text),
        (
            "type",
            Choice(&["text", "multiline-text", "enum", "pattern"]),
        ),
        ("required", Flag),
        ("defaultValue", Text),
        ("pattern", Text),
        ("maxLength", Number),
        ("availableValues", List(&Shape::Fields(&AVAILABLE))),
    ],
    required: &["id"],
};

static AVAILABLE: Fields = Fields {
    name: "a value of a variable",
    known: &[("value", Text), ("displayName", Text)],
    required: &["value"],
};
