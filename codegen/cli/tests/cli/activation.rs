//! `extyped activation`.

use crate::sandbox::Sandbox;

const MANIFEST: &str = "\
name: custom:pond
version: 1.2.3
minDynatraceVersion: '1.285'
author:
  name: me
metrics:
  - key: pond.frogs
    metadata: {displayName: Frogs, description: Frogs., unit: Count}
  - key: pond.fish
    metadata: {displayName: Fish, description: Fish., unit: Count}
python:
  runtime:
    module: pond
    version: {min: '3.10'}
  activation:
    remote: {path: schema.json}
    local: {path: schema.json}
  featureSets:
    - featureSet: Frogs
      metrics: [{key: pond.frogs}]
    - featureSet: Fish
      metrics: [{key: pond.fish}]
";

const SCHEMA: &str = r##"{
  "types": {
    "remote": {"type": "object", "properties": {
      "ponds": {"displayName": "Ponds", "type": "list", "minObjects": 1,
        "items": {"type": {"$ref": "#/types/pond"}}},
      "depth": {"displayName": "Depth", "type": "float", "default": 1.5,
        "constraints": [{"type": "RANGE", "minimum": 0, "maximum": 10}]}
    }},
    "pond": {"type": "object", "properties": {
      "url": {"displayName": "Address", "type": "text", "subType": "url"},
      "token": {"displayName": "Token", "type": "secret",
        "constraints": [{"type": "LENGTH", "minLength": 12, "maxLength": 40}]},
      "mode": {"displayName": "Mode", "type": {"$ref": "#/enums/mode"}}
    }},
    "local": {"type": "object", "properties": {
      "lid": {"displayName": "Lid", "type": "boolean", "default": false}
    }}
  },
  "enums": {"mode": {"type": "enum", "items": [{"value": "wet"}, {"value": "dry"}]}},
  "properties": {
    "pythonRemote": {"type": {"$ref": "#/types/remote"}},
    "pythonLocal": {"type": {"$ref": "#/types/local"}}
  }
}"##;

fn pond() -> Sandbox {
    let sandbox = Sandbox::with_manifest(MANIFEST);
    sandbox.write("schema.json", SCHEMA);
    sandbox
}

#[test]
fn a_sample_is_in_the_order_of_the_form_and_is_accepted() {
    let sandbox = pond();
    let run = sandbox.run(&["activation", "--sample"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("wrote activation.json\nwrote secrets.json\n"),
        "{}",
        run.stderr
    );
    assert_eq!(
        sandbox.read("activation.json"),
        r#"{
  "enabled": true,
  "description": "development",
  "version": "1.2.3",
  "featureSets": [
    "Frogs",
    "Fish"
  ],
  "pythonRemote": {
    "ponds": [
      {
        "url": "https://example.com",
        "token": "{{token}}",
        "mode": "wet"
      }
    ],
    "depth": 1.5
  }
}
"#
    );
    assert_eq!(
        sandbox.read("secrets.json"),
        "{\n  \"token\": \"change-mexxx\"\n}\n"
    );

    let run = sandbox.run(&["activation", "--validate", "activation.json"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout, "activation.json: the extension takes it\n");
}

#[test]
fn a_sample_is_written_over_nothing() {
    let sandbox = pond();
    sandbox.write("secrets.json", "{\"token\": \"real\"}");
    let run = sandbox.run(&["activation", "--sample"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("secrets.json is there already"),
        "{}",
        run.stderr
    );
    assert!(!sandbox.path("activation.json").exists());

    let run = sandbox.run(&["activation", "--sample", "-o", "dev", "--side", "local"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        sandbox
            .read("dev/activation.json")
            .contains("\"pythonLocal\": {\n    \"lid\": false")
    );
    // Without a secret there is nothing to put into the other file.
    assert!(!sandbox.path("dev/secrets.json").exists());
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_no_value_is() {
    let sandbox = pond();
    sandbox.write(
        "mine.json",
        r#"{
  "featureSets": ["Frogs", "Fsh"],
  "pythonRemote": {
    "ponds": [
      {"url": "over-there", "token": "{{t}}", "mode": "hunter3"}
    ],
    "depth": 11,
    "width": 3
  }
}"#,
    );
    sandbox.write("my-secrets.json", "{\"t\": \"hunter2\"}");
    let run = sandbox.run(&[
        "activation",
        "--validate",
        "mine.json",
        "--secrets",
        "my-secrets.json",
    ]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "\
error: mine.json:5:8: pythonRemote.ponds[0].url (\"Address\") is not a URL such as https://example.com [type]
error: mine.json:5:29: pythonRemote.ponds[0].token (\"Token\") has to have at least 12 characters [LENGTH]
error: mine.json:5:47: pythonRemote.ponds[0].mode (\"Mode\") is none of the choices: wet, dry [enum]
error: mine.json:7:5: pythonRemote.depth (\"Depth\") has to be at most 10 [RANGE]
warning: mine.json:8:5: pythonRemote.width is no field of the schema
warning: mine.json:2:3: featureSets names `Fsh`, which the manifest does not have; did you mean `Fish`?
warning: mine.json:2:3: featureSets leaves `Fish` off, whose metrics are not sent
"
    );
}

#[test]
fn an_activation_without_a_side_or_for_another_one_is_refused() {
    let sandbox = pond();
    for (text, told) in [
        (
            "{}",
            "mine.json:1:1: holds neither `pythonRemote` nor `pythonLocal`",
        ),
        (
            r#"{"pythonLocal": 5}"#,
            "pythonLocal is an integer where an object is expected [type]",
        ),
        (
            r#"{"pythonLocal": {}, "featureSets": 1}"#,
            "featureSets is no list of names",
        ),
    ] {
        sandbox.write("mine.json", text);
        let run = sandbox.run(&["activation", "--validate", "mine.json"]);
        assert_eq!(run.code, Some(1), "{text}");
        assert!(run.stdout.contains(told), "{text}: {}", run.stdout);
    }
    sandbox.write("mine.json", "[]");
    let run = sandbox.run(&["activation", "--validate", "mine.json"]);
    assert_eq!(run.code, Some(2));
}

#[test]
fn without_a_schema_there_is_a_word_on_how_to_get_one() {
    let sandbox = Sandbox::with_manifest(
        &MANIFEST.replace("remote: {path: schema.json}\n    local", "remote"),
    );
    let run = sandbox.run(&["activation", "--sample"]);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert!(
        run.stderr
            .contains("has no activation schema that can be read"),
        "{}",
        run.stderr
    );

    sandbox.write("schema.json", "{\"properties\": {\"pythonRemote\": {}}}");
    let run = sandbox.run(&["activation", "--sample"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("schema.json:1:17"), "{}", run.stderr);
}
