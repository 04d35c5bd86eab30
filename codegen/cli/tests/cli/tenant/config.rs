//! `extyped config apply`.

use serde_json::json;

use super::server::{Reply, Server};
use super::{MANIFEST, TOKEN, command, end, run};
use crate::sandbox::Sandbox;

const SCHEMA: &str = r##"{
  "types": {
    "remote": {"type": "object", "properties": {
      "url": {"displayName": "Address", "type": "text", "subType": "url"},
      "token": {"displayName": "Token", "type": "secret"}
    }}
  },
  "properties": {"pythonRemote": {"type": {"$ref": "#/types/remote"}}}
}"##;

const FILE: &str = r#"[
  {"scope": "ag_group-default", "value": {
    "enabled": true, "description": "one", "version": "1.2.3",
    "pythonRemote": {"url": "https://one.example", "token": "{{pond}}"}}},
  {"scope": "HOST-1", "value": {
    "enabled": true, "description": "two", "version": "1.2.3",
    "pythonRemote": {"url": "https://two.example", "token": "{{pond}}"}}}
]"#;

fn pond() -> Sandbox {
    let sandbox = Sandbox::with_manifest(MANIFEST);
    sandbox.write("schema.json", SCHEMA);
    sandbox.write("secrets.json", r#"{"pond": "deep-SECRETPART"}"#);
    sandbox.write("mine.json", FILE);
    sandbox
}

const APPLY: &[&str] = &["config", "apply", "mine.json"];

const URL: &str = "/api/v2/extensions/custom:pond/monitoringConfigurations";

#[test]
fn an_array_is_sent_at_once_with_its_secrets() {
    let sandbox = pond();
    let server = Server::start([Reply::new(
        200,
        r#"[{"code": 200, "objectId": "a-1"}, {"code": 200, "objectId": "a-2"}]"#,
    )]);
    let run = run(&sandbox, &server.url(), APPLY);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let url = server.url();
    assert_eq!(
        run.stdout,
        format!(
            "[0] ag_group-default: created as a-1\n\
             [1] HOST-1: created as a-2\n\
             mine.json: {url} has taken 2 configurations of custom:pond\n"
        )
    );
    assert_eq!(server.lines(), [format!("POST {URL}")]);
    let asked = &server.asked()[0];
    assert_eq!(asked.header("content-type"), Some("application/json"));
    let sent = asked.json();
    assert_eq!(sent[1]["scope"], "HOST-1");
    assert_eq!(sent[1]["value"]["pythonRemote"]["token"], "deep-SECRETPART");
}

#[test]
fn each_of_a_mixed_answer_is_told_with_its_place() {
    let sandbox = pond();
    let answer = json!([
        {"code": 200, "objectId": "a-1"},
        {"code": 400, "error": {"code": 400, "message": "Constraints violated.",
            "constraintViolations": [
                {"path": "value.pythonRemote.url", "message": "nobody is at deep-SECRETPART"},
                {"path": "pythonRemote/token", "message": "too weak"},
                {"path": "scope", "message": "No host HOST-1"},
                {"path": "nowhere", "message": "odd"}]},
         "invalidValue": {"pythonRemote": {"token": "deep-SECRETPART"}}},
    ]);
    let server = Server::start([Reply::new(207, answer.to_string())]);
    let run = run(&sandbox, &server.url(), APPLY);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert_eq!(
        run.stdout,
        "\
[0] ag_group-default: created as a-1
[1] HOST-1: refused (400): Constraints violated.
    mine.json:7:29: value.pythonRemote.url nobody is at {{pond}}
    mine.json:7:61: pythonRemote/token too weak
    mine.json:5:13: scope No host HOST-1
    mine.json:5:3: nowhere odd
"
    );
}

#[test]
fn a_refusal_of_all_is_shared_among_them() {
    let sandbox = pond();
    let answer = json!({"error": {"code": 400, "message": "Constraints violated.",
        "constraintViolations": [
            {"path": "[1].value.pythonRemote.url", "message": "no"},
            {"path": "", "message": "too many configurations"}]}});
    let server = Server::start([Reply::new(400, answer.to_string())]);
    let run = run(&sandbox, &server.url(), APPLY);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "\
[0] ag_group-default: refused (400): Constraints violated.
    mine.json:2:3: too many configurations
[1] HOST-1: refused (400): Constraints violated.
    mine.json:7:29: value.pythonRemote.url no
"
    );
}

#[test]
fn what_the_extension_would_refuse_is_not_sent() {
    let sandbox = pond();
    sandbox.write(
        "mine.json",
        &FILE.replace("https://two.example", "over-there"),
    );
    let server = Server::start([Reply::new(200, r#"[{"code": 200, "objectId": "a"}]"#)]);
    let checked = run(&sandbox, &server.url(), APPLY);
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    assert_eq!(
        checked.stdout,
        "error: mine.json:7:29: pythonRemote.url (\"Address\") is not a URL such as \
         https://example.com [type]\n\
         nothing was sent; --no-check sends it all the same\n"
    );
    assert!(server.lines().is_empty());
    let mut unchecked = command(&sandbox, &server.url(), APPLY);
    let run = end(unchecked.arg("--no-check"));
    assert_eq!(server.lines().len(), 1);
    // The tenant says less than it was asked.
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.contains("[1] HOST-1: unknown"), "{}", run.stdout);
}

#[test]
fn one_with_an_id_is_replaced_however_often() {
    let sandbox = pond();
    sandbox.write(
        "mine.json",
        r#"[{"scope": "HOST-1", "value": {"pythonRemote": {"url": "https://a", "token": "x"}}},
            {"objectId": "id 1", "scope": "HOST-2", "modificationInfo": {},
             "value": {"pythonRemote": {"url": "https://b", "token": "x"}}},
            {"objectId": "id2", "value": {"pythonRemote": {"url": "https://c", "token": "x"}}}]"#,
    );
    let server = Server::start([
        Reply::new(200, r#"[{"code": 200, "objectId": "id0"}]"#),
        Reply::cut_off(),
        Reply::new(200, r#"{"code": 200, "objectId": "id 1"}"#),
        Reply::error(404, "Configuration id2 does not exist"),
    ]);
    let run = run(&sandbox, &server.url(), APPLY);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert_eq!(
        run.stdout,
        "[0] HOST-1: created as id0\n[1] HOST-2: replaced id 1\n"
    );
    assert!(
        run.stderr.contains("Configuration id2 does not exist"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("not sent or not told of: [2] to [2]"),
        "{}",
        run.stderr
    );
    let put = format!("PUT {URL}/id%201");
    assert_eq!(
        server.lines(),
        [
            format!("POST {URL}"),
            put.clone(),
            put,
            format!("PUT {URL}/id2")
        ]
    );
    assert_eq!(
        server.asked()[1].json(),
        json!({"value": {"pythonRemote": {"url": "https://b", "token": "x"}}}),
        "a scope cannot be changed"
    );
}

#[test]
fn the_platform_makes_one_at_a_time() {
    let sandbox = pond();
    let server = Server::start([
        Reply::new(201, r#"{"code": 201, "objectId": "a-1"}"#),
        Reply::new(
            400,
            r#"{"error": {"code": 400, "message": "no", "details": {"constraintViolations":
                [{"path": "value.version", "message": "is not active"}]}}}"#,
        ),
    ]);
    let mut command = command(&sandbox, &server.url(), APPLY);
    command
        .args(["--api", "platform"])
        .env("DT_PLATFORM_TOKEN", TOKEN);
    let run = end(&mut command);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert_eq!(
        run.stdout,
        "\
[0] ag_group-default: created as a-1
[1] HOST-1: refused (400): no
    mine.json:6:55: value.version is not active
"
    );
    let line = "POST /platform/extensions/v2/extensions/custom:pond/monitoring-configurations";
    assert_eq!(server.lines(), [line, line]);
    assert_eq!(server.asked()[0].json()["scope"], "ag_group-default");
}

#[test]
fn what_is_there_already_is_not_asked_for_again() {
    let sandbox = pond();
    let server = Server::start([Reply::error(409, "The scope already exists")]);
    let run = run(&sandbox, &server.url(), APPLY);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    let said = "the tenant has it already (409): The scope already exists";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert!(!run.stderr.contains("--retries"), "{}", run.stderr);
    assert_eq!(server.lines().len(), 1);
}

#[test]
fn a_schema_that_is_not_there_yet_is_waited_for() {
    let sandbox = pond();
    let server = Server::start([
        Reply::error(404, "No schema with identifier 'ext:custom:pond'"),
        Reply::new(
            200,
            r#"[{"code": 200, "objectId": "1"}, {"code": 200, "objectId": "2"}]"#,
        ),
    ]);
    let run = run(&sandbox, &server.url(), APPLY);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr
            .contains("does not have the schema of the extension yet")
    );
}

#[test]
fn another_extension_is_named_and_not_checked() {
    let sandbox = pond();
    sandbox.write(
        "mine.json",
        r#"{"scope": "environment", "value": {"sqlRemote": {}}}"#,
    );
    let server = Server::start([Reply::new(200, r#"[{"code": 200, "objectId": "a"}]"#)]);
    let mut command = command(&sandbox, &server.url(), APPLY);
    let run = end(command.args(["--extension", "com.example.sql"]));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(
        server.lines(),
        ["POST /api/v2/extensions/com.example.sql/monitoringConfigurations"]
    );
    assert!(server.asked()[0].json().is_array());
}

#[test]
fn a_missing_right_names_its_scope() {
    let sandbox = pond();
    let server = Server::start([Reply::error(403, "Token is missing required scope")]);
    let run = run(&sandbox, &server.url(), APPLY);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("`extensionConfigurations.write`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_file_that_is_none_says_what_would_be_one() {
    for (text, told) in [
        ("", "mine.json is no JSON"),
        ("[]", "mine.json holds no configuration"),
        ("5", "mine.json holds no array"),
        (r#"{"pythonRemote": {}}"#, "mine.json is an activation"),
        ("[1]", "mine.json:1:2: [0] is no object"),
        (
            r#"[{"scope": "a"}]"#,
            "mine.json:1:2: [0] has no object `value`",
        ),
        (r#"[{"value": {}}]"#, "mine.json:1:2: [0] has no `scope`"),
        (
            r#"[{"value": {}, "scope": 5}]"#,
            "mine.json:1:25: [0] `scope` is no text",
        ),
        (
            r#"[{"value": {"a": "{{gone}}"}}]"#,
            "there is no secret `gone`",
        ),
    ] {
        let sandbox = pond();
        sandbox.write("mine.json", text);
        let run = run(&sandbox, "https://t.invalid", APPLY);
        assert_eq!(run.code, Some(2), "{text}");
        assert!(run.stderr.contains(told), "{text}: {}", run.stderr);
    }
    let sandbox = Sandbox::new();
    sandbox.write("mine.json", r#"[{"scope": "a", "value": {}, "skope": 1}]"#);
    let run = run(&sandbox, "https://t.invalid", APPLY);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("mine.json:1:39: [0] has a field `skope`"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--extension"), "{}", run.stderr);
}
