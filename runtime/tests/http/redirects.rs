//! Where a request goes when it is sent elsewhere.

use extyped::{HttpClient, PollErrorKind};

use crate::server::{Server, Then, answer};
use crate::{check, client, failure, options, secret};

#[tokio::test]
async fn a_redirect_within_the_endpoint_keeps_the_credentials() {
    let respond = |request: &str| {
        if request.starts_with("GET /old") {
            answer("301 Moved Permanently\r\nLocation: /new", "")
        } else {
            answer("200 OK", "moved")
        }
    };
    let server = Server::with(respond, Then::Listen, None).await;
    let text = client()
        .get(server.url("/old"))
        .bearer(&secret())
        .text()
        .await
        .expect("the new place");
    assert_eq!(text, "moved");
    assert!(server.requests()[1].contains("authorization: Bearer s3cr3t-t0ken"));
}

#[tokio::test]
async fn credentials_do_not_follow_to_another_host() {
    let elsewhere = Server::answering("200 OK", "{}").await;
    let target = elsewhere.url("/health");
    let location = format!("302 Found\r\nLocation: {target}");
    let server = Server::answering(&location, "").await;
    let error = failure(client().get(server.url("/health"))).await;
    check(
        &error,
        PollErrorKind::Redirect,
        "INVALID_CONFIG_ERROR",
        false,
        &[
            "302 from GET",
            &target,
            "credentials",
            "make it the endpoint URL",
        ],
    );
    assert!(elsewhere.requests().is_empty(), "nothing was sent there");
}

#[tokio::test]
async fn any_header_of_the_author_counts_as_a_credential() {
    let elsewhere = Server::answering("200 OK", "").await;
    let location = format!("307 Temporary Redirect\r\nLocation: {}", elsewhere.url("/"));
    let server = Server::answering(&location, "").await;
    let request = client().get(server.url("/")).header("x-key", "abc");
    let error = request.text().await.expect_err("a redirect elsewhere");
    assert_eq!(error.kind(), PollErrorKind::Redirect);
    assert!(elsewhere.requests().is_empty(), "nothing was sent there");
}

#[tokio::test]
async fn a_request_without_credentials_is_redirected_anywhere() {
    let elsewhere = Server::answering("200 OK", "public").await;
    let location = format!("302 Found\r\nLocation: {}", elsewhere.url("/"));
    let server = Server::answering(&location, "").await;
    let text = client()
        .get(server.url("/"))
        .text()
        .await
        .expect("the text");
    assert_eq!(text, "public");
}

#[tokio::test]
async fn a_redirect_in_a_circle_ends() {
    let server = Server::answering("302 Found\r\nLocation: /again", "").await;
    let client = HttpClient::new(options().redirects(3)).expect("sound options");
    let error = failure(client.get(server.url("/"))).await;
    check(
        &error,
        PollErrorKind::Redirect,
        "INVALID_CONFIG_ERROR",
        false,
        &["without end", "after 3 redirects", "/again"],
    );
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_redirect_to_what_is_no_url_is_named() {
    for location in ["http://", "ftp://files.example/"] {
        let head = format!("302 Found\r\nLocation: {location}");
        let server = Server::answering(&head, "").await;
        let error = failure(client().get(server.url("/"))).await;
        check(
            &error,
            PollErrorKind::Redirect,
            "INVALID_CONFIG_ERROR",
            false,
            &["check the endpoint URL"],
        );
    }
}

#[tokio::test]
async fn a_post_that_is_seen_elsewhere_becomes_a_get() {
    let respond = |request: &str| {
        if request.starts_with("POST ") {
            answer("303 See Other\r\nLocation: /result", "")
        } else {
            answer("200 OK", "done")
        }
    };
    let server = Server::with(respond, Then::Listen, None).await;
    let request = client().post(server.url("/query")).json_body(&["a"]);
    assert_eq!(request.text().await.expect("the result"), "done");
    let requests = server.requests();
    assert!(requests[0].ends_with(r#"["a"]"#), "{}", requests[0]);
    assert!(requests[1].starts_with("GET /result "), "{}", requests[1]);
    assert!(!requests[1].contains("content-type"), "{}", requests[1]);
}

#[tokio::test]
async fn a_post_that_is_redirected_for_now_is_sent_again_whole() {
    let respond = |request: &str| {
        if request.starts_with("POST /query") {
            answer("307 Temporary Redirect\r\nLocation: /elsewhere", "")
        } else {
            answer("200 OK", "done")
        }
    };
    let server = Server::with(respond, Then::Listen, None).await;
    let request = client().post(server.url("/query")).json_body(&["a"]);
    assert_eq!(request.text().await.expect("the result"), "done");
    let requests = server.requests();
    assert!(
        requests[1].starts_with("POST /elsewhere "),
        "{}",
        requests[1]
    );
    assert!(requests[1].ends_with(r#"["a"]"#), "{}", requests[1]);
}
