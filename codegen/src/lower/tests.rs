use extyped_manifest::codes;
use extyped_manifest::contract::{
    Contract, Dimension, DimensionSet, DimensionValue, EntityType, FeatureSet, Kind, Metric,
};
use extyped_manifest::diagnostic::{Diagnostic, Report};
use extyped_manifest::source::Span;

use super::ident::Name;
use super::plan::{FieldValue, Plan};

fn metric(key: &str) -> Metric {
    Metric {
        key: key.to_owned(),
        span: Span::new(0, 1),
        kind: Kind::Gauge,
        display_name: None,
        description: None,
        unit: None,
        feature_sets: Vec::new(),
        entity_types: Vec::new(),
    }
}

fn dimension(key: &str) -> Dimension {
    Dimension {
        key: key.to_owned(),
        display_name: None,
        required: true,
        value: DimensionValue::Any,
        span: Span::new(0, 1),
    }
}

/// A contract with the metrics of the sets, in order.
fn contract(sets: &[(Option<&str>, &[Dimension], &[&str])]) -> Contract {
    let mut contract = Contract {
        name: "custom:load-balancer".to_owned(),
        version: "1.0.0".to_owned(),
        ..Contract::default()
    };
    for (entity_type, dimensions, keys) in sets {
        let mut metrics = Vec::new();
        for key in *keys {
            let known = contract
                .metrics
                .iter()
                .position(|metric| metric.key == *key);
            metrics.push(known.unwrap_or(contract.metrics.len()));
            if known.is_none() {
                contract.metrics.push(metric(key));
            }
        }
        contract.sets.push(DimensionSet {
            entity_type: entity_type.map(|name| EntityType {
                name: name.to_owned(),
                display_name: None,
            }),
            dimensions: dimensions.to_vec(),
            metrics,
            span: Span::new(2, 3),
        });
    }
    contract
}

fn lower<'c>(contract: &'c Contract, names: &[(&str, &str)]) -> (Plan<'c>, Vec<String>) {
    let names: Vec<_> = names
        .iter()
        .map(|(original, name)| ((*original).to_owned(), (*name).to_owned()))
        .collect();
    let mut report = Report::default();
    let plan = super::lower(contract, &names, &mut report, &mut []);
    let findings = report
        .diagnostics()
        .iter()
        .map(|finding| {
            let help = finding.help.as_deref().unwrap_or_default();
            format!("{}: {}; {help}", finding.code.id, finding.message)
        })
        .collect();
    (plan, findings)
}

/// The names of a sound contract: `Reporter { fields } methods`.
fn names(contract: &Contract, names: &[(&str, &str)]) -> Vec<String> {
    let (plan, findings) = lower(contract, names);
    assert_eq!(findings, Vec::<String>::new());
    plan.sets
        .iter()
        .map(|set| {
            let fields: Vec<_> = set
                .required
                .iter()
                .map(|field| field.name.as_str())
                .collect();
            let optional = set.optional.iter().map(|field| field.name.as_str());
            let methods = set.methods.iter().map(|method| method.name.as_str());
            let methods: Vec<_> = optional.chain(methods).collect();
            format!(
                "{} {}({}) {}",
                set.reporter.as_str(),
                set.method.as_str(),
                fields.join(", "),
                methods.join(", ")
            )
        })
        .collect()
}

#[test]
fn a_set_is_named_after_its_entity_type() {
    let node = [dimension("device.address"), dimension("node.name")];
    let contract = contract(&[(Some("lb:node"), &node, &["lb.cpu", "lb.bytes.in.count"])]);
    assert_eq!(
        names(&contract, &[]),
        ["Node node(device_address, node_name) cpu, bytes_in_count"]
    );
}

#[test]
fn a_set_without_an_entity_type_is_named_after_what_its_metrics_share() {
    let contract = contract(&[
        (
            None,
            &[dimension("pool")],
            &["lb.pool.health", "lb.pool.members"],
        ),
        (None, &[], &["uptime"]),
    ]);
    assert_eq!(
        names(&contract, &[]),
        [
            "LbPool lb_pool(pool) health, members",
            "LoadBalancer load_balancer() uptime"
        ]
    );
}

#[test]
fn a_method_is_named_without_the_prefix_that_its_set_shares() {
    for (keys, methods) in [
        (&["a.b.c", "a.b.d"][..], "c, d"),
        (&["a.b", "a.b.c"], "b, b_c"),
        (&["a.b.c"], "c"),
        // The suffix is no name.
        (&["a.bytes.count"], "bytes_count"),
        (
            &["a.bytes.count", "a.bytes.rate"],
            "bytes_count, bytes_rate",
        ),
        (&["a.load.1m", "a.load.5m"], "load_1m, load_5m"),
        (&["cpu"], "cpu"),
        (&["a.type", "a.self", "a.gen"], "r#type, self_, r#gen"),
    ] {
        let contract = contract(&[(Some("x:y"), &[], keys)]);
        assert_eq!(names(&contract, &[]), [format!("Y y() {methods}")]);
    }
}

#[test]
fn a_name_depends_on_its_own_set_only() {
    let node = [dimension("node")];
    let alone = contract(&[(Some("lb:node"), &node, &["lb.node.cpu", "lb.node.memory"])]);
    let among_others = contract(&[
        (
            Some("lb:pool"),
            &[dimension("pool")],
            &["lb.pool.health", "other.metric"],
        ),
        (Some("lb:node"), &node, &["lb.node.cpu", "lb.node.memory"]),
    ]);
    assert_eq!(names(&alone, &[])[0], names(&among_others, &[])[1]);
}

#[test]
fn the_option_renames_whatever_the_manifest_names() {
    let mut state = dimension("state");
    state.value = DimensionValue::OneOf(vec!["UP".to_owned(), "up".to_owned()]);
    let mut contract = contract(&[
        (
            Some("lb:node"),
            &[dimension("device.address"), state],
            &["lb.cpu"],
        ),
        (None, &[dimension("pool")], &["lb.pool.health"]),
    ]);
    contract.feature_sets.push(FeatureSet {
        name: "Extra".to_owned(),
        span: Span::new(0, 1),
    });
    let options = [
        ("lb:node", "cluster member"),
        ("device.address", "address"),
        ("lb.cpu", "cpuUsage"),
        ("{pool}", "Pool"),
        ("state=UP", "shouted up"),
        ("Extra", "Costly"),
    ];
    assert_eq!(
        names(&contract, &options),
        [
            "ClusterMember cluster_member(address, state) cpu_usage",
            "Pool pool(pool) health"
        ]
    );
    let (plan, _) = lower(&contract, &options);
    assert_eq!(plan.feature_sets[0].variant.as_str(), "Costly");
    let FieldValue::OneOf(values) = &plan.sets[0].required[1].value else {
        panic!("several values make an enum");
    };
    assert_eq!(values.name.as_str(), "ClusterMemberState");
    let variants: Vec<_> = values
        .variants
        .iter()
        .map(|(_, name)| name.as_str())
        .collect();
    assert_eq!(variants, ["ShoutedUp", "Up"]);
}

#[test]
fn an_option_that_names_nothing_is_an_error_with_a_suggestion() {
    let contract = contract(&[(Some("lb:node"), &[dimension("node.name")], &["lb.cpu"])]);
    let (_, findings) = lower(&contract, &[("lb:nod", "Host"), ("lb.cpu", "-")]);
    assert_eq!(
        findings,
        [
            "EXT071: the option `names` renames `lb:nod`, which the manifest does not have; \
             did you mean `lb:node`?",
            "EXT072: the option `names` gives `lb.cpu` the name `-`, which has no letter; \
             write the words of the name, `pool_member`",
        ]
    );
}

#[test]
fn two_names_for_one_thing_are_an_error() {
    let contract = contract(&[(Some("lb:node"), &[], &["lb.cpu"])]);
    let (_, findings) = lower(&contract, &[("lb.cpu", "load"), ("lb.cpu", "usage")]);
    assert_eq!(
        findings,
        ["EXT072: the option `names` calls `lb.cpu` both `load` and `usage`; say it once"]
    );
    let (_, findings) = lower(&contract, &[("lb.cpu", "load"), ("lb.cpu", "load")]);
    assert_eq!(findings, [""; 0]);
}

#[test]
fn collisions_name_both_sides_and_the_way_out() {
    let contract = contract(&[(Some("lb:node"), &[], &["lb.bytes_in", "lb.bytes.in"])]);
    let (plan, findings) = lower(&contract, &[]);
    assert_eq!(
        findings,
        [
            "EXT070: the metric `lb.bytes_in` and the metric `lb.bytes.in` would both get the \
             method `bytes_in` of `Node`; choose another name with the option \
             `names = { \"lb.bytes.in\" = \"…\" }`"
        ]
    );
    // The first keeps its name: what is sound can be compiled.
    assert_eq!(plan.sets[0].methods.len(), 1);
    assert_eq!(
        names(&contract, &[("lb.bytes.in", "bytes_inbound")]),
        ["Node node() bytes_in, bytes_inbound"]
    );
}

#[test]
fn names_that_generated_code_needs_are_reserved() {
    let contract = contract(&[
        (Some("lb:metrics"), &[], &["lb.a"]),
        (Some("lb:feature_set"), &[], &["lb.b"]),
        (Some("lb:of"), &[], &["lb.c"]),
    ]);
    let (plan, findings) = lower(&contract, &[]);
    assert_eq!(
        findings[0],
        "EXT070: the entity type `lb:metrics` would get the type `Metrics`, which generated code \
         needs for itself; choose another name with the option `names = { \"lb:metrics\" = \"…\" }`"
    );
    assert_eq!((findings.len(), plan.sets.len()), (3, 0));
}

#[test]
fn sets_of_one_entity_type_are_told_apart_by_their_dimensions() {
    let (node, pool) = ([dimension("node")], [dimension("node"), dimension("pool")]);
    let contract = contract(&[
        (Some("lb:node"), &node, &["lb.a"]),
        (Some("lb:node"), &pool, &["lb.b"]),
    ]);
    let (_, findings) = lower(&contract, &[]);
    assert_eq!(
        findings,
        [
            "EXT070: the dimensions `{node}` and the dimensions `{node}{pool}` would both get \
             the type `Node`; choose another name with the option \
             `names = { \"{node}{pool}\" = \"…\" }`"
        ]
    );
    assert_eq!(
        names(&contract, &[("{node}{pool}", "pooled node")]),
        ["Node node(node) a", "PooledNode pooled_node(node, pool) b"]
    );
}

#[test]
fn a_constant_is_no_field_and_an_optional_dimension_a_method() {
    let mut state = dimension("state");
    state.value = DimensionValue::Constant("up".to_owned());
    let mut region = dimension("region");
    region.required = false;
    let contract = contract(&[(Some("lb:node"), &[state, region], &["lb.cpu"])]);
    assert_eq!(names(&contract, &[]), ["Node node() with_region, cpu"]);
    let (plan, _) = lower(&contract, &[]);
    assert_eq!(plan.sets[0].constants, [("state", "up")]);
}

#[test]
fn type_parameters_never_shadow_a_type() {
    // The field `node` of the set `Node` must not hide the reporter.
    let contract = contract(&[
        (
            Some("lb:node"),
            &[dimension("node"), dimension("node_value")],
            &["lb.cpu"],
        ),
        (Some("lb:node_value_value"), &[], &["lb.cpu"]),
    ]);
    let (plan, _) = lower(&contract, &[]);
    let parameters: Vec<_> = plan.sets[0].parameters().map(Name::as_str).collect();
    assert_eq!(parameters, ["NodeValue", "NodeValueValueValue"]);
}

#[test]
fn hidden_types_have_distinct_names() {
    let contract = contract(&[(Some("x:y"), &[], &["a.b_c", "a_b.c", "a.b.c.count"])]);
    let (plan, _) = lower(&contract, &[]);
    let markers = plan.metrics.iter().map(|metric| metric.marker.as_str());
    assert_eq!(
        markers.collect::<Vec<_>>(),
        ["a_b_c", "a_b_c_1", "a_b_c_count"]
    );
}

#[test]
fn a_manifest_with_errors_may_lack_what_an_option_names() {
    let contract = contract(&[]);
    let options = [("lb:node".to_owned(), "Host".to_owned())];
    let error = |span: Option<Span>| Diagnostic::new(&codes::METRIC_KEY, span, "an error");
    for (span, findings) in [(Some(Span::new(0, 1)), 1), (None, 2)] {
        let mut report = Report::default();
        report.push(error(span));
        super::lower(&contract, &options, &mut report, &mut []);
        assert_eq!(report.diagnostics().len(), findings);
    }
}
