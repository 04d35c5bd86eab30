//! What it serves, takes and refuses.

use extyped_simulator::{Severity, Value};
use serde_json::json;

use crate::client::{Client, NOON, builder};

fn findings(simulator: &extyped_simulator::Simulator) -> Vec<String> {
    simulator
        .findings()
        .iter()
        .map(|finding| format!("{}: {}", finding.subject, finding.reason))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn it_serves_activation_manifest_and_feature_sets() {
    let simulator = builder()
        .activation(r#"{"pythonRemote": {"host": "h"}}"#)
        .extension_yaml("name: custom:x\n")
        .feature_set("default", ["a.b"])
        .feature_set("Pools", ["a.c", "a.d"])
        .cluster_diff(20)
        .build();
    let mut client = Client::of(&simulator).await;
    let activation = client.get("/userconfig/7").await;
    assert_eq!(activation.json(), json!({"pythonRemote": {"host": "h"}}));
    assert_eq!(client.get("/extconfig/7").await.body, "name: custom:x\n");
    assert_eq!(
        client.get("/extconfig/7?feature_sets_json").await.json(),
        json!({"default": ["a.b"], "Pools": ["a.c", "a.d"]})
    );
    assert_eq!(
        client.get("/timediffms").await.json(),
        json!({"clusterDiffMs": 20})
    );
    assert_eq!(simulator.totals().requests, 4);
    assert_eq!(simulator.totals().connections, 1);
    let of_connection: Vec<_> = simulator
        .requests()
        .iter()
        .map(|r| r.on_connection)
        .collect();
    assert_eq!(of_connection, [1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn its_path_may_be_longer() {
    let simulator = builder().path("/eec/v1/").build();
    assert_eq!(simulator.url("host:1"), "http://host:1/eec/v1");
    let mut client = Client::of(&simulator).await;
    assert_eq!(client.get("/eec/v1/userconfig/7").await.status, 200);
    assert_eq!(client.get("/userconfig/7").await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_is_answered_with_what_the_test_sets() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    simulator.set_heartbeat_answer("debugmode", "1");
    simulator.set_heartbeat_answer("runtime", json!({"debuglevel.http": "debug"}));
    let answer = client
        .post("/alive/7", r#"{"status": "WARNING", "message": "m"}"#)
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["debugmode"], "1");
    assert_eq!(
        answer.json()["runtime"],
        json!({"debuglevel.http": "debug"})
    );
    let status = simulator.status().expect("a heartbeat");
    assert_eq!(
        (status.status.as_str(), status.message.as_str()),
        ("WARNING", "m")
    );

    client
        .post("/alive/7", r#"{"status": "FINE", "message": ""}"#)
        .await;
    assert_eq!(simulator.totals().invalid, 1);
    assert!(findings(&simulator)[0].contains("`FINE` is no status"));
}

#[tokio::test(start_paused = true)]
async fn valid_lines_are_taken_and_the_others_are_named() {
    let simulator = builder().metrics(["a.gauge", "a.count"]).build();
    let mut client = Client::of(&simulator).await;
    let body = format!(
        "a.gauge,h=\"x\" gauge,1.5 {NOON}\na.gauge,h=\"y\" gauge,nan\na.count count,delta=2 {NOON}\n\
         a.more count,delta=1\na.more count,delta=1\na.count count,7 {NOON}"
    );
    let answer = client.post("/mint/7", &body).await;
    assert_eq!(answer.status, 400);
    let json = answer.json();
    assert_eq!(
        (&json["linesOk"], &json["linesInvalid"]),
        (&json!(5), &json!(1))
    );
    assert_eq!(json["error"]["invalidLines"][0]["line"], 2);
    assert_eq!(json["warnings"]["changedMetricKeys"][0]["line"], 4);

    assert_eq!(simulator.totals().lines, 5);
    assert_eq!(simulator.totals().invalid_lines, 1);
    let count = simulator.metric("a.count").expect("it came");
    assert_eq!((count.lines, count.delta_sum), (2, 2.0));
    assert_eq!(
        simulator.lines_of("a.gauge")[0].item.value,
        Value::Gauge(1.5)
    );
    assert_eq!(simulator.lines_of("a").len(), 0);
    // A remark is made once, however often it applies.
    let severities: Vec<_> = simulator.findings().iter().map(|f| f.severity).collect();
    assert_eq!(severities, [Severity::Invalid, Severity::Remark]);
    assert_eq!(
        findings(&simulator)[1],
        "a.more: it is stored as `a.more.count`"
    );
}

#[tokio::test(start_paused = true)]
async fn timestamps_are_judged_by_the_clock_of_the_cluster() {
    let simulator = builder().cluster_diff(7_200_000).build();
    let mut client = Client::of(&simulator).await;
    let answer = client.post("/mint/7", &format!("a.b 1 {NOON}")).await;
    assert_eq!(answer.json()["linesInvalid"], 1);
    simulator.set_cluster_diff(0);
    let answer = client.post("/mint/7", &format!("a.b 1 {NOON}")).await;
    assert_eq!((answer.status, &answer.json()["linesOk"]), (202, &json!(1)));
}

#[tokio::test(start_paused = true)]
async fn events_and_logs_are_taken_when_they_are_sound() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    let event = r#"{"eventType": "CUSTOM_INFO", "title": "t", "properties": {"a": "b"}}"#;
    assert_eq!(client.post("/events/7", event).await.status, 201);
    assert_eq!(
        client.post("/events/7", r#"{"title": "t"}"#).await.status,
        400
    );
    assert_eq!(
        client.post("/logs/7", r#"[{"content": "a"}]"#).await.status,
        204
    );
    assert_eq!(
        client
            .post("/sfmlogs/7", r#"[{"level": "INFO"}]"#)
            .await
            .status,
        204
    );
    assert_eq!(client.post("/logs/7", "not JSON").await.status, 400);
    let sfm = "dsfm:datasource.python.threads,dt.extension.config.id=\"c\" count,delta=4";
    assert_eq!(client.post("/sfm/7", sfm).await.status, 202);

    assert_eq!(simulator.events()[0].item["title"], "t");
    assert_eq!(simulator.logs()[0].item["content"], "a");
    assert_eq!(simulator.self_monitoring_logs().len(), 1);
    assert_eq!(simulator.self_monitoring_lines()[0].item, sfm);
    assert!(
        simulator
            .self_monitoring_metrics()
            .contains_key("dsfm:datasource.python.threads")
    );
    let told = findings(&simulator);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], "t: an event needs `eventType`");
    assert!(
        told[1].starts_with("not JSON: the body is not JSON"),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_custom_extension_may_send_no_self_monitoring_logs() {
    let simulator = builder().extension_name("custom:x").build();
    let mut client = Client::of(&simulator).await;
    assert_eq!(
        client
            .post("/sfmlogs/7", r#"[{"level": "INFO"}]"#)
            .await
            .status,
        403
    );
    assert_eq!(simulator.totals().invalid, 1);
}

#[tokio::test(start_paused = true)]
async fn the_delta_signal_is_refused_while_nothing_is_known_of_the_total() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    let signal = r#"{"metric_keys": ["a.count"], "filter_dimensions": {}}"#;
    let register = r#"{"a.count": {"aggregation_mode": "include_all"}}"#;
    assert_eq!(
        client.post("/countmetricregister/7", register).await.status,
        200
    );
    assert_eq!(
        client
            .post("/countmetricdeltasignal/7", signal)
            .await
            .status,
        404
    );
    client
        .post("/mint/7", &format!("a.count count,5 {NOON}"))
        .await;
    assert_eq!(
        client
            .post("/countmetricdeltasignal/7", signal)
            .await
            .status,
        200
    );
    assert!(simulator.registered_counts().contains_key("a.count"));
    assert_eq!(simulator.totals().invalid, 0, "{:?}", simulator.findings());
}

#[tokio::test(start_paused = true)]
async fn who_calls_wrongly_is_told_how() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    let mut stranger = Client::of(&simulator).await.with_token("guessed");
    for (answer, status, part) in [
        (client.get("/metrics/7").await, 404, "no call `/metrics/7`"),
        (
            client.get("/userconfig/8").await,
            404,
            "ends with the --dsid, `/7`, and not with `8`",
        ),
        (
            client.post("/userconfig/7", "").await,
            405,
            "userconfig is a GET, not a POST",
        ),
        (
            stranger.get("/userconfig/7").await,
            401,
            "content of the --idtoken file",
        ),
    ] {
        assert_eq!(answer.status, status);
        assert!(answer.body.contains(part), "{}", answer.body);
    }
    assert_eq!(simulator.totals().invalid, 4);
    assert!(!format!("{:?}", simulator.findings()).contains("guessed"));
}

#[tokio::test(start_paused = true)]
async fn a_request_has_its_limits() {
    let simulator = builder().memory(1_000_000).build();
    let mut client = Client::of(&simulator).await;
    let line = "a.b 1\n";
    let body = line.repeat(1_048_576 / line.len() + 1);
    assert_eq!(client.post("/mint/7", &body).await.status, 413);
    // Memory stays within its bound, and everything is counted all the same.
    let body = line.repeat(100_000);
    for _ in 0..3 {
        assert_eq!(client.post("/mint/7", &body).await.status, 202);
    }
    assert_eq!(simulator.totals().lines, 300_000);
    assert_eq!(simulator.metric("a.b").expect("it came").lines, 300_000);
    let kept = simulator.lines().len();
    assert!(kept < 100_000, "{kept}");
    assert!(simulator.totals().forgotten > 200_000);
}
