//! How a client is set up.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// What an [`HttpClient`](crate::HttpClient) is built with. The defaults suit
/// an extension that polls once a minute.
///
/// ```
/// # use extyped::{HttpClient, HttpOptions, PollError};
/// # use std::time::Duration;
/// # fn main() -> Result<(), PollError> {
/// let client = HttpClient::new(
///     HttpOptions::new()
///         .deadline(Duration::from_secs(10))
///         .user_agent("custom:load-balancer/1.0.0"),
/// )?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct HttpOptions {
    pub(super) deadline: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) body_limit: usize,
    pub(super) redirects: usize,
    pub(super) user_agent: String,
    pub(super) ca_pem: Vec<Vec<u8>>,
    pub(super) verify_certificates: bool,
    pub(super) proxy: Proxy,
}

#[derive(Clone)]
pub(super) enum Proxy {
    Environment,
    Direct,
    // A proxy's URL may hold its password.
    Url(SecretString),
}

impl HttpOptions {
    /// The defaults.
    pub fn new() -> Self {
        HttpOptions {
            deadline: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            body_limit: 16 * 1024 * 1024,
            redirects: 5,
            user_agent: concat!("extyped/", env!("CARGO_PKG_VERSION")).to_owned(),
            ca_pem: Vec::new(),
            verify_certificates: true,
            proxy: Proxy::Environment,
        }
    }

    /// How long a request may take from the first packet to the last byte of
    /// the body, redirects included: 30 seconds.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How much of the deadline may go into making the connection, TLS
    /// included: 10 seconds. It tells a host that swallows packets from one
    /// that is slow to answer.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest body that is read, in bytes: 16 MiB. What is counted are
    /// the bytes that arrive, whatever the answer says of its length.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How many redirects are followed: 5. With 0 every redirect is an error.
    ///
    /// A redirect to another scheme, host or port is followed only if the
    /// request carries nothing that might be a credential.
    #[must_use]
    pub fn redirects(mut self, limit: usize) -> Self {
        self.redirects = limit;
        self
    }

    /// The `User-Agent` header, as `name/version`.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Trusts the certificates of this PEM text besides those of the system.
    #[must_use]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem.push(pem.into());
        self
    }

    /// `false` accepts any certificate, so that anybody on the way can read
    /// and change everything. For devices whose certificate nobody can
    /// replace; [`ca_pem`](Self::ca_pem) is the better way for all others.
    #[must_use]
    pub fn verify_certificates(mut self, verify: bool) -> Self {
        self.verify_certificates = verify;
        self
    }

    /// Sends every request through this proxy. Without it the environment
    /// decides: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(url.into().into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    #[must_use]
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::Direct;
        self
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        HttpOptions::new()
    }
}

impl Proxy {
    /// Applies the choice; `Err` if the URL is none.
    pub(super) fn apply(
        &self,
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, reqwest::Error> {
        Ok(match self {
            Proxy::Environment => builder,
            Proxy::Direct => builder.no_proxy(),
            Proxy::Url(url) => builder.proxy(reqwest::Proxy::all(url.expose_secret())?),
        })
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("deadline", &self.deadline)
            .field("connect_timeout", &self.connect_timeout)
            .field("body_limit", &self.body_limit)
            .field("redirects", &self.redirects)
            .field("user_agent", &self.user_agent)
            .field("ca_pem", &self.ca_pem.len())
            .field("verify_certificates", &self.verify_certificates)
            .field("proxy", &self.proxy)
            .finish()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Proxy::Environment => "Environment",
            Proxy::Direct => "Direct",
            Proxy::Url(_) => "Url(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_that_the_methods_name() {
        let options = HttpOptions::default();
        assert_eq!(options.deadline, Duration::from_secs(30));
        assert_eq!(options.connect_timeout, Duration::from_secs(10));
        assert_eq!(options.body_limit, 16 << 20);
        assert_eq!(options.redirects, 5);
        assert!(options.verify_certificates);
        assert!(matches!(options.proxy, Proxy::Environment));
    }
}
