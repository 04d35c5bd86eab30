//! Why a verb could not do its work: what, where, and what to do about it.

use std::fmt;
use std::io;

use anstyle::{AnsiColor, Style};

use crate::Outcome;

/// How an error is introduced on a terminal.
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const HELP: Style = AnsiColor::BrightCyan.on_default().bold();

/// A failure, ready for the operator.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    cause: Option<io::Error>,
    help: Option<String>,
    outcome: Outcome,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Failure {
            message: message.into(),
            cause: None,
            help: None,
            outcome: Outcome::Failed,
        }
    }

    /// What was asked about could be read, and is not what it should be.
    #[cfg(feature = "package")]
    pub(crate) fn unsound(mut self) -> Self {
        self.outcome = Outcome::Unsound;
        self
    }

    /// How the verb ends because of it.
    pub(crate) fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub(crate) fn cause(mut self, cause: io::Error) -> Self {
        self.cause = Some(cause);
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// One thing more that can be done about it.
    #[cfg(feature = "package")]
    pub(crate) fn or(mut self, help: &str) -> Self {
        let help = match self.help {
            Some(first) => format!("{first}; {help}"),
            None => help.to_owned(),
        };
        self.help = Some(help);
        self
    }

    /// The first line, without its cause.
    #[cfg(feature = "package")]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the reader of our output went away.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        self.cause
            .as_ref()
            .is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Writing the answer failed.
impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        Failure::new("the output cannot be written").cause(cause)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ERROR}error{ERROR:#}: {}", self.message)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        writeln!(f)?;
        if let Some(help) = &self.help {
            writeln!(f, "{HELP}help{HELP:#}: {help}")?;
        }
        Ok(())
    }
}
