//! When a field is shown, and what becomes of it when it is not.

use extyped_activation::{Schema, Side};
use serde_json::{Value, json};

/// A schema in which `field` depends on the others by this condition.
fn schema(precondition: &Value) -> Schema {
    let text = json!({
        "types": {"form": {"type": "object", "properties": {
            "mode": {"type": {"$ref": "#/enums/mode"}, "default": "slow"},
            "name": {"type": "text", "nullable": true},
            "limit": {"type": "integer", "nullable": true},
            "field": {
                "type": "text", "displayName": "Field", "default": "given",
                "constraints": [{"type": "NOT_BLANK"}],
                "precondition": precondition,
            },
        }}},
        "enums": {"mode": {"items": [{"value": "slow"}, {"value": "fast"}]}},
        "properties": {"pythonRemote": {"type": {"$ref": "#/types/form"}}},
    });
    Schema::read(&text.to_string()).expect("a schema")
}

fn is_shown(precondition: &Value, configuration: &Value) -> bool {
    let checked = schema(precondition).check(Side::Remote, configuration);
    assert_eq!(checked.violations, []);
    match &checked.value["field"] {
        Value::Null => false,
        value => {
            assert_eq!(value, "given");
            true
        }
    }
}

#[test]
fn each_condition_looks_at_the_other_fields() {
    let fast = json!({"type": "EQUALS", "property": "mode", "expectedValue": "fast"});
    let named = json!({"type": "NOT", "precondition": {"type": "NULL", "property": "name"}});
    let few = json!({"type": "IN", "property": "limit", "expectedValues": [1, 2.0]});
    let lower = json!({"type": "REGEX_MATCH", "property": "name", "pattern": "^[a-z]+$"});
    for (condition, configuration, expected) in [
        (fast.clone(), json!({"mode": "fast"}), true),
        (fast.clone(), json!({"mode": "slow"}), false),
        // What is left out has its default.
        (fast.clone(), json!({}), false),
        (named.clone(), json!({"name": "a"}), true),
        (named.clone(), json!({"name": null}), false),
        (named.clone(), json!({}), false),
        (few.clone(), json!({"limit": 2}), true),
        (few.clone(), json!({"limit": 3}), false),
        (lower.clone(), json!({"name": "abc"}), true),
        (lower.clone(), json!({"name": "ABC"}), false),
        (lower.clone(), json!({}), false),
        (
            json!({"type": "REGEX", "property": "name", "pattern": "B"}),
            json!({"name": "ABC"}),
            true,
        ),
        (
            json!({"type": "AND", "preconditions": [fast, named]}),
            json!({"mode": "fast"}),
            false,
        ),
        (json!({"type": "AND", "preconditions": []}), json!({}), true),
        (
            json!({"type": "OR", "preconditions": [few, lower]}),
            json!({"limit": 1}),
            true,
        ),
        (json!({"type": "OR", "preconditions": []}), json!({}), false),
    ] {
        assert_eq!(
            is_shown(&condition, &configuration),
            expected,
            "{condition} {configuration}"
        );
    }
}

#[test]
fn a_condition_that_is_not_understood_hides_nothing() {
    for condition in [
        json!({"type": "MOON", "property": "mode"}),
        json!({"type": "EQUALS", "property": "nowhere", "expectedValue": 1}),
        json!({"type": "EQUALS", "property": "mode"}),
        json!({"type": "NOT"}),
        json!("fast"),
    ] {
        assert!(is_shown(&condition, &json!({})), "{condition}");
    }
}

#[test]
fn what_is_hidden_has_no_value_and_breaks_no_rule() {
    let fast = json!({"type": "EQUALS", "property": "mode", "expectedValue": "fast"});
    let schema = schema(&fast);
    let hidden = schema.check(Side::Remote, &json!({"field": " "}));
    assert_eq!(hidden.violations, []);
    assert_eq!(hidden.value["field"], Value::Null);
    assert_eq!(hidden.unknown.len(), 0);
    let shown = schema.check(Side::Remote, &json!({"field": " ", "mode": "fast"}));
    assert_eq!(shown.violations.len(), 1);
}

#[test]
fn fields_that_hide_each_other_in_a_circle_are_shown() {
    let condition = |name| json!({"type": "EQUALS", "property": name, "expectedValue": 1});
    let text = json!({
        "types": {"form": {"type": "object", "properties": {
            "a": {"type": "integer", "default": 1, "precondition": condition("b")},
            "b": {"type": "integer", "default": 1, "precondition": condition("a")},
        }}},
        "properties": {"pythonLocal": {"type": {"$ref": "#/types/form"}}},
    });
    let schema = Schema::read(&text.to_string()).expect("a schema");
    let checked = schema.check(Side::Local, &json!({}));
    assert_eq!(checked.value, json!({"a": 1, "b": 1}));
}

#[test]
fn a_type_that_holds_itself_by_default_has_an_end() {
    let text = json!({
        "types": {"form": {"type": "object", "properties": {
            "inner": {"type": {"$ref": "#/types/form"}, "default": {}},
        }}},
        "properties": {"pythonLocal": {"type": {"$ref": "#/types/form"}}},
    });
    let schema = Schema::read(&text.to_string()).expect("a schema");
    let checked = schema.check(Side::Local, &json!({}));
    assert!(checked.violations.len() <= 1, "{:?}", checked.violations);
}
