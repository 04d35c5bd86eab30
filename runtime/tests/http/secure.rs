//! A server with a certificate of its own CA.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::server::{Server, Then};

/// A server over TLS, and the certificate of the CA that signed it.
pub(crate) struct Secure {
    pub(crate) server: Server,
    pub(crate) ca_pem: String,
}

impl Secure {
    /// A server that gives this answer, with a certificate that is valid for
    /// 127.0.0.1.
    pub(crate) async fn answering(answer: Vec<u8>) -> Self {
        Secure::with(answer, |_| {}).await
    }

    /// A server whose certificate is made as `change` says.
    pub(crate) async fn with(answer: Vec<u8>, change: impl FnOnce(&mut CertificateParams)) -> Self {
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
        let respond = move |_: &str| answer.clone();
        Secure {
            server: Server::with(respond, Then::Listen, Some(tls)).await,
            ca_pem,
        }
    }
}
