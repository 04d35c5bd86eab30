//! The client: built once, shared by every endpoint.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::connections::Connections;
use super::error::chain;
use super::options::Proxy;
use super::{HttpOptions, HttpRequest, PollError};

/// An HTTP client that is built once and keeps its connections between
/// polls. A clone shares them. Beyond 500 hosts, connections are kept within a
/// poll only: ten thousand that wait for a minute to pass would take more
/// memory than the process may have.
///
/// ```no_run
/// # use extyped::{HttpClient, HttpOptions, PollError, SecretString};
/// # #[derive(serde::Deserialize)] struct Health { status: String }
/// # async fn poll(token: &SecretString) -> Result<(), PollError> {
/// let client = HttpClient::new(HttpOptions::new())?;
/// let health: Health = client
///     .get("https://lb-1.example/api/v1/health")
///     .bearer(token)
///     .json()
///     .await?;
/// # Ok(()) }
/// ```
///
/// Certificates are checked against those the system trusts, and proxies are
/// taken from the environment; [`HttpOptions`] changes both.
#[derive(Clone)]
pub struct HttpClient {
    connections: Arc<Connections>,
    pub(super) limits: Limits,
}

/// What bounds a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) deadline: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) body: usize,
    pub(super) redirects: usize,
}

/// What a client is built with, again if need be.
pub(super) struct Recipe {
    connect_timeout: Duration,
    user_agent: String,
    certificates: Vec<reqwest::Certificate>,
    verify_certificates: bool,
    proxy: Proxy,
}

impl HttpClient {
    /// Builds a client. Fails if the options hold a certificate or a proxy
    /// that is none. The certificates of the system are read by the first
    /// request.
    pub fn new(options: HttpOptions) -> Result<Self, PollError> {
        // Only the first provider of a process counts; if the extension chose
        // another before, its choice stands.
        let _ = rustls::crypto::ring::default_provider().install_default();

        let HttpOptions {
            deadline,
            connect_timeout,
            body_limit,
            redirects,
            user_agent,
            ca_pem,
            verify_certificates,
            proxy,
        } = options;
        let connections = Connections::new(Recipe {
            connect_timeout,
            user_agent,
            certificates: certificates(&ca_pem)?,
            verify_certificates,
            proxy,
        })?;
        Ok(HttpClient {
            connections,
            limits: Limits {
                deadline,
                connect_timeout,
                body: body_limit,
                redirects,
            },
        })
    }

    /// The same client, and the same connections, with another deadline.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        HttpClient {
            connections: Arc::clone(&self.connections),
            limits: Limits {
                deadline,
                ..self.limits
            },
        }
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.limits.deadline
    }

    /// A `GET` request. A URL that is none is reported when the request is
    /// sent.
    pub fn get(&self, url: impl AsRef<str>) -> HttpRequest {
        self.request(reqwest::Method::GET, url.as_ref())
    }

    /// A `POST` request.
    pub fn post(&self, url: impl AsRef<str>) -> HttpRequest {
        self.request(reqwest::Method::POST, url.as_ref())
    }

    /// A `PUT` request.
    pub fn put(&self, url: impl AsRef<str>) -> HttpRequest {
        self.request(reqwest::Method::PUT, url.as_ref())
    }

    /// A `PATCH` request.
    pub fn patch(&self, url: impl AsRef<str>) -> HttpRequest {
        self.request(reqwest::Method::PATCH, url.as_ref())
    }

    /// A `DELETE` request.
    pub fn delete(&self, url: impl AsRef<str>) -> HttpRequest {
        self.request(reqwest::Method::DELETE, url.as_ref())
    }

    /// A `HEAD` request.
    pub fn head(&self, url: impl AsRef<str>) -> HttpRequest {
        self.request(reqwest::Method::HEAD, url.as_ref())
    }

    fn request(&self, method: reqwest::Method, url: &str) -> HttpRequest {
        HttpRequest::new(self.clone(), method, url)
    }

    pub(super) fn builder(
        &self,
        method: reqwest::Method,
        url: reqwest::Url,
    ) -> Result<reqwest::RequestBuilder, PollError> {
        Ok(self.connections.any()?.request(method, url))
    }

    pub(super) fn rebuild(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::RequestBuilder, PollError> {
        let client = self.connections.any()?.clone();
        Ok(reqwest::RequestBuilder::from_parts(client, request))
    }

    /// What to send a request to `url` with.
    pub(super) fn to(&self, url: &reqwest::Url) -> Result<&reqwest::Client, PollError> {
        self.connections.to(url)
    }
}

impl Recipe {
    /// Whether it has parts of which only a client can say that they are
    /// wrong.
    pub(super) fn may_be_wrong(&self) -> bool {
        !self.certificates.is_empty()
            || matches!(self.proxy, Proxy::Url(_))
            || HeaderValue::from_str(&self.user_agent).is_err()
    }

    /// A client that keeps a connection for `idle` after its last use.
    pub(super) fn client(&self, idle: Duration) -> Result<reqwest::Client, PollError> {
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(&self.user_agent)
                .connect_timeout(self.connect_timeout)
                .pool_idle_timeout(idle)
                .tcp_keepalive(Duration::from_secs(30))
                // Redirects are followed by our own rules.
                .redirect(reqwest::redirect::Policy::none())
                .tls_danger_accept_invalid_certs(!self.verify_certificates);
            self.proxy.apply(builder)
        };
        // The text of these errors may quote the URL of the proxy, with its
        // password.
        let unusable_proxy = |_| {
            PollError::config("the URL of the proxy is none: write it as http://proxy.example:3128")
        };

        let client = builder()
            .map_err(unusable_proxy)?
            .tls_certs_merge(self.certificates.iter().cloned())
            .build();
        match client {
            Ok(client) => Ok(client),
            // A system without any certificates, as small containers are, is
            // no reason to refuse plain HTTP; TLS will say what is missing.
            Err(error) if self.certificates.is_empty() => {
                tracing::warn!(
                    cause = chain(&error),
                    "the certificates of the system cannot be used, so every TLS connection will \
                     be refused: install them or set a custom CA"
                );
                builder()
                    .map_err(unusable_proxy)?
                    .tls_certs_only([])
                    .build()
                    .map_err(|error| refused(&error))
            }
            Err(error) => Err(refused(&error)),
        }
    }
}

fn certificates(pem: &[Vec<u8>]) -> Result<Vec<reqwest::Certificate>, PollError> {
    let mut all = Vec::new();
    for text in pem {
        let bundle = reqwest::Certificate::from_pem_bundle(text).map_err(|error| {
            PollError::config(format!("the custom CA is not PEM: {}", chain(&error)))
        })?;
        if bundle.is_empty() {
            return Err(PollError::config(
                "the custom CA holds no certificate: it must be PEM text with at least one \
                 `-----BEGIN CERTIFICATE-----`",
            ));
        }
        all.extend(bundle);
    }
    Ok(all)
}

fn refused(error: &reqwest::Error) -> PollError {
    PollError::config(format!(
        "the HTTP client cannot be built from its options: {}",
        chain(error)
    ))
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the inner client: it would show the proxy.
        f.debug_struct("HttpClient")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
