//! Which redirects are followed.
//!
//! A redirect is an answer of the endpoint, and so not to be trusted with the
//! credentials that the author meant for another host. Dropping them silently
//! would end in a 401 that blames the token; so a redirect that would need to
//! is an error that names the new address.

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LOCATION,
    USER_AGENT,
};
use reqwest::{Method, Request, Response, StatusCode, Url};

use super::call::{Call, shown, shown_text};
use super::{PollError, PollErrorKind};

/// Headers that are no secret. Every other header may be the key of an API.
const HARMLESS: [HeaderName; 6] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    USER_AGENT,
];

/// Whether a request carries what might be a credential.
pub(super) fn has_credentials(request: &Request) -> bool {
    request
        .headers()
        .iter()
        .any(|(name, value)| value.is_sensitive() || !HARMLESS.contains(name))
}

/// The request that a redirect asks for; `None` if the answer is no redirect.
pub(super) fn next(
    call: &Call,
    mut request: Request,
    response: &Response,
) -> Result<Option<Request>, PollError> {
    let status = response.status();
    let keeps_method = matches!(
        status,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    );
    let follows = matches!(
        status,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER
    );
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    if !keeps_method && !follows {
        return Ok(None);
    }

    let location = String::from_utf8_lossy(location.as_bytes());
    let elsewhere = |target: &str, reason: &str| {
        call.error(
            PollErrorKind::Redirect,
            format!(
                "{} from {call} redirects to {target}, {reason}",
                status.as_u16()
            ),
        )
    };
    let Ok(mut target) = request.url().join(&location) else {
        return Err(elsewhere(
            &shown_text(&location),
            "which is not a URL; check the endpoint URL",
        ));
    };
    // Credentials in a URL come from the endpoint here, not from the author.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    if !matches!(target.scheme(), "http" | "https") {
        return Err(elsewhere(
            &shown(&target),
            "which is not HTTP; check the endpoint URL",
        ));
    }
    if !is_trusted(request.url(), &target) && has_credentials(&request) {
        return Err(elsewhere(
            &shown(&target),
            "where the credentials of this endpoint are not sent; if that is the right address, \
             make it the endpoint URL",
        ));
    }

    let becomes_get = follows && !matches!(*request.method(), Method::GET | Method::HEAD);
    if becomes_get {
        *request.method_mut() = Method::GET;
        *request.body_mut() = None;
        request.headers_mut().remove(CONTENT_TYPE);
        request.headers_mut().remove(CONTENT_LENGTH);
    }
    *request.url_mut() = target;
    Ok(Some(request))
}

/// The endpoint redirects for ever, or at least for longer than allowed.
pub(super) fn endless(call: &Call, next: &Url, followed: usize) -> PollError {
    if followed == 0 {
        return call.error(
            PollErrorKind::Redirect,
            format!(
                "{call} redirects to {}, and redirects are not followed here; if that is the right \
                 address, make it the endpoint URL",
                shown(next),
            ),
        );
    }
    call.error(
        PollErrorKind::Redirect,
        format!(
            "{call} redirects without end: stopped after {followed} redirects, the next would go \
             to {}; check the endpoint URL",
            shown(next),
        ),
    )
}

/// Whether the same party answers at both: the same scheme, host and port, or
/// the same host asking to be spoken to over TLS.
fn is_trusted(from: &Url, to: &Url) -> bool {
    let upgrade = from.host() == to.host() && from.scheme() == "http" && to.scheme() == "https";
    upgrade || from.origin() == to.origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn trusted(from: &str, to: &str) -> bool {
        is_trusted(
            &Url::parse(from).expect("a URL"),
            &Url::parse(to).expect("a URL"),
        )
    }

    #[test]
    fn credentials_go_to_the_same_host_and_port_only() {
        assert!(trusted("https://lb-1.example/a", "https://lb-1.example/b"));
        assert!(trusted(
            "https://lb-1.example/a",
            "https://LB-1.example:443/b"
        ));
        assert!(!trusted("https://lb-1.example/", "https://lb-2.example/"));
        assert!(!trusted(
            "https://lb-1.example/",
            "https://lb-1.example:8443/"
        ));
        assert!(!trusted(
            "https://lb-1.example/",
            "https://lb-1.example.evil.example/"
        ));
    }

    #[test]
    fn credentials_go_from_plain_http_to_tls_but_never_back() {
        assert!(trusted("http://lb-1.example/", "https://lb-1.example/"));
        assert!(trusted(
            "http://lb-1.example:8080/",
            "https://lb-1.example:8443/"
        ));
        assert!(!trusted("https://lb-1.example/", "http://lb-1.example/"));
    }
}
