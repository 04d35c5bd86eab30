//! What each change amounts to. Every row is one edit of the same extension.

use std::fs;
use std::path::Path;

use super::{Weight, compare, others};
use crate::extension::Extension;
use crate::outline::Outline;

const MANIFEST: &str = "\
name: custom:lb
version: 1.2.3
minDynatraceVersion: '1.285'
author: {name: Example}
python:
  runtime: {module: lb, version: {min: '3.10'}}
  activation:
    remote: {path: activationSchema.json}
  featureSets:
    - featureSet: cpu
      metrics: [{key: lb.cpu}]
    - featureSet: load
      metrics: [{key: lb.load}]
metrics:
  - key: lb.cpu
    metadata:
      displayName: CPU
      description: Used
      unit: Percent
      dimensions: [{key: node}, {key: core}]
  - key: lb.load
    metadata:
      dimensions: [{key: node}]
  - key: func:lb.rate
    query: {metricSelector: 'lb.load:avg'}
topology:
  types:
    - name: lb:node
      displayName: Node
      rules:
        - idPattern: lb_{node}
          instanceNamePattern: '{node}'
          sources: [{sourceType: Metrics, condition: $prefix(lb.)}]
          attributes: [{key: zone, pattern: '{zone}'}]
  relationships:
    - {fromType: lb:node, toType: host, typeOfRelation: RUNS_ON, sources: []}
screens:
  - entityType: lb:node
";

const SCHEMA: &str = r##"{
  "types": {
    "pythonRemote": {"properties": {
      "url": {"type": "text", "nullable": false, "constraints": [{"type": "LENGTH", "maxLength": 500}]},
      "mode": {"type": {"$ref": "#/enums/mode"}, "default": "fast"},
      "note": {"type": "text", "nullable": true}
    }}
  },
  "enums": {"mode": {"items": [{"value": "fast"}, {"value": "slow"}]}},
  "properties": {"pythonRemote": {"type": {"$ref": "#/types/pythonRemote"}}}
}"##;

fn extension(folder: &Path, manifest: &str, schema: &str) -> Extension {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("extension.yaml"), manifest).expect("a file");
    fs::write(folder.join("activationSchema.json"), schema).expect("a file");
    Extension::open(folder.to_str().expect("a path that is text")).expect("an extension")
}

/// The changes that an edit of the manifest and the schema makes, one a line.
fn changes(from: &str, to: &str) -> Vec<String> {
    assert!(MANIFEST.contains(from) || SCHEMA.contains(from), "{from}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let old = extension(&folder.path().join("old"), MANIFEST, SCHEMA);
    let (manifest, schema) = (MANIFEST.replace(from, to), SCHEMA.replace(from, to));
    let new = extension(&folder.path().join("new"), &manifest, &schema);
    let outlines = [&old, &new].map(|it| Outline::read(it).expect("an outline"));
    let mut changes = compare(&outlines[0], &outlines[1]);
    others(&old, &new, &mut changes);
    changes
        .0
        .iter()
        .map(|change| {
            assert!(!change.reason.is_empty());
            let weight = match change.weight {
                Weight::Patch => "patch",
                Weight::Minor => "minor",
                Weight::Major => "major",
            };
            let subjects = change.subjects.join(" ");
            format!("{weight} {} {subjects}: {}", change.area, change.what)
        })
        .collect()
}

/// An edit, and the changes that it makes.
type Row<'a> = (&'a str, &'a str, &'a [&'a str]);

fn assert_changes(rows: &[Row<'_>]) {
    for &(from, to, expected) in rows {
        assert_eq!(changes(from, to), expected, "{from} → {to}");
    }
}

#[test]
fn changes_of_metrics_have_their_weight() {
    assert_changes(&[
        // How it is written does not matter, nor does the version.
        ("version: 1.2.3", "version: 2.0.0", &[][..]),
        ("author: {name: Example}", "author:\n  name: 'Other'", &[]),
        (
            "custom:lb",
            "custom:lbs",
            &["major extension custom:lb: name changed from `custom:lb` to `custom:lbs`"],
        ),
        (
            "'1.285'",
            "'1.300'",
            &["minor extension custom:lb: minDynatraceVersion changed from `1.285` to `1.300`"],
        ),
        (
            "unit: Percent",
            "unit: Ratio",
            &["major metric lb.cpu: unit changed from `Percent` to `Ratio`"],
        ),
        (
            "displayName: CPU",
            "displayName: Processor",
            &["patch metric lb.cpu: display name changed from `CPU` to `Processor`"],
        ),
        (
            "description: Used",
            "description: Busy",
            &["patch metric lb.cpu: description changed"],
        ),
        (
            "{key: node}, {key: core}",
            "{key: node}",
            &["major metric lb.cpu: dimension `core` removed"],
        ),
        (
            "{key: node}, {key: core}",
            "{key: node}, {key: core}, {key: socket}",
            &["minor metric lb.cpu: dimension `socket` added"],
        ),
        (
            "lb.load:avg",
            "lb.load:max",
            &["minor metric func:lb.rate: selector changed from `lb.load:avg` to `lb.load:max`"],
        ),
    ]);
}

#[test]
fn changes_of_entities_and_feature_sets_have_their_weight() {
    assert_changes(&[
        (
            "idPattern: lb_{node}",
            "idPattern: lb2_{node}",
            &["major entity type lb:node: id changed from `lb_{node}` to `lb2_{node}`"],
        ),
        (
            "displayName: Node",
            "displayName: Knot",
            &["patch entity type lb:node: display name changed from `Node` to `Knot`"],
        ),
        (
            "instanceNamePattern: '{node}'",
            "instanceNamePattern: 'n {node}'",
            &[
                "minor entity type lb:node: name of its entities changed from `{node}` to `n {node}`",
            ],
        ),
        (
            "'{zone}'}",
            "'{region}'}",
            &[
                "major metric lb.cpu lb.load: dimension `zone` removed",
                "minor metric lb.cpu lb.load: dimension `region` added",
                "minor entity type lb:node: value of the attribute `zone` changed from `{zone}` to `{region}`",
            ],
        ),
        (
            "RUNS_ON",
            "PART_OF",
            &[
                "major relationship lb:node RUNS_ON host: removed",
                "minor relationship lb:node PART_OF host: added",
            ],
        ),
        (
            "      metrics: [{key: lb.load}]\n",
            "      metrics: [{key: lb.load}, {key: lb.cpu}]\n",
            &[
                "minor metric lb.cpu: joined the feature set `load`",
                "patch section python: changed",
            ],
        ),
        (
            "featureSet: cpu",
            "featureSet: default",
            &[
                "minor metric lb.cpu: now always on",
                "major feature set cpu: removed",
                "minor feature set default: added",
                "patch section python: changed",
            ],
        ),
    ]);
}

#[test]
fn changes_of_files_and_of_the_activation_have_their_weight() {
    assert_changes(&[
        (
            "screens:\n",
            "screen:\n",
            &[
                "patch section screen: added",
                "patch section screens: removed",
            ],
        ),
        (
            "\"note\": {\"type\": \"text\"",
            "\"note\": {\"type\": \"integer\"",
            &[
                "major activation field remote: note: type changed from `text` to `integer`",
                "patch file activationSchema.json: changed",
            ],
        ),
        (
            "\"note\": {\"type\": \"text\", \"nullable\": true}",
            "\"token\": {\"type\": \"secret\", \"nullable\": false}",
            &[
                "major activation field remote: note: removed",
                "major activation field remote: token: added, and required",
                "patch file activationSchema.json: changed",
            ],
        ),
        (
            "\"default\": \"fast\"",
            "\"default\": \"slow\"",
            &[
                "minor activation field remote: mode: default changed from `\"fast\"` to `\"slow\"`",
                "patch file activationSchema.json: changed",
            ],
        ),
        (
            "{\"value\": \"slow\"}",
            "{\"value\": \"late\"}",
            &[
                "major activation field remote: mode: choice `slow` removed",
                "minor activation field remote: mode: choice `late` added",
                "patch file activationSchema.json: changed",
            ],
        ),
        (
            "\"maxLength\": 500",
            "\"maxLength\": 100",
            &[
                "major activation field remote: url: limit `at most 100 characters` added",
                "minor activation field remote: url: limit `at most 500 characters` removed",
                "patch file activationSchema.json: changed",
            ],
        ),
        (
            "    remote: {path: activationSchema.json}",
            "    local: {path: activationSchema.json}",
            &[
                "major activation remote: removed",
                "minor activation local: added",
                "patch section python: changed",
            ],
        ),
    ]);
}

#[test]
fn rules_of_the_same_id_are_told_apart() {
    let rule = "        - idPattern: lb_{node}\n          instanceNamePattern: '{node}'\n          sources: [{sourceType: Metrics, condition: $eq(lb.other)}]\n";
    let from = "        - idPattern: lb_{node}\n";
    assert_changes(&[(
        from,
        &format!("{rule}{from}"),
        &["minor entity type lb:node: a rule for the id `lb_{node}` added"],
    )]);
}

#[test]
fn no_public_extension_differs_from_itself() {
    let corpus = std::env::var_os("EXTYPED_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        Into::into,
    );
    let folders = fs::read_dir(corpus).into_iter().flatten().flatten();
    let files =
        folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    for path in files.map(|file| file.path()) {
        let extension = || path.to_str().and_then(|place| Extension::open(place).ok());
        let (Some(old), Some(new)) = (extension(), extension()) else {
            continue;
        };
        let outlines = (Outline::read(&old), Outline::read(&new));
        let (Ok(before), Ok(after)) = outlines else {
            continue;
        };
        let mut changes = compare(&before, &after);
        others(&old, &new, &mut changes);
        assert_eq!(changes.0, [], "{}", path.display());
    }
}

#[test]
fn what_changes_alike_is_one_change() {
    let said = changes("lb.", "lbs.");
    let added = said.iter().find(|line| line.contains(": added"));
    assert_eq!(
        added.map(String::as_str),
        Some("minor metric lbs.cpu lbs.load func:lbs.rate: added")
    );
}
