//! Why there is no answer: names, connections, certificates, time.

use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::time::Duration;

use ureq::{Error, Timeout};

use super::endpoints::Tenant;
use crate::failure::Failure;

/// What a request failed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It never left: another try does no harm.
    Unreached,
    /// It may have arrived.
    CutOff,
    /// Another try would end the same.
    Lasting,
}

pub(super) fn kind(error: &Error) -> Kind {
    match error {
        Error::ConnectionFailed | Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Kind::Unreached
        }
        Error::Io(error) if certificate(error).is_some() => Kind::Lasting,
        Error::Io(error) => kind_of(error),
        _ => Kind::Lasting,
    }
}

/// What TLS says, wherever in the error it is.
fn certificate(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// The error for the person who has to act.
pub(super) fn failure(
    error: &Error,
    tenant: &Tenant,
    timeout: Duration,
    is_proxied: bool,
) -> Failure {
    let host = tenant.host();
    let proxy = if is_proxied {
        "it is asked through a proxy, as HTTPS_PROXY or ALL_PROXY says"
    } else {
        "if it is reached through a proxy, set HTTPS_PROXY"
    };
    match error {
        Error::HostNotFound => nameless(host, is_proxied, proxy),
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Failure::new(format!("{host} cannot be reached: no connection in time")).help(format!(
                "check the URL of the tenant, and the network; {proxy}"
            ))
        }
        Error::Timeout(_) => Failure::new(format!(
            "{host} has not answered within {}",
            humantime::format_duration(timeout)
        ))
        .help("give it longer with --timeout, `--timeout 5m`"),
        Error::ConnectProxyFailed(reason) if reason.contains("407") => Failure::new(
            "the proxy asks for a user and password",
        )
        .help(
            "write them into the address of the proxy: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
        ),
        Error::ConnectProxyFailed(reason) => {
            Failure::new(format!("the proxy does not connect to {host}: {reason}"))
                .help("NO_PROXY names hosts that are reached without it")
        }
        Error::Rustls(error) => tls(host, error),
        Error::Io(error) => match certificate(error) {
            Some(error) => tls(host, error),
            // The kind of error is not told apart by the standard library.
            None if error.to_string().contains("failed to lookup address") => {
                nameless(host, is_proxied, proxy)
            }
            None => io_failure(host, error, proxy),
        },
        Error::ConnectionFailed => Failure::new(format!("{host} cannot be reached: no connection"))
            .help(format!("check the URL of the tenant; {proxy}")),
        Error::BodyExceedsLimit(limit) => Failure::new(format!(
            "{host} answers with more than {} MB, which no tenant does",
            limit / 1_000_000
        ))
        .help("check the URL of the tenant"),
        error => {
            let cause = error.source().map(|cause| format!(" ({cause})"));
            let cause = cause.unwrap_or_default();
            Failure::new(format!("{host} cannot be asked: {error}{cause}"))
                .help(format!("check the URL of the tenant; {proxy}"))
        }
    }
}

fn nameless(host: &str, is_proxied: bool, proxy: &str) -> Failure {
    let which = if is_proxied { "the proxy or " } else { "" };
    Failure::new(format!("no address is found for {which}{host}"))
        .help(format!("check the URL of the tenant; {proxy}"))
}

fn io_failure(host: &str, error: &io::Error, proxy: &str) -> Failure {
    let is_cut_off = kind_of(error) == Kind::CutOff;
    let reason = match error.kind() {
        ErrorKind::ConnectionRefused => "it refuses the connection".to_owned(),
        _ if is_cut_off => "the connection was cut off".to_owned(),
        _ => error.to_string(),
    };
    let help = if is_cut_off {
        "whether the request arrived is not known; look at the tenant before you try again"
            .to_owned()
    } else {
        format!("check the URL of the tenant; {proxy}")
    };
    Failure::new(format!("{host} cannot be asked: {reason}")).help(help)
}

/// What became of a request, by what the system says of the connection.
fn kind_of(error: &io::Error) -> Kind {
    match error.kind() {
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown => Kind::Unreached,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Kind::CutOff,
        _ => Kind::Lasting,
    }
}

fn tls(host: &str, error: &rustls::Error) -> Failure {
    let help = match error {
        rustls::Error::InvalidCertificate(_) => {
            "if the certificate is one of your own, name the root it was signed with: --ca FILE, \
             or SSL_CERT_FILE; a proxy that looks into TLS needs the same"
        }
        _ => "is there TLS at this host and port? check the URL of the tenant",
    };
    Failure::new(format!("{host} cannot be trusted: {error}")).help(help)
}
