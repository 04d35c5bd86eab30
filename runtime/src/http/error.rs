//! What a poll that failed says of itself.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::{Status, StatusCode};

/// Why a poll brought nothing: one cause, one sentence that says what is
/// wrong, where, and what to do.
///
/// `?` on any request of [`HttpClient`](crate::HttpClient) yields one, and
/// returning it from `query` is all an extension has to do: the runtime turns
/// it into the status of that endpoint, raises an event where the kind asks
/// for one, and waits as long as the endpoint asked.
///
/// An extension that polls by other means makes its own:
///
/// ```
/// use extyped::{PollError, PollErrorKind};
///
/// fn login(answer: &str) -> Result<(), PollError> {
///     match answer {
///         "welcome" => Ok(()),
///         "bad password" => Err(PollError::new(
///             PollErrorKind::Unauthorized,
///             "db-1 refuses the user `monitor`: check the password",
///         )),
///         other => Err(PollError::other(format!("db-1 answers `{other}`"))),
///     }
/// }
/// # assert_eq!(login("bad password").unwrap_err().kind(), PollErrorKind::Unauthorized);
/// ```
///
/// Errors of this crate hold no secret: credentials and values of the query
/// string are not in the text, even where the endpoint repeats them, and of an
/// answer that cannot be read only its structure is quoted.
#[derive(Clone)]
pub struct PollError(Box<Inner>);

/// The cause of a [`PollError`], which decides the status it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PollErrorKind {
    /// 401: the endpoint does not accept the credentials.
    Unauthorized,
    /// 403: the credentials are good, but lack a permission.
    Forbidden,
    /// 404: nothing is served at this URL.
    NotFound,
    /// 429: the endpoint wants to be asked less often.
    RateLimited,
    /// 5xx: the endpoint fails on its side.
    Server,
    /// Any other answer that is not a success.
    UnexpectedStatus,
    /// No connection, or it was lost before an answer came.
    Connect,
    /// The host name does not resolve.
    Dns,
    /// No trust: the certificate or the handshake failed.
    Tls,
    /// The deadline passed before the whole answer had come.
    Timeout,
    /// The body was cut short, is larger than allowed, or is not text.
    Body,
    /// The body is not the JSON that was asked for.
    Json,
    /// Redirects without end, or to a place the credentials must not go.
    Redirect,
    /// The monitoring configuration is wrong.
    Config,
    /// The extension's own.
    Other,
}

#[derive(Clone)]
struct Inner {
    kind: PollErrorKind,
    code: StatusCode,
    event: bool,
    message: String,
    endpoint: Option<String>,
    http_status: Option<u16>,
    retry_after: Option<Duration>,
}

impl PollErrorKind {
    /// The status an error of this kind becomes.
    pub const fn code(self) -> StatusCode {
        match self {
            PollErrorKind::Unauthorized | PollErrorKind::Forbidden => {
                StatusCode::AuthenticationError
            }
            PollErrorKind::NotFound | PollErrorKind::Redirect | PollErrorKind::Config => {
                StatusCode::InvalidConfigError
            }
            PollErrorKind::RateLimited => StatusCode::Warning,
            PollErrorKind::Server
            | PollErrorKind::UnexpectedStatus
            | PollErrorKind::Connect
            | PollErrorKind::Dns
            | PollErrorKind::Tls
            | PollErrorKind::Timeout
            | PollErrorKind::Body
            | PollErrorKind::Json => StatusCode::DeviceConnectionError,
            PollErrorKind::Other => StatusCode::GenericError,
        }
    }

    /// Whether an error of this kind is worth an event besides the status.
    ///
    /// What only a change of the monitoring configuration can mend is told by
    /// the status, which is where that configuration is edited; and being
    /// asked to slow down is no fault.
    pub const fn raises_event(self) -> bool {
        !matches!(
            self,
            PollErrorKind::NotFound
                | PollErrorKind::RateLimited
                | PollErrorKind::Redirect
                | PollErrorKind::Config
        )
    }

    /// A few words without anything that varies, as an event's title.
    pub const fn title(self) -> &'static str {
        match self {
            PollErrorKind::Unauthorized => "Endpoint refuses the credentials",
            PollErrorKind::Forbidden => "Credentials lack a permission",
            PollErrorKind::NotFound => "Wrong endpoint URL",
            PollErrorKind::RateLimited => "Endpoint limits the rate",
            PollErrorKind::Server => "Endpoint fails",
            PollErrorKind::UnexpectedStatus => "Unexpected answer",
            PollErrorKind::Connect => "Endpoint cannot be reached",
            PollErrorKind::Dns => "Host name does not resolve",
            PollErrorKind::Tls => "No trusted connection",
            PollErrorKind::Timeout => "Endpoint does not answer in time",
            PollErrorKind::Body => "Answer cannot be read",
            PollErrorKind::Json => "Answer is not the expected JSON",
            PollErrorKind::Redirect => "Endpoint redirects elsewhere",
            PollErrorKind::Config => "Wrong monitoring configuration",
            PollErrorKind::Other => "Poll failed",
        }
    }
}

impl PollError {
    /// An error of the given kind. The message should say what is wrong, where
    /// and what to do; it is shown as it stands.
    pub fn new(kind: PollErrorKind, message: impl fmt::Display) -> Self {
        PollError(Box::new(Inner {
            kind,
            code: kind.code(),
            event: kind.raises_event(),
            message: message.to_string(),
            endpoint: None,
            http_status: None,
            retry_after: None,
        }))
    }

    /// The extension's own error, for `map_err`: the text of the error and of
    /// everything that caused it.
    ///
    /// ```
    /// # use extyped::PollError;
    /// fn port(text: &str) -> Result<u16, PollError> {
    ///     text.parse().map_err(PollError::other)
    /// }
    /// # assert_eq!(port("x").unwrap_err().to_string(), "invalid digit found in string");
    /// ```
    pub fn other(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        PollError::new(PollErrorKind::Other, chain(error.as_ref()))
    }

    /// The monitoring configuration is wrong; the message names the field.
    pub fn config(message: impl fmt::Display) -> Self {
        PollError::new(PollErrorKind::Config, message)
    }

    /// Reports another status code than the kind suggests.
    #[must_use]
    pub fn with_code(mut self, code: StatusCode) -> Self {
        self.0.code = code;
        self
    }

    /// Says how long to leave the endpoint alone.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Says whether an event is raised, whatever the kind suggests.
    #[must_use]
    pub fn with_event(mut self, event: bool) -> Self {
        self.0.event = event;
        self
    }

    pub(crate) fn with_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.0.endpoint = Some(endpoint.into());
        self
    }

    pub(crate) fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    /// The cause.
    pub fn kind(&self) -> PollErrorKind {
        self.0.kind
    }

    /// The status code the endpoint gets.
    pub fn code(&self) -> StatusCode {
        self.0.code
    }

    /// The status the endpoint gets: the code with the text of this error.
    pub fn status(&self) -> Status {
        Status::new(self.0.code, self.0.message.clone())
    }

    /// Whether an event is raised while the fault lasts.
    pub fn raises_event(&self) -> bool {
        self.0.event
    }

    /// How long the endpoint asked to be left alone, if it did. Taken from an
    /// HTTP answer it is at most an hour, so that an endpoint cannot silence
    /// its own monitoring.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Which URL failed, without credentials and without values of the query
    /// string.
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// The status of the HTTP answer, if one came.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }
}

/// The text of an error and of its causes, without what is said twice: many
/// errors already repeat the text of their source.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollError")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

impl Error for PollError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_with_a_poll_error_is_as_small_as_a_pointer() {
        assert_eq!(size_of::<Result<(), PollError>>(), size_of::<usize>());
    }

    #[test]
    fn the_status_of_an_error_carries_its_text() {
        let error = PollError::config("endpoints[1].host is empty: fill it in");
        assert_eq!(
            error.status().to_string(),
            "INVALID_CONFIG_ERROR - endpoints[1].host is empty: fill it in"
        );
        assert!(!error.raises_event());
    }

    #[test]
    fn an_error_of_the_author_shows_all_its_causes_once() {
        #[derive(Debug)]
        struct Login(std::num::ParseIntError);
        impl fmt::Display for Login {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("no session")
            }
        }
        impl Error for Login {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let cause = "x".parse::<u8>().expect_err("x is no number");
        let error = PollError::other(Login(cause));
        assert_eq!(
            error.to_string(),
            "no session: invalid digit found in string"
        );
        assert_eq!(error.code(), StatusCode::GenericError);
        assert!(error.raises_event());
    }

    #[test]
    fn the_author_has_the_last_word_on_status_and_event() {
        let error = PollError::other("cluster is being upgraded")
            .with_code(StatusCode::Warning)
            .with_event(false)
            .with_retry_after(Duration::from_mins(5));
        assert_eq!(
            error.status().to_string(),
            "WARNING - cluster is being upgraded"
        );
        assert!(!error.raises_event());
        assert_eq!(error.retry_after(), Some(Duration::from_mins(5)));
    }
}
