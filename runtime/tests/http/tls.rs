//! Whom the client trusts.

use std::time::Duration;

use extyped::{HttpClient, PollErrorKind};
use rcgen::{CertificateParams, date_time_ymd};

use crate::secure::Secure;
use crate::server::{Server, Then, answer};
use crate::{check, client, failure, options, secret};

async fn start() -> Secure {
    with(|_| {}).await
}

async fn with(change: impl FnOnce(&mut CertificateParams)) -> Secure {
    Secure::with(answer("200 OK", "safe"), change).await
}

fn url(secure: &Secure) -> String {
    format!("https://{}/health", secure.server.address)
}

fn trusting(secure: &Secure) -> HttpClient {
    HttpClient::new(options().ca_pem(secure.ca_pem.as_str())).expect("sound options")
}

#[tokio::test]
async fn a_certificate_of_an_unknown_ca_is_refused() {
    let secure = start().await;
    let error = failure(client().get(url(&secure))).await;
    check(
        &error,
        PollErrorKind::Tls,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["UnknownIssuer", "set the CA that signed it", &url(&secure)],
    );
    assert!(secure.server.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_certificate_of_the_custom_ca_is_accepted() {
    let secure = start().await;
    let request = trusting(&secure).get(url(&secure)).bearer(&secret());
    assert_eq!(request.text().await.expect("an answer"), "safe");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let secure = with(|params| {
        params.subject_alt_names = CertificateParams::new(["lb-1.example".to_owned()])
            .expect("a name")
            .subject_alt_names;
    })
    .await;
    let error = failure(trusting(&secure).get(url(&secure))).await;
    check(
        &error,
        PollErrorKind::Tls,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["lb-1.example", "made out to another name"],
    );
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let secure = with(|params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    })
    .await;
    let error = failure(trusting(&secure).get(url(&secure))).await;
    check(
        &error,
        PollErrorKind::Tls,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["has expired; renew it"],
    );
}

#[tokio::test]
async fn checking_certificates_can_be_switched_off() {
    let secure = start().await;
    let client = HttpClient::new(options().verify_certificates(false)).expect("sound options");
    let text = client.get(url(&secure)).text().await;
    assert_eq!(text.expect("an answer"), "safe");
}

#[tokio::test]
async fn a_handshake_that_hangs_ends_at_the_connect_timeout() {
    let server = Server::raw("", Then::Hang).await;
    let options = options().connect_timeout(Duration::from_millis(200));
    let client = HttpClient::new(options).expect("sound options");
    let error = failure(client.get(server.url("/").replace("http", "https"))).await;
    check(
        &error,
        PollErrorKind::Timeout,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["no connection", "within 200 ms", "firewalls"],
    );
}

#[tokio::test]
async fn a_port_that_speaks_plain_http_is_called_one() {
    let server = Server::raw("HTTP/1.1 400 Bad Request\r\n\r\n", Then::Close).await;
    let error = failure(client().get(server.url("/").replace("http", "https"))).await;
    check(
        &error,
        PollErrorKind::Tls,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["does not speak TLS", "http:// instead of https://"],
    );
}
