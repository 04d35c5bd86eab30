//! The form of pipelines and of the sources that are routed to them.

use super::{Fields, Shape};
use Shape::{Any, Choice, Flag, List, Text};

/// A pipeline.
pub(crate) const PIPELINE: Shape = Shape::Fields(&PIPELINE_FIELDS);

/// What the stages of a pipeline are.
const STAGE: Shape = Shape::Fields(&STAGE_FIELDS);

static PIPELINE_FIELDS: Fields = Fields {
    name: "a pipeline",
    known: &[
        ("customId", Text),
        ("displayName", Text),
        ("metadataList", Any),
        ("routing", Choice(&["routable", "notRoutable"])),
        ("groupRole", Any),
        ("processing", STAGE),
        ("metricExtraction", STAGE),
        ("dataExtraction", STAGE),
        ("securityContext", STAGE),
        ("costAllocation", STAGE),
        ("productAllocation", STAGE),
        ("storage", STAGE),
        ("davis", STAGE),
        ("smartscapeNodeExtraction", STAGE),
        ("smartscapeEdgeExtraction", STAGE),
    ],
    required: &["customId"],
};

static STAGE_FIELDS: Fields = Fields {
    name: "a stage of a pipeline",
    known: &[("processors", List(&Shape::Fields(&PROCESSOR)))],
    required: &[],
};

/// What a processor does. The field of the same name says how.
const PROCESSORS: &[&str] = &[
    "azureLogForwarding",
    "bizevent",
    "bucketAssignment",
    "costAllocation",
    "counterMetric",
    "davis",
    "dql",
    "drop",
    "fieldsAdd",
    "fieldsRemove",
    "fieldsRename",
    "histogramMetric",
    "noStorage",
    "productAllocation",
    "samplingAwareCounterMetric",
    "samplingAwareHistogramMetric",
    "samplingAwareValueMetric",
    "sdlcEvent",
    "securityContext",
    "securityEvent",
    "smartscapeEdge",
    "smartscapeNode",
    "technology",
    "valueMetric",
];

static PROCESSOR: Fields = Fields {
    name: "a processor",
    known: &[
        ("id", Text),
        ("type", Choice(PROCESSORS)),
        ("description", Text),
        ("enabled", Flag),
        ("matcher", Text),
        ("sampleData", Text),
        ("bizevent", Any),
        ("bucketAssignment", Any),
        ("costAllocation", Any),
        ("counterMetric", Any),
        ("davis", Any),
        ("dql", Any),
        ("fieldsAdd", Any),
        ("fieldsRemove", Any),
        ("fieldsRename", Any),
        ("histogramMetric", Any),
        ("productAllocation", Any),
        ("samplingAwareCounterMetric", Any),
        ("samplingAwareHistogramMetric", Any),
        ("samplingAwareValueMetric", Any),
        ("sdlcEvent", Any),
        ("securityContext", Any),
        ("securityEvent", Any),
        ("smartscapeEdge", Any),
        ("smartscapeNode", Any),
        ("technology", Any),
        ("valueMetric", Any),
    ],
    required: &["id", "type"],
};

/// What is routed to a pipeline.
pub(crate) const PIPELINE_SOURCE: Shape = Shape::Fields(&SOURCE_FIELDS);

static SOURCE_FIELDS: Fields = Fields {
    name: "the source of a pipeline",
    known: &[
        ("displayName", Text),
        ("metadataList", Any),
        ("enabled", Flag),
        ("sourceType", Text),
        ("source", Text),
        ("path", Text),
        ("defaultBucket", Any),
        ("processing", STAGE),
        ("staticRouting", Shape::Fields(&ROUTING)),
    ],
    required: &[],
};

static ROUTING: Fields = Fields {
    name: "the routing of a source",
    known: &[
        ("pipelineType", Choice(&["custom", "builtin"])),
        ("pipelineId", Text),
        ("builtinPipelineId", Text),
    ],
    required: &[],
};
