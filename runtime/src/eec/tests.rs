//! What goes over the wire, and what comes of the answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::client::Client;
use super::connect::Tcp;
use super::peer::{Peer, Reply};
use super::token::Token;
use crate::{Event, EventType, MetricBatch, Status, StatusCode};

const COUNTS: &str = r#"{"linesOk": 2, "linesInvalid": 0, "error": null, "warnings": null}"#;

#[tokio::test]
async fn every_request_names_host_token_and_agent() {
    let peer = Peer::answering(200, r#"{"clusterDiffMs": 20}"#);
    let difference = peer.client().time_difference().await;
    assert_eq!(difference, Ok(20));
    let received = &peer.received()[0];
    // The path of --url stays in front; the time difference is everybody's.
    assert_eq!(received.line, "GET /path/timediffms");
    let headers: Vec<_> = received.headers.iter().map(|(name, _)| name).collect();
    assert_eq!(
        headers,
        ["host", "accept-encoding", "authorization", "user-agent"]
    );
    assert_eq!(received.header("host"), Some("eec:1"));
    assert_eq!(
        received.header("authorization"),
        Some("Api-Token dt0e01.token")
    );
}

#[tokio::test]
async fn lines_are_joined_by_newlines_and_end_without_one() {
    let peer = Peer::answering(202, COUNTS);
    let batch = MetricBatch::of("a.b gauge,1\nc.d gauge,2\n");
    let client = peer.client();
    client.metrics(&batch).await.expect("taken");
    client.self_monitoring(&batch).await.expect("taken");
    for (received, line) in peer.received().iter().zip(["mint", "sfm"]) {
        assert_eq!(received.line, format!("POST /path/{line}/7"));
        assert_eq!(
            received.header("content-type"),
            Some("text/plain;charset=utf-8")
        );
        assert_eq!(received.header("content-length"), Some("23"));
        assert_eq!(received.header("eec-enrichment"), None);
        assert_eq!(received.body, "a.b gauge,1\nc.d gauge,2");
    }
}

#[tokio::test]
async fn log_events_are_an_array_with_the_wish_for_enrichment() {
    let peer = Peer::answering(204, "");
    let client = peer.client();
    let events = [serde_json::json!({"content": "ü \"x\""})];
    client.logs("/logs", &events, true).await.expect("taken");
    client
        .logs("/sfmlogs", &events, false)
        .await
        .expect("taken");
    for (received, (path, enrich)) in peer
        .received()
        .iter()
        .zip([("logs", "true"), ("sfmlogs", "false")])
    {
        assert_eq!(received.line, format!("POST /path/{path}/7"));
        assert_eq!(
            received.header("content-type"),
            Some("application/json;charset=utf-8")
        );
        assert_eq!(received.header("eec-enrichment"), Some(enrich));
        assert_eq!(received.body, r#"[{"content":"ü \"x\""}]"#);
    }
}

#[tokio::test]
async fn an_event_is_one_request() {
    let peer = Peer::answering(201, r#"{"reportCount": 1}"#);
    let event = Event::new(EventType::CustomInfo, "t").with_property("a", "b");
    peer.client().event(&event).await.expect("taken");
    let received = &peer.received()[0];
    assert_eq!(received.line, "POST /path/events/7");
    assert_eq!(
        received.body,
        r#"{"eventType":"CUSTOM_INFO","title":"t","properties":{"a":"b"}}"#
    );
}

#[tokio::test]
async fn a_heartbeat_is_a_status_or_the_empty_one() {
    let peer = Peer::answering(200, r#"{"extconfig": "b2520a74"}"#);
    let client = peer.client();
    let status = Status::new(StatusCode::DeviceConnectionError, "a\n\"b\"");
    let beat = client.alive(Some(&status)).await.expect("taken");
    assert_eq!(
        beat.map(|answer| answer.extension_configuration).as_deref(),
        Ok("b2520a74")
    );
    let _ = client.alive(None).await;
    let bodies: Vec<_> = peer.received().into_iter().map(|r| r.body).collect();
    assert_eq!(
        bodies,
        [
            r#"{"status":"DEVICE_CONNECTION_ERROR","message":"a\n\"b\""}"#,
            r#"{"status":"","message":""}"#
        ]
    );
}

#[tokio::test]
async fn an_answer_to_a_heartbeat_that_is_no_json_is_told_and_the_heartbeat_counts() {
    let peer = Peer::answering(200, "<html>busy</html>");
    let beat = peer.client().alive(None).await.expect("it arrived");
    assert_eq!(
        beat,
        Err("/alive answers 200 (<html>busy</html>): it is no JSON".to_owned())
    );
}

#[tokio::test]
async fn calls_that_follow_each_other_share_a_connection() {
    let peer = Peer::answering(202, COUNTS);
    let client = peer.client();
    let batch = MetricBatch::of("a.b gauge,1\n");
    for _ in 0..5 {
        client.metrics(&batch).await.expect("taken");
    }
    assert!(peer.received().iter().all(|r| r.connection == 1));
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_holds_no_other_call_back() {
    let peer = Peer::new(|received| {
        if received.line.contains("/mint/") {
            Reply::Slow(Duration::from_secs(8), 202, COUNTS.to_owned())
        } else {
            Reply::Text(200, "{}".to_owned())
        }
    });
    let client = peer.client();
    let batch = MetricBatch::of("a.b gauge,1\n");
    let began = Instant::now();
    let heartbeats = async {
        for _ in 0..5 {
            client.alive(None).await.expect("it arrived").expect("JSON");
        }
        began.elapsed()
    };
    let (sent, elapsed) = tokio::join!(client.metrics(&batch), heartbeats);
    sent.expect("taken in the end");
    assert_eq!(elapsed, Duration::ZERO);
    assert_eq!(began.elapsed(), Duration::from_secs(8));
}

#[tokio::test(start_paused = true)]
async fn a_call_has_a_deadline() {
    let peer = Peer::new(|_| Reply::Slow(Duration::from_hours(1), 200, "{}".to_owned()));
    let error = peer.client().alive(None).await.expect_err("too late");
    assert_eq!(
        error.message(),
        "POST http://eec:1/path/alive/7: no answer within 10 s"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_a_connection_error_that_comes_again() {
    let peer = Peer::new(|_| Reply::Drop);
    let batch = MetricBatch::of("a.b gauge,1\n");
    let error = peer.client().metrics(&batch).await.expect_err("dropped");
    assert_eq!(error.code(), StatusCode::EecConnectionError);
    assert_eq!(error.again, crate::sink::Again::Later);
}

#[tokio::test]
async fn with_401_the_token_is_read_again_and_the_call_repeated_once() {
    let peer = Peer::new(|received| {
        if received.header("authorization") == Some("Api-Token new") {
            Reply::Text(200, r#"{"clusterDiffMs": "-3"}"#.to_owned())
        } else {
            Reply::Text(401, String::new())
        }
    });
    let client = peer.client();
    assert!(client.time_difference().await.is_err());
    assert_eq!(
        peer.received().len(),
        1,
        "the same token is not tried again"
    );
    peer.renew_token("new\n");
    assert_eq!(client.time_difference().await, Ok(-3));
    assert_eq!(peer.received().len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_no_answer_to_the_question_is_told() {
    let peer = Peer::answering(200, "<html>");
    let client = peer.client();
    let difference = client.time_difference().await.expect_err("no number");
    assert_eq!(
        difference.message(),
        "/timediffms does not answer the time difference but `<html>`"
    );
    assert!(client.feature_sets().await.is_err());
}

#[tokio::test]
async fn feature_sets_and_configurations_are_read() {
    let peer = Peer::new(|received| {
        Reply::Text(
            200,
            match received.line.as_str() {
                "GET /path/userconfig/7" => "{}",
                "GET /path/extconfig/7" => "name: x",
                "GET /path/extconfig/7?feature_sets_json" => r#"{"extra": ["a.count"]}"#,
                other => panic!("{other}"),
            }
            .to_owned(),
        )
    });
    let client = peer.client();
    assert_eq!(client.user_configuration().await.as_deref(), Ok("{}"));
    assert_eq!(
        client.extension_configuration().await.as_deref(),
        Ok("name: x")
    );
    let sets = client.feature_sets().await.expect("feature sets");
    assert_eq!(sets["extra"], ["a.count"]);
}

#[test]
fn a_wrong_argument_is_named() {
    let peer = Peer::answering(200, "");
    let new = |url: &str, id: &str, token: &Path| {
        Client::new(Arc::new(Tcp), url, id, Token::of_file(token)?).map(drop)
    };
    let token = peer.token_file();
    assert_eq!(new("http://127.0.0.1:1/a/b", "7", &token), Ok(()));
    assert_eq!(new("http://[::1]:1", "7", &token), Ok(()));
    for (url, id, names) in [
        ("127.0.0.1:1", "7", "--url"),
        ("https://127.0.0.1:1", "7", "--url"),
        ("http://", "7", "--url"),
        ("http://h/?x", "7", "--url"),
        ("http://h", "a b", "--dsid"),
        ("http://h", "a?b", "--dsid"),
        ("http://h", "", "--dsid"),
    ] {
        let error = new(url, id, &token).expect_err(url);
        assert!(error.starts_with(names), "{url} {id}: {error}");
    }
    let error = new("http://h", "7", Path::new("no/such")).expect_err("no token");
    assert!(error.contains("--idtoken"), "{error}");
}
