//! One test for each way a poll can end, with what the operator reads.

use std::time::Duration;

use extyped::{HttpClient, PollErrorKind};

use crate::server::{Server, Then, closed_port};
use crate::{Health, Node, check, client, failure, impatient, options, secret};

#[tokio::test]
async fn a_success_is_parsed() {
    let server = Server::answering("200 OK", r#"{"nodes":[{"name":"n1","cpu":1.5}]}"#).await;
    let health: Health = client()
        .get(server.url("/health"))
        .bearer(&secret())
        .json()
        .await
        .expect("a sound answer");
    let node = Node {
        name: "n1".to_owned(),
        cpu: 1.5,
    };
    assert_eq!(health.nodes, [node]);
}

#[tokio::test]
async fn unauthorized_says_to_check_the_token() {
    let server = Server::answering("401 Unauthorized", r#"{"error":"s3cr3t-t0ken"}"#).await;
    let error = failure(client().get(server.url("/health"))).await;
    let place = format!("GET {}?key=…", server.url("/health"));
    check(
        &error,
        PollErrorKind::Unauthorized,
        "AUTHENTICATION_ERROR",
        true,
        &["401 Unauthorized from ", &place, "check the token"],
    );
    assert_eq!(error.http_status(), Some(401));
    assert_eq!(error.endpoint(), place.strip_prefix("GET "));
}

#[tokio::test]
async fn unauthorized_without_credentials_says_that_none_were_sent() {
    let server = Server::answering("401 Unauthorized", "").await;
    let error = client().get(server.url("/")).text().await.expect_err("401");
    check(
        &error,
        PollErrorKind::Unauthorized,
        "AUTHENTICATION_ERROR",
        true,
        &["none were sent"],
    );
}

#[tokio::test]
async fn forbidden_says_that_the_token_lacks_permission() {
    let server = Server::answering("403 Forbidden", "").await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Forbidden,
        "AUTHENTICATION_ERROR",
        true,
        &["403 Forbidden", "token lacks permission"],
    );
}

#[tokio::test]
async fn not_found_says_that_the_url_is_wrong() {
    let server = Server::answering("404 Not Found", "").await;
    let error = failure(client().get(server.url("/helth"))).await;
    check(
        &error,
        PollErrorKind::NotFound,
        "INVALID_CONFIG_ERROR",
        false,
        &["404 Not Found", "/helth", "wrong endpoint URL"],
    );
}

#[tokio::test]
async fn a_rate_limit_is_a_warning_that_says_how_long_to_wait() {
    let server = Server::answering("429 Too Many Requests\r\nRetry-After: 120", "").await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::RateLimited,
        "WARNING",
        false,
        &["429 Too Many Requests", "asks to wait 2 min"],
    );
    assert_eq!(error.retry_after(), Some(Duration::from_mins(2)));
}

#[tokio::test]
async fn a_rate_limit_may_give_a_date() {
    let head = "429 Too Many Requests\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                Retry-After: Sun, 06 Nov 1994 08:50:07 GMT";
    let server = Server::answering(head, "").await;
    let error = failure(client().get(server.url("/health"))).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn a_rate_limit_without_a_sound_wait_has_none() {
    let server = Server::answering("429 Too Many Requests\r\nRetry-After: later", "").await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::RateLimited,
        "WARNING",
        false,
        &["poll it less often"],
    );
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn a_server_error_raises_an_event_and_may_ask_to_wait() {
    let server = Server::answering("503 Service Unavailable\r\nRetry-After: 7", "").await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Server,
        "DEVICE_CONNECTION_ERROR",
        true,
        &[
            "503 Service Unavailable",
            "next cycle tries again",
            "wait 7 s",
        ],
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn any_other_status_is_named() {
    for head in [
        "418 I'm a teapot",
        "304 Not Modified",
        "407 Proxy Authentication Required",
    ] {
        let server = Server::answering(head, "").await;
        let error = failure(client().get(server.url("/health"))).await;
        check(
            &error,
            PollErrorKind::UnexpectedStatus,
            "DEVICE_CONNECTION_ERROR",
            true,
            &[head],
        );
    }
}

#[tokio::test]
async fn a_refused_connection_says_to_check_host_and_port() {
    let address = closed_port().await;
    let error = failure(client().get(format!("http://{address}/health"))).await;
    check(
        &error,
        PollErrorKind::Connect,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["refused", "check host and port", &address.to_string()],
    );
}

#[tokio::test]
async fn a_connection_closed_or_reset_before_the_answer_was_lost() {
    for then in [Then::Close, Then::Reset] {
        let server = Server::raw("", then).await;
        let error = failure(client().get(server.url("/health"))).await;
        check(
            &error,
            PollErrorKind::Connect,
            "DEVICE_CONNECTION_ERROR",
            true,
            &["was lost before an answer came"],
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_no_answer() {
    let server = Server::raw("220 mail.example ESMTP\r\n", Then::Close).await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Connect,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["check that an HTTP service runs"],
    );
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_named() {
    let error = failure(client().get("http://lb-1.invalid/health")).await;
    check(
        &error,
        PollErrorKind::Dns,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["`lb-1.invalid` does not resolve", "DNS"],
    );
}

#[tokio::test]
async fn a_hang_before_the_answer_ends_at_the_deadline() {
    let server = Server::raw("", Then::Hang).await;
    let error = failure(impatient().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Timeout,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["no answer from GET", "within 200 ms", "hangs"],
    );
}

#[tokio::test]
async fn a_hang_within_the_body_ends_at_the_same_deadline() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"nodes\":";
    let server = Server::raw(head, Then::Hang).await;
    let error = failure(impatient().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Timeout,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["not complete within 200 ms", "after 9 bytes"],
    );
}

#[tokio::test]
async fn a_request_may_have_a_deadline_of_its_own() {
    let server = Server::raw("", Then::Hang).await;
    let request = client()
        .get(server.url("/"))
        .deadline(Duration::from_millis(100));
    let error = failure(request).await;
    check(
        &error,
        PollErrorKind::Timeout,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["within 100 ms"],
    );
}

#[tokio::test]
async fn a_body_cut_short_is_no_answer() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"nodes\":[]}";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nC\r\n{\"nodes\":[]}\r\n";
    for answer in [cut, chunked] {
        let server = Server::raw(answer, Then::Close).await;
        let error = failure(client().get(server.url("/health"))).await;
        check(
            &error,
            PollErrorKind::Body,
            "DEVICE_CONNECTION_ERROR",
            true,
            &["broke off after 12 bytes"],
        );
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_announced_or_not() {
    let body = " ".repeat(1001);
    let announced = format!("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{body}");
    let chunked =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n{body}\r\n0\r\n\r\n");
    let until_the_end = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}");
    let client = HttpClient::new(options().body_limit(1000)).expect("sound options");
    for answer in [announced, chunked, until_the_end] {
        let server = Server::raw(answer, Then::Close).await;
        let error = failure(client.get(server.url("/health"))).await;
        check(
            &error,
            PollErrorKind::Body,
            "DEVICE_CONNECTION_ERROR",
            true,
            &["larger than 1000 bytes"],
        );
    }
}

#[tokio::test]
async fn a_body_as_large_as_the_limit_is_read() {
    let client = HttpClient::new(options().body_limit(1000)).expect("sound options");
    let server = Server::answering("200 OK", &"x".repeat(1000)).await;
    let body = client.get(server.url("/")).bytes().await.expect("a body");
    assert_eq!(body.len(), 1000);
}

#[tokio::test]
async fn a_body_that_is_not_text_says_where() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab\xFF";
    let server = Server::raw(*answer, Then::Listen).await;
    let error = client()
        .get(server.url("/"))
        .text()
        .await
        .expect_err("no text");
    check(
        &error,
        PollErrorKind::Body,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["not UTF-8", "byte at 2"],
    );
}

#[tokio::test]
async fn malformed_json_is_named_by_the_path_it_broke_at() {
    let body = r#"{"nodes":[{"name":"s3cr3t-t0ken","cpu":}]}"#;
    let server = Server::answering("200 OK", body).await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Json,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["not valid JSON at `nodes[0].cpu`", "column 40", "/health"],
    );
}

#[tokio::test]
async fn a_wrong_type_is_named_by_its_path() {
    let body = r#"{"nodes":[{"name":"n1","cpu":"s3cr3t-t0ken"}]}"#;
    let server = Server::answering("200 OK", body).await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Json,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["`nodes[0].cpu`", "expected f64", "version of the endpoint"],
    );
}

#[tokio::test]
async fn a_secret_that_the_endpoint_repeats_is_masked() {
    // As the name of a key, where a path would quote it.
    let server = Server::answering("200 OK", r#"{"s3cr3t-t0ken":1}"#).await;
    let error = client()
        .get(server.url("/s3cr3t-t0ken"))
        .bearer(&secret())
        .json::<std::collections::HashMap<String, bool>>()
        .await
        .expect_err("no boolean");
    check(
        &error,
        PollErrorKind::Json,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["/***", "`***`"],
    );
    let shown = format!("{error:?} {:?}", error.endpoint());
    assert!(!shown.contains("s3cr3t"), "{shown}");
}
