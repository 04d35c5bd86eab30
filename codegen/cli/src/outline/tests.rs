//! Outlines of whole extensions.

use std::fs;

use super::Outline;
use crate::extension::Extension;

const MANIFEST: &str = "\
name: custom:lb
version: 1.2.3
minDynatraceVersion: '1.285'
author: {name: Example}
python:
  runtime: {module: lb, version: {min: '3.10'}}
  activation:
    remote: {path: activationSchema.json}
    local: {path: missing.json}
  featureSets:
    - featureSet: cpu
      metrics: [{key: lb.cpu}]
metrics:
  - key: lb.cpu
    metadata: {displayName: CPU, unit: Percent}
  - key: lb.in.count
  - key: func:lb.rate
    metadata: {displayName: Rate}
    query: {metricSelector: 'lb.in.count:rate(1m)'}
topology:
  types:
    - name: lb:node
      displayName: Node
      rules:
        - idPattern: lb_{node}
          instanceNamePattern: '{node}'
          sources: [{sourceType: Metrics, condition: $prefix(lb.)}]
          requiredDimensions: [{key: node, valuePattern: $prefix(n)}]
          attributes: [{key: zone, displayName: Zone, pattern: '{zone}'}]
  relationships:
    - {fromType: lb:node, toType: host, typeOfRelation: RUNS_ON, sources: []}
    - {fromType: lb:node, toType: host, typeOfRelation: RUNS_ON, sources: []}
    - {fromType: lb:node, toType: lb:pool, typeOfRelation: PART_OF, enabled: false, sources: []}
";

const SCHEMA: &str = r##"{
	"types": {
		"pythonRemote": {"properties": {
			"endpoints": {"type": "list", "displayName": "Endpoints", "nullable": false,
				"items": {"type": {"$ref": "#/types/endpoint"}}, "minObjects": 1, "maxObjects": 20}
		}},
		"endpoint": {"displayName": "Endpoint", "properties": {
			"url": {"type": "text", "displayName": "URL", "description": "Where \"it\" is", "nullable": false,
				"default": "", "constraints": [{"type": "LENGTH", "minLength": 1, "maxLength": 500}]},
			"mode": {"type": {"$ref": "#/enums/mode"}, "default": "fast"},
			"retries": {"type": "integer", "default": 3, "constraints": [{"type": "RANGE", "minimum": 0}]},
			"verify": {"type": "boolean"},
			"hosts": {"type": "list", "items": {"type": "text"}, "nullable": false, "minObjects": 0},
			"self": {"type": {"$ref": "#/types/endpoint"}, "nullable": true}
		}}
	},
	"enums": {"mode": {"items": [{"value": "fast"}, {"value": "slow"}]}},
	"properties": {"pythonRemote": {"type": {"$ref": "#/types/pythonRemote"}}}
}"##;

fn outline() -> Outline {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("extension.yaml"), MANIFEST).expect("a file");
    fs::write(folder.path().join("activationSchema.json"), SCHEMA).expect("a file");
    let place = folder.path().to_str().expect("a path that is text");
    let extension = Extension::open(place).expect("an extension");
    Outline::read(&extension).expect("an outline")
}

#[test]
fn an_outline_has_what_users_see() {
    let outline = outline();
    assert_eq!(
        (outline.name.as_str(), outline.version.as_str()),
        ("custom:lb", "1.2.3")
    );
    assert_eq!(outline.author.as_deref(), Some("Example"));
    assert_eq!(outline.platform.as_deref(), Some("1.285"));
    assert_eq!(outline.sources, ["python"]);
    assert_eq!(outline.feature_sets, ["cpu"]);
    let metrics: Vec<_> = outline
        .metrics
        .iter()
        .map(|metric| (metric.key.as_str(), metric.kind, metric.feature_sets.len()))
        .collect();
    assert_eq!(
        metrics,
        [
            ("lb.cpu", "gauge", 1),
            ("lb.in.count", "count", 0),
            ("func:lb.rate", "calculated", 0)
        ]
    );
    assert_eq!(outline.metrics[0].entity_types, ["lb:node"]);
    assert_eq!(
        outline.metrics[2].selector.as_deref(),
        Some("lb.in.count:rate(1m)")
    );
    let node = &outline.types[0];
    assert_eq!(node.display_name.as_deref(), Some("Node"));
    assert_eq!(node.rules[0].sources, ["Metrics $prefix(lb.)"]);
    assert_eq!(node.rules[0].required, ["node $prefix(n)"]);
    assert_eq!(node.attributes()[0].pattern, "{zone}");
    assert_eq!(outline.relations.len(), 1);
}

#[test]
fn options_are_read_through_types_that_may_not_end() {
    let outline = outline();
    let [remote, local] = outline.activation.as_slice() else {
        panic!("{:?}", outline.activation);
    };
    assert_eq!(
        local.missing.as_deref(),
        Some("missing.json cannot be read")
    );
    let shown: Vec<String> = remote
        .fields
        .iter()
        .take(7)
        .map(|field| {
            let required = if field.is_required { "!" } else { "" };
            let default = field.default.as_deref().unwrap_or("-");
            let (choices, limits) = (field.choices.join("|"), field.limits.join("; "));
            format!(
                "{}{required}: {} = {default} [{choices}] ({limits})",
                field.path, field.kind
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "endpoints!: list of Endpoint = - [] (1 to 20 items)",
            "endpoints[].url!: text = - [] (1 to 500 characters)",
            "endpoints[].mode: choice = \"fast\" [fast|slow] ()",
            "endpoints[].retries: integer = 3 [] (at least 0)",
            "endpoints[].verify: boolean = - [] ()",
            "endpoints[].hosts: list of text = - [] (at least 0 items)",
            "endpoints[].self: Endpoint = - [] ()",
        ]
    );
    assert!(remote.fields.len() < 100, "{}", remote.fields.len());
}

#[test]
fn what_is_no_manifest_has_no_outline() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("extension.yaml"), "name: [").expect("a file");
    let place = folder.path().to_str().expect("a path that is text");
    let extension = Extension::open(place).expect("an extension");
    let failure = Outline::read(&extension).expect_err("no manifest");
    assert!(
        failure.to_string().contains("extension.yaml:1:"),
        "{failure}"
    );
}
