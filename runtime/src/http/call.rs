//! One request on its way: where it goes, until when, and what of it must
//! never be shown.

use std::fmt;
use std::time::Duration;

use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::{PollError, PollErrorKind};

/// Shorter secrets are not searched for in texts: a password `a` would turn
/// every message into asterisks, and tell its reader that it is `a`.
const SHORTEST_SECRET: usize = 4;

pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) deadline: Instant,
    pub(super) allowed: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) body_limit: usize,
    pub(super) authenticated: bool,
    pub(super) secrets: Vec<SecretString>,
}

impl Call {
    /// An error of this call. `message` is cleaned of everything secret.
    pub(super) fn error(&self, kind: PollErrorKind, message: impl fmt::Display) -> PollError {
        PollError::new(kind, self.clean(message.to_string())).with_endpoint(self.endpoint())
    }

    /// The URL as it may be shown.
    pub(super) fn endpoint(&self) -> String {
        self.clean(shown(&self.url))
    }

    /// The host, for errors that concern nothing else.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    fn clean(&self, mut text: String) -> String {
        let known = self
            .secrets
            .iter()
            .map(|secret| secret.expose_secret().into());
        let query = self.url.query_pairs().map(|(_, value)| value);
        for secret in known.chain(query) {
            if secret.len() >= SHORTEST_SECRET && text.contains(&*secret) {
                text = text.replace(&*secret, "***");
            }
        }
        text
    }
}

/// `GET https://host/path?query=…`, as the messages name a call.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, shown(&self.url))
    }
}

/// A URL without credentials, without the values of its query and without the
/// fragment.
pub(super) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for URLs that cannot have credentials.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    shown.set_fragment(None);
    let mut text = shown.to_string();
    for (index, (name, _)) in url.query_pairs().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(&name);
        text.push_str("=…");
    }
    text
}

/// A text that should have been a URL, without what might be secret in it.
pub(crate) fn shown_text(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    // The last `@` ends the credentials, as a browser reads it.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let rest: String = rest.chars().take(80).collect();
    if scheme.is_empty() {
        rest
    } else {
        format!("{scheme}://{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        let url = Url::parse(url).expect("a URL");
        assert_eq!(shown(&url), expected);
    }

    #[test]
    fn a_shown_url_has_neither_credentials_nor_values() {
        check(
            "https://admin:hunter2@lb-1.example:8443/api/v1/health?token=s3cret&page=2#top",
            "https://lb-1.example:8443/api/v1/health?token=…&page=…",
        );
        check("http://[::1]:80/", "http://[::1]/");
    }

    #[test]
    fn a_text_that_is_no_url_is_shown_without_credentials() {
        assert_eq!(shown_text("https://u:p@:x/?k=v"), "https://:x/");
        assert_eq!(shown_text("u:p@host"), "host");
        assert_eq!(shown_text("lb-1.example/api"), "lb-1.example/api");
    }
}
