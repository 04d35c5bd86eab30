//! Which metrics a manifest has, of which kind, in which feature sets.

use extyped_manifest::beside::Alone;
use extyped_manifest::check;
use extyped_manifest::contract::{Contract, Kind, Metric, Overrides};
use extyped_manifest::source::SourceFile;

const HEAD: &str = "\
name: custom:test
version: 1.0.0
minDynatraceVersion: '1.300'
author: {name: Test}
";

fn contract_with(text: &str, kinds: &[(&str, Kind)]) -> Contract {
    let overrides = Overrides {
        kinds: kinds
            .iter()
            .map(|&(key, kind)| (key.to_owned(), kind))
            .collect(),
        ..Overrides::default()
    };
    check(&SourceFile::new("extension.yaml", text), &overrides, &Alone).contract
}

fn contract(body: &str) -> Contract {
    contract_with(&format!("{HEAD}{body}"), &[])
}

fn keys(contract: &Contract) -> Vec<&str> {
    contract
        .metrics
        .iter()
        .map(|metric| metric.key.as_str())
        .collect()
}

fn kinds(contract: &Contract) -> Vec<(&str, Kind)> {
    let metrics = contract.metrics.iter();
    metrics
        .map(|metric| (metric.key.as_str(), metric.kind))
        .collect()
}

fn feature_sets<'c>(contract: &'c Contract, metric: &Metric) -> Vec<&'c str> {
    let sets = metric.feature_sets.iter();
    sets.map(|&at| contract.feature_sets[at].name.as_str())
        .collect()
}

#[test]
fn metrics_are_the_union_of_everything_that_names_one() {
    let contract = contract(
        "python: {featureSets: [{featureSet: A, metrics: [{key: b.listed}, {key: a.both}]}]}\n\
         metrics: [{key: a.both}, {key: c.described}, {key: 'func:d.calculated'}]\n\
         snmp: [{group: g, metrics: [{key: e.declared}], subgroups: [{metrics: [{key: f.deep}]}]}]\n\
         jdbc: {groups: [{metrics: [{key: g.nested}]}]}\n\
         brandNew: [{group: g, metrics: [{key: h.unknown.source}]}]\n",
    );
    // In the order of the file, each once.
    assert_eq!(
        keys(&contract),
        [
            "b.listed",
            "a.both",
            "c.described",
            "e.declared",
            "f.deep",
            "g.nested",
            "h.unknown.source"
        ]
    );
}

#[test]
fn keys_that_the_ingest_refuses_have_no_reporter() {
    assert_eq!(
        keys(&contract("metrics: [{key: a b}, {key: fine.key}]")),
        ["fine.key"]
    );
}

#[test]
fn the_suffix_decides_unless_a_type_or_an_option_does() {
    let body = "metrics: [{key: a.count}, {key: a.bytes}, {key: a_count}]\n\
                snmp: [{group: g, metrics: [{key: b.x.count, type: gauge}, {key: b.y, type: Count}]}]\n";
    assert_eq!(
        kinds(&contract(body)),
        [
            ("a.count", Kind::Count),
            ("a.bytes", Kind::Gauge),
            ("a_count", Kind::Gauge),
            ("b.x.count", Kind::Gauge),
            ("b.y", Kind::Count),
        ]
    );
    let chosen = [("a.bytes", Kind::Count), ("a.count", Kind::Gauge)];
    let contract = contract_with(&format!("{HEAD}{body}"), &chosen);
    assert_eq!(
        kinds(&contract)[..2],
        [("a.count", Kind::Gauge), ("a.bytes", Kind::Count)]
    );
}

#[test]
fn a_count_and_its_key_with_the_suffix_are_one_metric() {
    for body in [
        "metrics: [{key: a.bytes.count, metadata: {unit: Byte}}]\n\
         snmp: [{group: g, metrics: [{key: a.bytes, type: count}]}]\n",
        "snmp: [{group: g, metrics: [{key: a.bytes, type: count}]}]\n\
         metrics: [{key: a.bytes.count, metadata: {unit: Byte}}]\n",
    ] {
        let contract = contract(body);
        assert_eq!(kinds(&contract), [("a.bytes.count", Kind::Count)]);
        assert_eq!(contract.metrics[0].unit.as_deref(), Some("Byte"));
    }
}

#[test]
fn a_selector_tells_the_stored_key_as_well() {
    let contract = contract(
        "snmp: [{group: g, metrics: [{key: a.bytes, type: count}]}]\n\
         screens: [{chartsCards: [{metricSelector: 'a.bytes.count:avg'}]}]\n",
    );
    assert_eq!(keys(&contract), ["a.bytes.count"]);
}

#[test]
fn a_gauge_and_a_key_with_the_suffix_are_two_metrics() {
    let contract = contract("metrics: [{key: a.bytes}, {key: a.bytes.count}]");
    assert_eq!(
        kinds(&contract),
        [("a.bytes", Kind::Gauge), ("a.bytes.count", Kind::Count)]
    );
}

#[test]
fn words_come_from_the_metadata() {
    let contract = contract(
        "metrics: [{key: a.cpu, metadata: {displayName: CPU, description: Load, unit: Percent}}]",
    );
    let [metric] = contract.metrics.as_slice() else {
        panic!("one metric, not {:?}", contract.metrics);
    };
    assert_eq!(metric.display_name.as_deref(), Some("CPU"));
    assert_eq!(metric.description.as_deref(), Some("Load"));
    assert_eq!(metric.unit.as_deref(), Some("Percent"));
    assert_eq!(
        (contract.name.as_str(), contract.version.as_str()),
        ("custom:test", "1.0.0")
    );
}

#[test]
fn python_lists_metrics_in_feature_sets() {
    let contract = contract(
        "python:\n  featureSets:\n\
         \x20   - {featureSet: Advanced, metrics: [{key: a.one}, {key: a.two}]}\n\
         \x20   - {featureSet: default, metrics: [{key: a.two}]}\n\
         metrics: [{key: a.three}]\n",
    );
    let names: Vec<&str> = contract
        .feature_sets
        .iter()
        .map(|set| set.name.as_str())
        .collect();
    assert_eq!(names, ["Advanced", "default"]);
    let of: Vec<Vec<&str>> = contract
        .metrics
        .iter()
        .map(|m| feature_sets(&contract, m))
        .collect();
    assert_eq!(of, [vec!["Advanced"], vec!["Advanced", "default"], vec![]]);
}

#[test]
fn groups_pass_their_feature_set_down_until_one_has_its_own() {
    let contract = contract(
        "snmp:\n\
         \x20 - group: one\n\
         \x20   featureSet: Outer\n\
         \x20   metrics: [{key: a.outer}]\n\
         \x20   subgroups:\n\
         \x20     - metrics: [{key: a.passed}]\n\
         \x20     - featureSet: Inner\n\
         \x20       metrics: [{key: a.inner}, {key: a.own, featureSet: Own}]\n\
         \x20 - group: two\n\
         \x20   metrics: [{key: a.always}, {key: a.outer}]\n",
    );
    let of: Vec<(&str, Vec<&str>)> = contract
        .metrics
        .iter()
        .map(|metric| (metric.key.as_str(), feature_sets(&contract, metric)))
        .collect();
    assert_eq!(
        of,
        [
            // The other group reports it whatever is switched on.
            ("a.outer", vec![]),
            ("a.passed", vec!["Outer"]),
            ("a.inner", vec!["Inner"]),
            ("a.own", vec!["Own"]),
            ("a.always", vec![]),
        ]
    );
}

#[test]
fn a_text_that_is_no_manifest_has_an_empty_contract() {
    for text in ["", "just text", "- a\n- b\n", "a: [", "\u{feff}"] {
        let checked = check(
            &SourceFile::new("extension.yaml", text),
            &Overrides::default(),
            &Alone,
        );
        assert!(checked.report.has_errors(), "{text:?}");
        assert!(checked.contract.metrics.is_empty());
    }
}
