//! What an extension says of its own health.

use std::borrow::Cow;
use std::fmt;

/// The status values that the Extension Execution Controller knows, spelled as
/// its protocol spells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusCode {
    /// All is well.
    Ok,
    /// Something works, something does not.
    Warning,
    /// An error that fits nothing else.
    GenericError,
    /// The process was started with wrong arguments.
    InvalidArgsError,
    /// The EEC cannot be reached.
    EecConnectionError,
    /// The monitoring configuration is wrong.
    InvalidConfigError,
    /// The endpoint refuses the credentials.
    AuthenticationError,
    /// The endpoint cannot be reached or answers nonsense.
    DeviceConnectionError,
    /// Nothing is known.
    UnknownError,
}

/// A status code and a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    code: StatusCode,
    message: Cow<'static, str>,
}

impl StatusCode {
    /// The value as the protocol spells it, `DEVICE_CONNECTION_ERROR`.
    pub const fn as_str(self) -> &'static str {
        match self {
            StatusCode::Ok => "OK",
            StatusCode::Warning => "WARNING",
            StatusCode::GenericError => "GENERIC_ERROR",
            StatusCode::InvalidArgsError => "INVALID_ARGS_ERROR",
            StatusCode::EecConnectionError => "EEC_CONNECTION_ERROR",
            StatusCode::InvalidConfigError => "INVALID_CONFIG_ERROR",
            StatusCode::AuthenticationError => "AUTHENTICATION_ERROR",
            StatusCode::DeviceConnectionError => "DEVICE_CONNECTION_ERROR",
            StatusCode::UnknownError => "UNKNOWN_ERROR",
        }
    }

    /// Whether the code says that something is broken: everything but
    /// [`Ok`](Self::Ok) and [`Warning`](Self::Warning).
    pub const fn is_error(self) -> bool {
        !matches!(self, StatusCode::Ok | StatusCode::Warning)
    }
}

impl Status {
    /// All is well, with nothing to add.
    pub const fn ok() -> Self {
        Status {
            code: StatusCode::Ok,
            message: Cow::Borrowed(""),
        }
    }

    /// A warning with a sentence for the operator.
    pub fn warning(message: impl Into<Cow<'static, str>>) -> Self {
        Status::new(StatusCode::Warning, message)
    }

    /// A status with a sentence for the operator.
    pub fn new(code: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Status {
            code,
            message: message.into(),
        }
    }

    /// The code.
    pub const fn code(&self) -> StatusCode {
        self.code
    }

    /// The sentence; empty when there is nothing to add.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            f.pad(self.code.as_str())
        } else {
            write!(f, "{} - {}", self.code, self.message)
        }
    }
}
