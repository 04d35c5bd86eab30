//! How a sink for an environment is set up.

use crate::HttpOptions;

/// What an [`EnvironmentSink`](crate::EnvironmentSink) is built with.
///
/// ```
/// # use extyped::{EnvironmentOptions, EnvironmentSink, HttpOptions, SecretString, SinkError};
/// # fn build(token: &SecretString, ca: &str) -> Result<EnvironmentSink, SinkError> {
/// let http = HttpOptions::new()
///     .ca_pem(ca)
///     .proxy("http://proxy.example:3128");
/// EnvironmentSink::with_options(
///     "https://activegate.example:9999/e/abc12345",
///     token,
///     EnvironmentOptions::new().http(http),
/// )
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct EnvironmentOptions {
    pub(super) http: HttpOptions,
    pub(super) plain_http: bool,
    pub(super) logs: bool,
    pub(super) events: bool,
}

impl EnvironmentOptions {
    /// The defaults: the certificates of the system, the proxies of the
    /// environment variables, 30 seconds for a request.
    pub fn new() -> Self {
        EnvironmentOptions {
            http: HttpOptions::new(),
            plain_http: false,
            logs: true,
            events: true,
        }
    }

    /// Sets certificates, proxy, deadlines and user agent. Whatever they say,
    /// redirects are not followed and long answers not read.
    #[must_use]
    pub fn http(mut self, options: HttpOptions) -> Self {
        self.http = options;
        self
    }

    /// Allows an address that begins with `http://`, which sends the token in
    /// clear text. Addresses of this machine need no permission.
    #[must_use]
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Discards log events: the token needs no scope `logs.ingest`.
    #[must_use]
    pub fn without_logs(mut self) -> Self {
        self.logs = false;
        self
    }

    /// Discards events: the token needs no scope `events.ingest`.
    #[must_use]
    pub fn without_events(mut self) -> Self {
        self.events = false;
        self
    }
}

impl Default for EnvironmentOptions {
    fn default() -> Self {
        EnvironmentOptions::new()
    }
}
