//! Whom we believe to be the tenant.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::server::{ForwardProxy, Reply, Server};
use super::{command, end, project, run};

const TAKEN: &str = r#"{"extensionName": "custom:pond", "version": "1.2.3"}"#;

/// A certificate for `name`, and that of the CA that signed it.
fn certificate(name: &str) -> (Arc<ServerConfig>, String) {
    let ca_key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).expect("a certificate").pem();
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([name.to_owned()]).expect("a name");
    let signed = params.signed_by(&key, &Issuer::new(ca, ca_key));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![signed.expect("a certificate").der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        );
    (Arc::new(config.expect("a matching key")), ca_pem)
}

#[test]
fn a_ca_of_ones_own_is_named_by_a_file_or_the_environment() {
    let sandbox = project();
    let (config, ca) = certificate("127.0.0.1");
    sandbox.write("ca.pem", &ca);
    let server = Server::start_tls([Reply::new(201, TAKEN), Reply::new(201, TAKEN)], config);
    let by_file = run(&sandbox, &server.url(), &["upload", "--ca", "ca.pem"]);
    assert_eq!(
        by_file.code,
        Some(0),
        "{}{}",
        by_file.stdout,
        by_file.stderr
    );
    let mut command = command(&sandbox, &server.url(), &["upload"]);
    let by_environment = end(command.env("SSL_CERT_FILE", sandbox.path("ca.pem")));
    assert_eq!(by_environment.code, Some(0), "{}", by_environment.stderr);
}

#[test]
fn who_cannot_be_trusted_gets_no_token() {
    let (config, ca) = certificate("127.0.0.1");
    let (other_name, other_ca) = certificate("tenant.example");
    for (config, ca, told) in [
        (config, other_ca.clone(), "invalid peer certificate"),
        (other_name, other_ca, "not valid for"),
    ] {
        let sandbox = project();
        sandbox.write("ca.pem", &ca);
        let server = Server::start_tls([Reply::new(201, TAKEN)], config);
        let run = run(&sandbox, &server.url(), &["upload", "--ca", "ca.pem"]);
        assert_eq!(run.code, Some(2));
        assert!(
            run.stderr.contains("127.0.0.1 cannot be trusted"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains(told), "{}", run.stderr);
        assert!(run.stderr.contains("--ca FILE"), "{}", run.stderr);
        assert!(server.asked().is_empty());
    }
    let sandbox = project();
    sandbox.write("ca.pem", &ca);
    let plain = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", plain.local_addr().expect("its address"));
    thread::spawn(move || {
        for mut stream in plain.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    let run = run(&sandbox, &url, &["upload", "--ca", "ca.pem"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("is there TLS at this host and port?"),
        "{}",
        run.stderr
    );
}

#[test]
fn tls_goes_through_a_proxy_from_end_to_end() {
    let sandbox = project();
    let (config, ca) = certificate("tenant.example");
    sandbox.write("ca.pem", &ca);
    let server = Server::start_tls([Reply::new(201, TAKEN)], config);
    let proxy = ForwardProxy::to(&server);
    let mut command = command(
        &sandbox,
        "https://tenant.example",
        &["upload", "--ca", "ca.pem"],
    );
    // That of the other scheme is not for us.
    command.env("HTTP_PROXY", "http://127.0.0.1:9");
    let run = end(command.env("HTTPS_PROXY", proxy.url()));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(proxy.asked()[0].line, "CONNECT tenant.example:443");
    assert_eq!(server.lines(), ["POST /api/v2/extensions"]);
}

#[test]
fn a_file_without_certificates_is_none() {
    let sandbox = project();
    sandbox.write("ca.pem", "hello\n");
    for (file, told) in [
        ("ca.pem", "ca.pem holds no certificate"),
        ("gone.pem", "gone.pem cannot be read"),
    ] {
        let run = run(&sandbox, "https://t.invalid", &["upload", "--ca", file]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
}

#[test]
fn the_token_is_not_sent_over_a_network_in_the_clear() {
    let sandbox = project();
    let run = run(&sandbox, "http://abc.live.dynatrace.com", &["upload"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("show the token to the network"),
        "{}",
        run.stderr
    );
}
