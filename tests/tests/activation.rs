//! Generated types read every kind of field; the schema is that of the fixture
//! `forms`.

use extyped::{Activation, RawActivation};
use extyped_tests::forms::activation::{self, Local, Mode, Remote};
use serde_json::{Value, json};

fn remote(fields: &Value) -> Remote {
    let mut config = json!({"endpoints": [{"url": "https://a", "password": "p"}]});
    for (name, value) in fields.as_object().into_iter().flatten() {
        config[name.as_str()] = value.clone();
    }
    let text = json!({ "pythonRemote": config }).to_string();
    let activation: Activation<Remote> = Activation::from_json(&text).expect("it is sound");
    activation.config().clone()
}

/// What is wrong, without the words around it.
fn refused<C: extyped::Configuration>(activation: &Value) -> String {
    match Activation::<C>::from_json(&activation.to_string()) {
        Ok(_) => panic!("{activation} is taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_kind_of_field_has_its_type() {
    let config = remote(&json!({
        "tags": ["a", "b"],
        "type": "slow-but-sure",
        "1st": 9.0,
        "ratio": 1,
        "größe": true,
        "since": "2026-11-24",
        "at": "15:04",
        "from": "2026-11-24T15:04:05",
        "until": "2026-11-24T15:04:05+01:00[Europe/Vienna]",
        "zone": "Europe/Vienna",
        "credential": "CREDENTIALS_VAULT-0123456789ABCDEF",
        "tree": {"name": "trunk", "sub": {"name": "twig"}},
        "future": {"any": ["thing"]},
    }));
    assert_eq!(config.tags.as_deref().map(<[String]>::len), Some(2));
    assert_eq!(config.r#type, Mode::SlowButSure);
    assert_eq!(config.r#type.as_str(), "slow-but-sure");
    assert_eq!(config.field_1st, 9);
    assert_eq!(config.ratio.map(f64::round), Some(1.0));
    assert!(config.größe);
    assert_eq!(
        config.since.map(|it| it.to_string()).as_deref(),
        Some("2026-11-24")
    );
    assert_eq!(
        config.at.map(|it| it.to_string()).as_deref(),
        Some("15:04:00")
    );
    let from = config.from.map(|it| it.to_string());
    assert_eq!(from.as_deref(), Some("2026-11-24T15:04:05"));
    let until = config.until.map(|it| it.timestamp().to_string());
    assert_eq!(until.as_deref(), Some("2026-11-24T14:04:05Z"));
    assert_eq!(config.zone, "Europe/Vienna");
    assert!(config.credential.is_some_and(|it| it.is_credential()));
    let tree = config.tree.expect("a tree");
    assert_eq!(
        (tree.name.as_str(), tree.sub.expect("a twig").name.as_str()),
        ("trunk", "twig")
    );
    assert_eq!(config.future, Some(json!({"any": ["thing"]})));
}

#[test]
fn a_zone_that_the_machine_does_not_know_leaves_the_offset() {
    let config = remote(&json!({"until": "2026-11-24T15:04:05+01:00[Nowhere/Land]"}));
    let until = config.until.map(|it| it.timestamp().to_string());
    assert_eq!(until.as_deref(), Some("2026-11-24T14:04:05Z"));
}

#[test]
fn each_kind_refuses_what_is_of_another() {
    let endpoint = json!([{"url": "https://a", "password": "p"}]);
    for (field, value, told) in [
        (
            "1st",
            json!(1.5),
            "(\"First\") is a number with a fraction where an integer is expected",
        ),
        ("1st", json!(10), "(\"First\") has to be at most 9"),
        (
            "ratio",
            json!("1"),
            "(\"Ratio\") is a text where a number is expected",
        ),
        (
            "größe",
            json!("true"),
            "(\"Größe\") is a text where a boolean is expected",
        ),
        (
            "since",
            json!("24.11.2026"),
            "(\"Since\") is not a date such as 2026-01-31",
        ),
        (
            "at",
            json!("25:00"),
            "(\"At\") is not a time of day such as 15:30",
        ),
        (
            "until",
            json!("2026-11-24"),
            "(\"Until\") is not a date, time and zone such as",
        ),
        (
            "zone",
            json!("not a zone"),
            "(\"Zone\") is not a time zone such as Europe/Vienna",
        ),
        (
            "type",
            json!("medium"),
            "(\"Type\") is none of the choices: fast, slow-but-sure, 200",
        ),
        (
            "tags",
            json!(["a", "a"]),
            "(\"Tags\") has the items 0 and 1, which are equal",
        ),
        (
            "tags",
            json!([""]),
            "tags[0] has to have at least 1 character",
        ),
        ("tree", json!({}), "tree.name (\"Name\") is missing"),
    ] {
        let mut config = json!({ "endpoints": endpoint });
        config[field] = value;
        let error = refused::<Remote>(&json!({ "pythonRemote": config }));
        assert!(error.contains(told), "{field}: {error}");
    }
}

#[test]
fn a_side_reads_its_own_configuration_and_the_enum_reads_both() {
    let remote = json!({"pythonRemote": {"endpoints": [{"url": "https://a", "password": "p"}]}});
    let local = json!({"pythonLocal": {}, "featureSets": ["A"]});
    let error = refused::<Local>(&remote);
    assert!(
        error.contains("holds `pythonRemote`, and this extension reads `pythonLocal`"),
        "{error}"
    );
    let read = |json: &Value| Activation::<activation::Activation>::from_json(&json.to_string());
    let both = [read(&remote), read(&local)].map(|it| it.expect("it is sound"));
    assert!(matches!(
        both[0].config(),
        activation::Activation::Remote(_)
    ));
    assert!(matches!(both[1].config(), activation::Activation::Local(_)));
    assert_eq!(both[1].feature_sets(), Some(&["A".to_owned()][..]));
    assert!(refused::<activation::Activation>(&json!({})).contains("neither `pythonRemote` nor"));
    let error = refused::<Local>(&json!({"pythonLocal": {}, "featureSets": {}}));
    assert!(
        error.contains("featureSets: a list of names is expected"),
        "{error}"
    );
}

#[test]
fn without_a_schema_the_configuration_is_json() {
    let text = r#"{"pythonRemote": {"host": "a"}, "version": "1.2.3"}"#;
    let activation: Activation<extyped_tests::bare::activation::Activation> =
        Activation::from_json(text).expect("it is sound");
    let config: &RawActivation = activation.config();
    assert_eq!(config.remote(), Some(&json!({"host": "a"})));
    assert_eq!(config.field("version"), Some(&json!("1.2.3")));
    assert!(!format!("{config:?}").contains("host"));
}
