//! What is sent, over which connections, and what is refused before.

use std::process::Command;

use extyped::{HttpClient, HttpOptions, PollErrorKind, SecretString};

use crate::server::{Server, Then};
use crate::{SECRET, check, client, options, secret};

#[tokio::test]
async fn a_request_carries_what_it_was_given() {
    let server = Server::answering("200 OK", "[]").await;
    let client =
        HttpClient::new(options().user_agent("custom:load-balancer/1.0.0")).expect("sound options");
    let _: Vec<u8> = client
        .put(server.url("/items?page=1"))
        .query("name", "a b&c")
        .header("X-Tenant", 7)
        .bearer(&format!(" {SECRET}\n").into())
        .json_body(&serde_json::json!({"on": true}))
        .json()
        .await
        .expect("an answer");
    let request = &server.requests()[0];
    for part in [
        "PUT /items?page=1&name=a+b%26c HTTP/1.1\r\n",
        "x-tenant: 7\r\n",
        "authorization: Bearer s3cr3t-t0ken\r\n",
        "content-type: application/json\r\n",
        "accept: application/json\r\n",
        "user-agent: custom:load-balancer/1.0.0\r\n",
        "\r\n\r\n{\"on\":true}",
    ] {
        assert!(request.contains(part), "`{part}` is missing from {request}");
    }
}

#[tokio::test]
async fn basic_authentication_is_taken_from_the_call_or_from_the_url() {
    let server = Server::answering("200 OK", "").await;
    let url = server.url("/");
    let calls = [
        client().get(&url).basic("monitor", &secret()),
        client().get(url.replace("//", "//monitor:s3cr3t-t0ken@")),
        client()
            .get(&url)
            .bearer(&secret())
            .basic("monitor", &secret()),
    ];
    for call in calls {
        assert!(!format!("{call:?}").contains(SECRET));
        call.text().await.expect("an answer");
    }
    for request in server.requests() {
        // base64 of `monitor:s3cr3t-t0ken`
        let expected = "authorization: Basic bW9uaXRvcjpzM2NyM3QtdDBrZW4=\r\n";
        assert!(request.contains(expected), "{request}");
        assert_eq!(request.matches("authorization").count(), 1, "{request}");
    }
}

#[tokio::test]
async fn any_status_can_be_looked_at() {
    let server = Server::answering("404 Not Found\r\nX-Hint: try /v2", "nothing here").await;
    let response = client()
        .get(server.url("/v1"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("x-hint"), Some("try /v2"));
    assert_eq!(response.text().await.expect("a body"), "nothing here");
}

#[tokio::test]
async fn polls_share_a_connection() {
    let server = Server::answering("200 OK", "ok").await;
    let client = client();
    for _ in 0..5 {
        client
            .clone()
            .get(server.url("/"))
            .text()
            .await
            .expect("an answer");
    }
    assert_eq!(server.requests().len(), 5);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_the_endpoint_closed_is_replaced() {
    let server = Server::raw(crate::server::answer("200 OK", "ok"), Then::Close).await;
    let client = client();
    for _ in 0..5 {
        client.get(server.url("/")).text().await.expect("an answer");
    }
}

#[tokio::test]
async fn a_url_that_is_none_is_refused_without_its_secrets() {
    for url in [
        "",
        "lb-1.example/health",
        "https://",
        "ftp://lb-1.example/",
        "https://monitor:s3cr3t-t0ken@:port/?key=s3cr3t-t0ken",
    ] {
        let error = client().get(url).text().await.expect_err("no URL");
        check(
            &error,
            PollErrorKind::Config,
            "INVALID_CONFIG_ERROR",
            false,
            &["is not a URL", "write it as https://host:port/path"],
        );
        assert!(!error.to_string().contains(SECRET), "{error}");
    }
}

#[tokio::test]
async fn an_empty_token_is_refused_before_anything_is_sent() {
    let server = Server::answering("200 OK", "").await;
    let empty = SecretString::from(" \n");
    let request = client().get(server.url("/")).bearer(&empty);
    let error = request.text().await.expect_err("no token");
    check(
        &error,
        PollErrorKind::Config,
        "INVALID_CONFIG_ERROR",
        false,
        &["the token for http://", "is empty", "fill it in"],
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_header_that_cannot_be_written_is_named_without_its_value() {
    let value = SecretString::from("s3cr3t-t0ken\r\nX-Forged: 1");
    let request = client()
        .get("http://lb-1.example/")
        .secret_header("x-key", &value);
    let error = request.text().await.expect_err("no header");
    check(
        &error,
        PollErrorKind::Config,
        "INVALID_CONFIG_ERROR",
        false,
        &["the header `x-key`", "line break"],
    );
    assert!(!error.to_string().contains(SECRET), "{error}");
}

#[test]
fn options_that_cannot_work_are_refused_without_their_secrets() {
    let cases = [
        (options().ca_pem("no PEM"), "holds no certificate"),
        (
            options().ca_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "cannot be built",
        ),
        (
            options().proxy("http://u:s3cr3t-t0ken@"),
            "URL of the proxy",
        ),
        (options().user_agent("a\nb"), "cannot be built"),
    ];
    for (options, part) in cases {
        assert!(!format!("{options:?}").contains(SECRET));
        let error = HttpClient::new(options).expect_err("no sound options");
        check(
            &error,
            PollErrorKind::Config,
            "INVALID_CONFIG_ERROR",
            false,
            &[part],
        );
        assert!(!error.to_string().contains(SECRET), "{error}");
    }
}

#[tokio::test]
async fn a_proxy_may_be_chosen() {
    let proxy = Server::answering("200 OK", "by proxy").await;
    let url = proxy.url("").replace("//", "//user:s3cr3t-t0ken@");
    let client = HttpClient::new(HttpOptions::new().proxy(url)).expect("sound options");
    assert!(!format!("{client:?}").contains(SECRET));
    let text = client.get("http://lb-1.example/health").text().await;
    assert_eq!(text.expect("an answer"), "by proxy");
    let request = &proxy.requests()[0];
    assert!(
        request.starts_with("GET http://lb-1.example/health HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("proxy-authorization: Basic "), "{request}");
}

/// Set in a process that runs one test again with another environment, which
/// a process cannot safely change for itself.
const INSIDE: &str = "EXTYPED_TEST_INSIDE";

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs the test of this name again, with these variables and without those of
/// proxies.
async fn run_inside(which: &str, variables: &[(&str, &str)]) {
    let mut inside = Command::new(std::env::current_exe().expect("this program"));
    inside.args(["--exact", which]).env(INSIDE, "1");
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "no_proxy",
        "NO_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        inside.env_remove(name);
    }
    inside.envs(variables.iter().copied());
    let ended = tokio::task::spawn_blocking(move || inside.output())
        .await
        .expect("no panic")
        .expect("a child process");
    let text = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{which} was renamed: {text}");
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used() {
    if is_inside() {
        let client = HttpClient::new(HttpOptions::new()).expect("sound options");
        let text = client.get("http://lb-1.example/health").text().await;
        assert_eq!(text.expect("an answer"), "by proxy");
        return;
    }
    let proxy = Server::answering("200 OK", "by proxy").await;
    run_inside(
        "requests::the_proxy_of_the_environment_is_used",
        &[("HTTP_PROXY", &proxy.url(""))],
    )
    .await;
    assert_eq!(proxy.requests().len(), 1);
}

/// As small containers are.
#[tokio::test]
async fn a_system_without_certificates_still_speaks_plain_http() {
    if is_inside() {
        let server = Server::answering("200 OK", "ok").await;
        let text = client().get(server.url("/")).text().await;
        assert_eq!(text.expect("an answer"), "ok");
        return;
    }
    let none = tempfile::NamedTempFile::new().expect("a temporary file");
    let path = none.path().to_str().expect("a path of text");
    run_inside(
        "requests::a_system_without_certificates_still_speaks_plain_http",
        &[("SSL_CERT_FILE", path), ("SSL_CERT_DIR", "")],
    )
    .await;
}
