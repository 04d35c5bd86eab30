//! The sentences for everything that goes wrong between a request and a
//! readable answer.

use std::error::Error;
use std::fmt;
use std::io;

use reqwest::{Response, StatusCode};
use rustls::CertificateError;

use super::call::Call;
use super::error::chain;
use super::{PollError, PollErrorKind, retry_after};
use crate::text;

/// The answer has a status that is no success.
pub(super) fn status(call: &Call, response: &Response) -> PollError {
    let status = response.status();
    let wait = retry_after::retry_after(response.headers(), std::time::SystemTime::now());
    let asks = wait.map_or(String::new(), |wait| {
        format!("; it asks to wait {}", text::duration(wait))
    });
    let (kind, advice) = match status {
        StatusCode::UNAUTHORIZED if call.authenticated => (
            PollErrorKind::Unauthorized,
            "the endpoint does not accept the credentials; check the token or password, which may be \
             wrong, expired or revoked"
                .to_owned(),
        ),
        StatusCode::UNAUTHORIZED => (
            PollErrorKind::Unauthorized,
            "the endpoint wants credentials and none were sent; check that a token is configured"
                .to_owned(),
        ),
        StatusCode::FORBIDDEN => (
            PollErrorKind::Forbidden,
            "the token lacks permission; grant it read access to this path".to_owned(),
        ),
        StatusCode::NOT_FOUND => (
            PollErrorKind::NotFound,
            "wrong endpoint URL; check host, port and path".to_owned(),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            PollErrorKind::RateLimited,
            format!("the endpoint limits the rate; poll it less often{asks}"),
        ),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => (
            PollErrorKind::UnexpectedStatus,
            "the proxy wants credentials; put them into the URL of the proxy".to_owned(),
        ),
        status if status.is_server_error() => (
            PollErrorKind::Server,
            format!(
                "the endpoint fails on its side; look at its logs, the next cycle tries \
                 again{asks}"
            ),
        ),
        status if status.is_redirection() => (
            PollErrorKind::UnexpectedStatus,
            "an answer without content; check the endpoint URL".to_owned(),
        ),
        _ => (
            PollErrorKind::UnexpectedStatus,
            "the endpoint does not accept the request; check that this version of the endpoint \
             is supported"
                .to_owned(),
        ),
    };
    let error = call
        .error(kind, format!("{} from {call}: {advice}", Named(status)))
        .with_http_status(status.as_u16());
    match wait {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// The deadline passed before the head of the answer came.
pub(super) fn no_answer(call: &Call) -> PollError {
    call.error(
        PollErrorKind::Timeout,
        format!(
            "no answer from {call} within {}: the endpoint hangs or is overloaded; check it, or \
             raise the deadline",
            text::duration(call.allowed)
        ),
    )
}

/// The deadline passed in the middle of the body.
pub(super) fn no_end(call: &Call, read: usize) -> PollError {
    call.error(
        PollErrorKind::Timeout,
        format!(
            "the answer from {call} was not complete within {}: it stopped after {read} bytes \
             of the body; check the endpoint, or raise the deadline",
            text::duration(call.allowed)
        ),
    )
}

/// The body ended before its end.
pub(super) fn broken_body(call: &Call, read: usize, error: &reqwest::Error) -> PollError {
    call.error(
        PollErrorKind::Body,
        format!(
            "the answer from {call} broke off after {read} bytes of the body ({}): check the \
             endpoint and what lies between, such as a proxy",
            chain(error)
        ),
    )
}

/// There are more bytes than anybody should send to a monitoring client.
pub(super) fn large_body(call: &Call) -> PollError {
    call.error(
        PollErrorKind::Body,
        format!(
            "the answer from {call} is larger than {}: ask for less, or raise the limit of \
             the client",
            text::size(call.body_limit)
        ),
    )
}

/// The body is binary.
pub(super) fn not_text(call: &Call, position: usize) -> PollError {
    call.error(
        PollErrorKind::Body,
        format!(
            "the answer from {call} is not UTF-8 text: the byte at {position} does not belong; \
             check the endpoint URL"
        ),
    )
}

/// No answer came at all.
pub(super) fn request(call: &Call, error: &reqwest::Error) -> PollError {
    if let Some(tls) = find::<rustls::Error>(error) {
        return untrusted(call, tls);
    }
    if error.is_dns() {
        return call.error(
            PollErrorKind::Dns,
            format!(
                "the host name `{}` does not resolve ({}): check its spelling and the DNS of this \
                 machine",
                call.host(),
                root(error)
            ),
        );
    }
    if error.is_connect() && error.is_timeout() {
        return call.error(
            PollErrorKind::Timeout,
            format!(
                "no connection for {call} within {}: check host and port, firewalls between, and \
                 whether the service hangs",
                text::duration(call.connect_timeout)
            ),
        );
    }
    if error.is_connect() {
        let refused = find::<io::Error>(error)
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
        let advice = if refused {
            "check host and port, and that the service runs"
        } else {
            "check host and port, the proxy if one is set, and firewalls between"
        };
        return call.error(
            PollErrorKind::Connect,
            format!("no connection for {call} ({}): {advice}", root(error)),
        );
    }
    call.error(
        PollErrorKind::Connect,
        format!(
            "the connection for {call} was lost before an answer came ({}): check that an HTTP \
             service runs at that port",
            root(error)
        ),
    )
}

fn untrusted(call: &Call, error: &rustls::Error) -> PollError {
    let advice = match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "it is signed by nobody this machine trusts; set the CA that signed it"
        }
        rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => "it has expired; renew it",
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "it is made out to another name; use that name in the endpoint URL",
        rustls::Error::InvalidCertificate(_) => "check the certificate of the endpoint",
        rustls::Error::InvalidMessage(_) => {
            "what answers does not speak TLS; check the port, or write http:// instead of https://"
        }
        _ => "check the TLS settings of the endpoint",
    };
    call.error(
        PollErrorKind::Tls,
        format!("no trusted connection for {call} ({error}): {advice}"),
    )
}

/// The causes of an error, the error first. What an `io::Error` wraps counts
/// as its cause: `source` skips it.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>() {
            Some(io) => io
                .get_ref()
                .map(|inner| -> &(dyn Error + 'static) { inner }),
            None => error.source(),
        }
    })
}

fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The innermost cause, which is the one that tells something.
fn root(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map_or_else(String::new, ToString::to_string)
}

/// `404 Not Found`, or the number alone.
struct Named(StatusCode);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_u16())?;
        match self.0.canonical_reason() {
            Some(reason) => write!(f, " {reason}"),
            None => Ok(()),
        }
    }
}
