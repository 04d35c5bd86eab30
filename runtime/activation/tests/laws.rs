//! What holds for every schema.
//!
//! A sample of a schema is accepted, and each mistake in it that breaks one
//! constraint is refused with that constraint named.

mod mistakes;

use extyped_activation::{Schema, Side};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::mistakes::{Mistake, mistakes};

/// The schema accepts its sample, and none of the mistakes that can be made in
/// it. Returns how many those were.
fn holds(text: &str, side: Side) -> usize {
    let schema = Schema::read(text).expect("a schema");
    let sample = schema.sample(side).expect("the schema has this side");
    assert_eq!(sample.open, [""; 0], "{text}");
    let valid = sample.complete();
    let checked = schema.check(side, &valid);
    assert_eq!(checked.violations, [], "{valid:#}\nagainst {text}");
    let mistakes = mistakes(&schema, side, &valid);
    for Mistake {
        path,
        rule,
        document,
    } in &mistakes
    {
        let violations = schema.check(side, document).violations;
        assert!(
            violations
                .iter()
                .any(|it| it.path == *path && it.rule == *rule),
            "{path} breaks {rule} in {document:#}, and this is told: {violations:?}"
        );
    }
    mistakes.len()
}

/// A property, by what the pieces of a schema are.
fn property() -> impl Strategy<Value = Value> {
    let text = (0..4_u64, 1..30_u64, any::<bool>()).prop_map(|(min, more, blank)| {
        let mut constraints =
            vec![json!({"type": "LENGTH", "minLength": min, "maxLength": min + more})];
        if blank {
            constraints.push(json!({"type": "NOT_BLANK"}));
        }
        json!({"type": "text", "constraints": constraints})
    });
    let pattern = prop::sample::select(vec![
        "^[a-z]{2,5}$",
        r"^https?://[^/]+(:\d+)?$",
        r"^(\d{1,3}\.){3}\d{1,3}$",
        "^(?!x)[a-z0-9_-]+$",
        r"^[A-Z]{3}-\d{4}$",
        "^(a|b|c)+$",
        r"^\S+@\S+\.\w+$",
    ])
    .prop_map(
        |pattern| json!({"type": "text", "constraints": [{"type": "PATTERN", "pattern": pattern}]}),
    );
    let number = ("integer|float", -50..50_i32, 0..100_i32).prop_map(|(kind, min, more)| {
        let kind = if kind.starts_with('i') { "integer" } else { "float" };
        json!({"type": kind, "constraints": [{"type": "RANGE", "minimum": min, "maximum": min + more}]})
    });
    let plain = prop::sample::select(vec![
        json!({"type": "boolean"}),
        json!({"type": "secret", "constraints": [{"type": "LENGTH", "minLength": 4, "maxLength": 40}]}),
        json!({"type": "text", "subType": "url"}),
        json!({"type": "local_date"}),
        json!({"type": "local_time"}),
        json!({"type": "local_date_time"}),
        json!({"type": "zoned_date_time"}),
        json!({"type": "time_zone"}),
        json!({"type": "setting", "constraints": [{"type": "NOT_EMPTY"}]}),
        json!({"type": {"$ref": "#/enums/mode"}}),
        json!({"type": "text", "constraints": [{"type": "NO_WHITESPACE"}, {"type": "NOT_EMPTY"}]}),
        json!({"type": "text", "constraints": [{"type": "TRIMMED"}, {"type": "REGEX"}]}),
        json!({"type": "integer", "default": 7}),
        json!({"type": "text", "default": "", "constraints": [{"type": "NOT_EMPTY"}]}),
    ]);
    prop_oneof![text, pattern, number, plain]
}

fn object(properties: Vec<(Value, bool)>) -> Value {
    let properties: Map<String, Value> = properties
        .into_iter()
        .enumerate()
        .map(|(index, (mut property, nullable))| {
            property["nullable"] = json!(nullable);
            property["displayName"] = json!(format!("Field {index}"));
            (format!("f{index}"), property)
        })
        .collect();
    json!({"type": "object", "properties": properties})
}

fn schema() -> impl Strategy<Value = String> {
    let fields = || prop::collection::vec((property(), any::<bool>()), 1..6);
    let limits = (0..3_u64, 0..4_u64, any::<bool>(), any::<bool>());
    (fields(), fields(), limits, property()).prop_map(
        |(own, inner, (min, more, old, shown), item)| {
            let mut remote = object(own);
            let max = (min + more).max(1);
            let (least, most) = if old { ("minItems", "maxItems") } else { ("minObjects", "maxObjects") };
            remote["properties"]["items"] = json!({
                "displayName": "Items", "type": "list", least: min, most: max,
                "items": {"type": {"$ref": "#/types/inner"}},
            });
            remote["properties"]["names"] = json!({"type": "list", "items": item});
            remote["properties"]["switch"] = json!({"type": "boolean", "default": shown});
            remote["properties"]["behind"] = json!({
                "type": "text", "constraints": [{"type": "NOT_EMPTY"}],
                "precondition": {"type": "EQUALS", "property": "switch", "expectedValue": true},
            });
            json!({
                "types": {"remote": remote, "inner": object(inner)},
                "enums": {"mode": {"type": "enum", "items": [{"value": "slow"}, {"value": "fast"}]}},
                "properties": {"pythonRemote": {"type": {"$ref": "#/types/remote"}}},
            })
            .to_string()
        },
    )
}

proptest! {
    #[test]
    fn a_sample_is_accepted_and_a_sample_with_a_mistake_is_not(text in schema()) {
        holds(&text, Side::Remote);
    }

    #[test]
    fn any_document_has_an_answer(text in schema(), document in any_json()) {
        let schema = Schema::read(&text).expect("a schema");
        let _ = schema.check(Side::Remote, &document);
    }
}

proptest! {
    /// Whatever stands in the place of a part of a schema.
    #[test]
    fn any_schema_can_be_read_and_used(
        text in schema(),
        part in prop::sample::select(vec![
            "/types", "/enums", "/properties", "/types/remote", "/types/remote/properties",
            "/types/remote/properties/f0", "/types/remote/properties/f0/type",
            "/types/remote/properties/f0/constraints", "/types/remote/properties/items",
            "/types/remote/properties/items/items", "/types/remote/properties/items/minObjects",
            "/types/remote/properties/behind/precondition", "/enums/mode", "/enums/mode/items",
            "/properties/pythonRemote", "/properties/pythonRemote/type",
        ]),
        other in any_json(),
    ) {
        let mut schema: Value = serde_json::from_str(&text).expect("JSON");
        if let Some(part) = schema.pointer_mut(part) {
            *part = other;
        }
        if let Ok(schema) = Schema::read(&schema.to_string())
            && let Some(sample) = schema.sample(Side::Remote)
        {
            let _ = schema.check(Side::Remote, &sample.complete());
        }
    }
}

#[test]
fn patterns_that_take_for_ever_are_given_up() {
    for pattern in [
        "^(a+)+$",
        "^(?=(a+)+$)a*$",
        "((a|a)*)*b(?!c)",
        "(a{1000}){1000}",
        r"^(\w+\s?)*\1$",
        "[",
    ] {
        let schema = json!({
            "types": {"form": {"properties": {"name": {
                "type": "text", "constraints": [{"type": "PATTERN", "pattern": pattern}],
            }}}},
            "properties": {"pythonRemote": {"type": {"$ref": "#/types/form"}}},
        });
        let schema = Schema::read(&schema.to_string()).expect("a schema");
        let text = format!("{}!", "a".repeat(5_000));
        let _ = schema.check(Side::Remote, &json!({ "name": text }));
        let _ = schema.sample(Side::Remote);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,10}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("f[0-4]|items|names|switch", inner, 0..6)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// Public schemas; they are not part of the repository.
#[test]
#[allow(clippy::print_stderr, reason = "a skipped case says so")]
fn public_schemas_accept_their_samples() {
    let shared = std::env::var_os("EXTYPED_SHARED").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    let Ok(folders) = shared.join("corpus").read_dir() else {
        eprintln!("skipped: there is no corpus");
        return;
    };
    let mut held = 0;
    for folder in folders.flatten() {
        let Ok(text) = std::fs::read_to_string(folder.path().join("activationSchema.json")) else {
            continue;
        };
        let schema = Schema::read(&text).expect("a schema");
        for side in Side::ALL {
            if schema.form(side).is_some() {
                assert!(holds(&text, side) > 0, "{}", folder.path().display());
                held += 1;
            }
        }
    }
    assert!(held > 10, "{held} forms");
}
