//! Whom the client trusts.

use std::sync::Arc;
use std::time::Duration;

use extyped::{HttpClient, PollErrorKind};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::server::{Server, Then, answer};
use crate::{check, client, failure, options, secret};

/// A server over TLS, and the certificate of the CA that signed it.
struct Secure {
    server: Server,
    ca_pem: String,
}

impl Secure {
    /// A server whose certificate is valid for 127.0.0.1.
    async fn start() -> Self {
        Secure::with(|_| {}).await
    }

    /// A server whose certificate is made as `change` says.
    async fn with(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let ca_key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_pem = ca.self_signed(&ca_key).expect("a certificate").pem();

        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
        change(&mut params);
        let certificate = params
            .signed_by(&key, &Issuer::new(ca, ca_key))
            .expect("a certificate");

        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .expect("a matching key");
        let tls = TlsAcceptor::from(Arc::new(config));
        let respond = |_: &str| answer("200 OK", "safe");
        Secure {
            server: Server::with(respond, Then::Listen, Some(tls)).await,
            ca_pem,
        }
    }

    fn url(&self) -> String {
        format!("https://{}/health", self.server.address)
    }

    fn trusted_by(&self) -> HttpClient {
        HttpClient::new(options().ca_pem(self.ca_pem.as_str())).expect("sound options")
    }
}

#[tokio::test]
async fn a_certificate_of_an_unknown_ca_is_refused() {
    let secure = Secure::start().await;
    let error = failure(client().get(secure.url())).await;
    check(
        &error,
        PollErrorKind::Tls,
        "DEVICE_CONNECTION_ERROR",
        true,
        &["UnknownIssuer", "set the CA that signed it", &secure.url()],
    );
    assert!(secure.server.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_certificate_of_the_custom_ca_is_accepted() {
    let secure = Secure::start().await;
    let request = secure.trusted_by().get(secure.url()).bearer(&secret());
    assert_eq!(request.text().await.expect("an answer"), "safe");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let secure = Secure::with(|params| {
        params.subject_alt_names = CertificateParams::new(["lb-1.example".to_owned()])
            .expect("a name")
            .subject_alt_names;
    })
    .await;
    let error = failure(secure.trusted_by().get(secure.url())).await;
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
    let secure = Secure::with(|params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    })
    .await;
    let error = failure(secure.trusted_by().get(secure.url())).await;
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
    let secure = Secure::start().await;
    let client = HttpClient::new(options().verify_certificates(false)).expect("sound options");
    let text = client.get(secure.url()).text().await;
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
