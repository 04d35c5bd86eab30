//! Under which dimensions a metric can be reported: the rules, one by one.

use std::fmt::Write as _;

use extyped_manifest::beside::Alone;
use extyped_manifest::check;
use extyped_manifest::contract::{Contract, Dimension, DimensionValue, Overrides};
use extyped_manifest::diagnostic::Severity;
use extyped_manifest::source::SourceFile;

const HEAD: &str = "\
name: custom:test
version: 1.0.0
minDynatraceVersion: '1.300'
author: {name: Test}
python: {runtime: {module: test, version: {min: '3.10'}}}
";

/// A manifest with these metrics, each with the dimensions that it declares,
/// and these lines of `topology.types`.
fn manifest(metrics: &[(&str, &[&str])], types: &str) -> String {
    let mut text = HEAD.to_owned();
    text.push_str("metrics:\n");
    for (key, dimensions) in metrics {
        let list: Vec<String> = dimensions
            .iter()
            .map(|key| format!("{{key: {key}}}"))
            .collect();
        let _ = writeln!(
            text,
            "  - {{key: {key}, metadata: {{dimensions: [{}]}}}}",
            list.join(", ")
        );
    }
    if !types.is_empty() {
        text.push_str("topology:\n  types:\n");
        text.push_str(types);
    }
    text
}

/// An entity type with one rule.
fn entity(name: &str, id: &str, condition: &str, required: &[(&str, &str)]) -> String {
    let mut text = format!("    - name: {name}\n      rules:\n");
    text.push_str(&rule(id, condition, required, &[]));
    text
}

fn rule(id: &str, condition: &str, required: &[(&str, &str)], attributes: &[&str]) -> String {
    let mut text = format!(
        "        - idPattern: '{id}'\n          sources: [{{sourceType: Metrics, condition: '{condition}'}}]\n"
    );
    if !required.is_empty() {
        text.push_str("          requiredDimensions:\n");
    }
    for (key, value) in required {
        let _ = match *value {
            "" => writeln!(text, "            - key: {key}"),
            value => writeln!(
                text,
                "            - {{key: {key}, valuePattern: '{value}'}}"
            ),
        };
    }
    if !attributes.is_empty() {
        text.push_str("          attributes:\n");
    }
    for key in attributes {
        let _ = writeln!(
            text,
            "            - {{key: attribute, pattern: '{{{key}}}'}}"
        );
    }
    text
}

fn contract_with(text: &str, overrides: &Overrides) -> Contract {
    let checked = check(&SourceFile::new("extension.yaml", text), overrides, &Alone);
    let errors: Vec<&str> = checked
        .report
        .diagnostics()
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(errors, [""; 0], "{text}");
    checked.contract
}

fn contract(text: &str) -> Contract {
    contract_with(text, &Overrides::default())
}

/// The sets, one on a line: name, dimensions, metrics.
fn sets(contract: &Contract) -> Vec<String> {
    let dimension = |dimension: &Dimension| {
        let value = match &dimension.value {
            DimensionValue::Any => String::new(),
            DimensionValue::Constant(value) => format!("={value}"),
            DimensionValue::OneOf(values) => format!("=({})", values.join("|")),
            DimensionValue::Prefix(values) => format!("=({})*", values.join("|")),
        };
        let optional = if dimension.required { "" } else { "?" };
        format!("{}{optional}{value}", dimension.key)
    };
    contract
        .sets
        .iter()
        .map(|set| {
            let name = set.entity_type.as_ref().map_or("-", |entity| &entity.name);
            let dimensions: Vec<String> = set.dimensions.iter().map(dimension).collect();
            let metrics: Vec<&str> = set
                .metrics
                .iter()
                .map(|&at| contract.metrics[at].key.as_str())
                .collect();
            format!("{name} [{}] {}", dimensions.join(" "), metrics.join(" "))
        })
        .collect()
}

#[test]
fn undeclared_dimensions_are_inferred_from_the_entity_type() {
    let types = entity("px:node", "node-{node}", "$prefix(px.node)", &[])
        + &entity("px:vm", "vm-{vmid}", "$prefix(px.vm)", &[]);
    let text = manifest(
        &[("px.node.cpu", &[]), ("px.vm.cpu", &[]), ("px.vm.mem", &[])],
        &types,
    );
    assert_eq!(
        sets(&contract(&text)),
        [
            "px:node [node] px.node.cpu",
            "px:vm [vmid] px.vm.cpu px.vm.mem"
        ]
    );
}

#[test]
fn a_dimension_that_an_entity_needs_is_required_on_all_its_metrics() {
    let types = entity("ipa:server", "ipa_{server}", "$prefix(ipa.)", &[])
        + &entity(
            "ipa:agreement",
            "ipa_{server}_{replication.agreement}",
            "$prefix(ipa.replication.)",
            &[],
        );
    let text = manifest(
        &[
            ("ipa.up", &[]),
            ("ipa.replication.lag", &[]),
            ("ipa.replication.state", &[]),
        ],
        &types,
    );
    assert_eq!(
        sets(&contract(&text)),
        [
            "ipa:server [server] ipa.up",
            "ipa:agreement [server replication.agreement] ipa.replication.lag ipa.replication.state",
        ]
    );
}

#[test]
fn types_that_choose_their_lines_are_alternatives() {
    let cluster = [("cluster", ""), ("group_id", "")];
    let node = [("cluster", ""), ("node", "")];
    let types = entity(
        "db:cluster",
        "c_{cluster}_{group_id}",
        "$prefix(db.)",
        &cluster,
    ) + &entity("db:node", "n_{cluster}_{node}", "$prefix(db.)", &node);
    let text = manifest(&[("db.conn", &[]), ("db.ops", &[])], &types);
    assert_eq!(
        sets(&contract(&text)),
        [
            "db:cluster [cluster group_id] db.conn db.ops",
            "db:node [cluster node] db.conn db.ops",
        ]
    );
}

#[test]
fn a_type_that_wants_every_line_adds_its_need_to_the_alternatives() {
    let types = entity("db:host", "h_{host}", "$prefix(db.)", &[])
        + &entity(
            "db:node",
            "n_{host}_{node}",
            "$prefix(db.)",
            &[("node", "")],
        )
        + &entity("db:disk", "d_{disk}", "$prefix(db.)", &[("disk", "")]);
    let text = manifest(&[("db.conn", &[])], &types);
    assert_eq!(
        sets(&contract(&text)),
        [
            "db:host [host] db.conn",
            "db:node [host node] db.conn",
            // Needs less than its lines carry, and is still what they are for.
            "db:disk [disk host] db.conn",
        ]
    );
}

#[test]
fn types_that_want_every_line_are_one_set_together() {
    let types = entity("db:host", "h_{host}_{ip}", "$prefix(db.)", &[])
        + &entity("db:node", "n_{host}_{node}", "$prefix(db.)", &[]);
    let text = manifest(&[("db.conn", &[])], &types);
    assert_eq!(sets(&contract(&text)), ["- [host ip node] db.conn"]);
}

#[test]
fn several_rules_of_a_type_need_what_they_have_in_common() {
    let types = "    - name: db:host\n      rules:\n".to_owned()
        + &rule("h_{host}_{ip}", "$prefix(db.)", &[], &["region"])
        + &rule(
            "h_{host}_{dt.entity.host}",
            "$prefix(db.)",
            &[],
            &["region", "zone"],
        );
    let text = manifest(&[("db.conn", &[])], &types);
    assert_eq!(
        sets(&contract(&text)),
        ["db:host [host ip? region? dt.entity.host? zone?] db.conn"]
    );
}

#[test]
fn what_the_name_of_an_entity_is_made_of_is_needed_as_well() {
    let types = entity("lb:node", "{node}", "$prefix(lb.)", &[])
        + "          instanceNamePattern: '{name} of {dt.entity.host}'\n";
    let text = manifest(&[("lb.cpu", &[])], &types);
    assert_eq!(
        sets(&contract(&text)),
        ["lb:node [node name dt.entity.host?] lb.cpu"]
    );
}

#[test]
fn a_type_with_one_rule_for_every_line_wants_every_line() {
    let types = "    - name: db:host\n      rules:\n".to_owned()
        + &rule("{host}", "$prefix(db.)", &[("role", "$eq(main)")], &[])
        + &rule("{host}", "$prefix(db.)", &[], &[])
        + &entity("db:disk", "{disk}", "$prefix(db.)", &[("disk", "")]);
    let text = manifest(&[("db.conn", &[])], &types);
    assert_eq!(
        sets(&contract(&text)),
        [
            "db:host [host role?] db.conn",
            "db:disk [disk host role?] db.conn"
        ]
    );
}

#[test]
fn the_more_specific_type_names_a_need_that_two_share() {
    let types = entity("lb:any", "{node}", "$prefix(lb.)", &[])
        + &entity("lb:cpu", "{node}", "$prefix(lb.cpu.)", &[])
        + &entity("lb:late", "{node}", "$prefix(lb.cpu.)", &[]);
    let text = manifest(&[("lb.mem", &[]), ("lb.cpu.user", &[])], &types);
    assert_eq!(
        sets(&contract(&text)),
        ["lb:any [node] lb.mem", "lb:cpu [node] lb.cpu.user"]
    );
}

#[test]
fn values_that_the_topology_fixes_are_constants_enums_and_prefixes() {
    let types = "    - name: lb:pool\n      rules:\n".to_owned()
        + &rule("{pool}", "$prefix(lb.)", &[("state", "$eq(up)")], &[])
        + &rule("{pool}", "$prefix(lb.)", &[("state", "$eq(down)")], &[])
        + &entity(
            "lb:front",
            "{side}",
            "$prefix(lb.)",
            &[("side", "$eq(front)")],
        )
        + &entity(
            "lb:named",
            "{name}",
            "$prefix(lb.)",
            &[("name", "$prefix(lb-)")],
        )
        + &entity("lb:any", "{any}", "$prefix(lb.)", &[("any", "$exists()")]);
    let text = manifest(&[("lb.cpu", &[])], &types);
    assert_eq!(
        sets(&contract(&text)),
        [
            "lb:pool [pool state=(up|down)] lb.cpu",
            "lb:front [side=front] lb.cpu",
            "lb:named [name=(lb-)*] lb.cpu",
            "lb:any [any] lb.cpu",
        ]
    );
}

#[test]
fn one_rule_that_takes_any_value_makes_every_value_good() {
    let types = "    - name: lb:pool\n      rules:\n".to_owned()
        + &rule("{pool}", "$prefix(lb.)", &[("state", "$eq(up)")], &[])
        + &rule("{pool}_{state}", "$prefix(lb.)", &[("pool", "")], &[]);
    let text = manifest(&[("lb.cpu", &[])], &types);
    assert_eq!(sets(&contract(&text)), ["lb:pool [pool state] lb.cpu"]);
}

#[test]
fn declared_dimensions_are_the_set() {
    let types = "    - name: lb:node\n      rules:\n".to_owned()
        + &rule(
            "{node}",
            "$prefix(lb.)",
            &[],
            &["version", "dt.security_context"],
        );
    let text = manifest(
        &[
            ("lb.cpu", &["node"]),
            ("lb.mem", &["node", "bank"]),
            ("lb.disk", &["bank", "node", "dt.entity.host"]),
        ],
        &types,
    );
    assert_eq!(
        sets(&contract(&text)),
        [
            "lb:node [node version? dt.security_context?] lb.cpu",
            "- [node bank version? dt.security_context? dt.entity.host?] lb.mem lb.disk",
        ]
    );
}

#[test]
fn a_declared_dimension_is_constant_if_every_entity_that_asks_for_it_wants_that_value() {
    let types = entity(
        "lb:front",
        "{node}",
        "$prefix(lb.)",
        &[("side", "$eq(front)")],
    );
    let metrics: &[(&str, &[&str])] = &[("lb.cpu", &["node", "side"])];
    assert_eq!(
        sets(&contract(&manifest(metrics, &types))),
        ["lb:front [node side=front] lb.cpu"]
    );
    let types = types + &entity("lb:node", "{node}", "$prefix(lb.)", &[]);
    assert_eq!(
        sets(&contract(&manifest(metrics, &types))),
        ["lb:front [node side=front] lb.cpu"]
    );
}

#[test]
fn the_author_may_make_dimensions_optional() {
    let types = entity(
        "lb:node",
        "{node}",
        "$prefix(lb.)",
        &[("side", "$eq(front)")],
    );
    let overrides = |key: &str| Overrides {
        optional: vec![key.to_owned()],
        ..Overrides::default()
    };
    let text = manifest(&[("lb.cpu", &["node", "side", "bank"])], &types);
    assert_eq!(
        sets(&contract_with(&text, &overrides("bank"))),
        ["lb:node [node side=front bank?] lb.cpu"]
    );
    let text = manifest(&[("lb.cpu", &[])], &types);
    assert_eq!(
        sets(&contract_with(&text, &overrides("side"))),
        ["lb:node [node side?] lb.cpu"]
    );
}

#[test]
fn a_metric_without_dimensions_and_entity_has_the_empty_set() {
    let text = manifest(&[("lb.cpu", &[]), ("lb.mem", &[])], "");
    assert_eq!(sets(&contract(&text)), ["- [] lb.cpu lb.mem"]);
}

#[test]
fn disabled_types_ask_for_nothing() {
    let types = entity("lb:node", "{node}", "$prefix(lb.)", &[])
        .replace("name: lb:node\n", "name: lb:node\n      enabled: false\n");
    let text = manifest(&[("lb.cpu", &[])], &types);
    assert_eq!(sets(&contract(&text)), ["- [] lb.cpu"]);
}

#[test]
fn what_a_data_source_supplies_never_has_to_be_given() {
    let text = HEAD.replace(
        "python: {runtime: {module: test, version: {min: '3.10'}}}",
        "\
snmp:
  - group: one
    dimensions: [{key: slot}]
    metrics: [{key: lb.temperature}]
    subgroups:
      - subgroup: fans
        dimensions: [{key: fan}]
        metrics: [{key: lb.fan.speed}]
  - group: two
    metrics: [{key: lb.temperature}, {key: lb.uptime}]",
    ) + "topology:\n  types:\n"
        + &entity("lb:device", "{device.address}", "$prefix(lb.)", &[])
        + &entity(
            "lb:slot",
            "{device.address}_{slot}",
            "$prefix(lb.temperature)",
            &[("slot", "")],
        );
    assert_eq!(
        sets(&contract(&text)),
        [
            "lb:slot [slot device.address?] lb.temperature",
            "- [slot fan device.address?] lb.fan.speed",
            "lb:device [device.address?] lb.uptime",
        ]
    );
}

#[test]
fn groups_with_different_dimensions_are_different_sets() {
    let text = HEAD.replace(
        "python: {runtime: {module: test, version: {min: '3.10'}}}",
        "\
sqlServer:
  - group: one
    dimensions: [{key: database}]
    metrics: [{key: db.rows}]
  - group: two
    dimensions: [{key: table}]
    metrics: [{key: db.rows}]",
    );
    assert_eq!(
        sets(&contract(&text)),
        ["- [database] db.rows", "- [table] db.rows"]
    );
}

#[test]
fn spans_lead_to_where_things_are_written() {
    let types = entity("lb:node", "lb_{node}", "$prefix(lb.)", &[]);
    let text = manifest(&[("lb.cpu", &[])], &types);
    let contract = contract(&text);
    let source = SourceFile::new("extension.yaml", text);
    assert_eq!(source.slice(contract.metrics[0].span), "lb.cpu");
    assert_eq!(source.slice(contract.sets[0].span), "lb:node");
    assert_eq!(source.slice(contract.sets[0].dimensions[0].span), "node");
}

#[test]
fn a_condition_may_name_a_count_as_it_is_stored() {
    let text = HEAD.replace(
        "python: {runtime: {module: test, version: {min: '3.10'}}}",
        "snmp: [{group: g, metrics: [{key: lb.in, type: count}]}]",
    ) + "topology:\n  types:\n"
        + &entity("lb:node", "{node}", "$eq(lb.in.count)", &[]);
    assert_eq!(sets(&contract(&text)), ["lb:node [node] lb.in.count"]);
}

#[test]
fn a_type_that_does_not_ask_for_a_dimension_leaves_its_values_alone() {
    let mut types = entity("p:server", "p_{server}", "$prefix(p.)", &[]);
    types.push_str(&entity(
        "p:printer",
        "p_{server}_{printer}",
        "$prefix(p.printer.)",
        &[("kind", "$eq(printer)")],
    ));
    let text = manifest(
        &[
            ("p.printer.pages", &[]),
            ("p.printer.toner", &["server", "printer", "kind"]),
        ],
        &types,
    );
    // The declared dimensions and the inferred ones make one set.
    assert_eq!(
        sets(&contract(&text)),
        [
            "p:server [server] p.printer.pages",
            "p:printer [server printer kind=printer] p.printer.pages p.printer.toner",
        ]
    );
}
