//! What came in.

use std::time::Duration;

use bytes::Bytes;

use crate::Call;

/// A request, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// Its number, from 1, in the order of arrival.
    pub number: u64,
    /// When it had arrived, since the start of the simulator.
    pub at: Duration,
    /// The number of its connection, from 1.
    pub connection: u64,
    /// Its number on that connection, from 1.
    pub on_connection: u64,
    /// Which call it is, or `None` if it is none.
    pub call: Option<Call>,
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub target: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Bytes,
    /// The status of the answer, or `None` if there was none: the connection
    /// was cut, the client went away, or it is still open.
    pub status: Option<u16>,
    /// The body of the answer.
    pub answer: Bytes,
    /// When it was answered, since the start of the simulator.
    pub answered_at: Option<Duration>,
    /// Whether what it brought was taken.
    pub taken: bool,
    /// The injected faults it met.
    pub faults: Vec<String>,
}

impl Request {
    /// The value of a header, whose name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Something that was taken, with the request that brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received<T> {
    /// When it came, since the start of the simulator.
    pub at: Duration,
    /// The number of the request.
    pub request: u64,
    /// What came.
    pub item: T,
}

/// A heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Heartbeat {
    /// The name of the status, `OK`; empty while nothing is known.
    pub status: String,
    /// What the operator reads.
    pub message: String,
}

impl Heartbeat {
    /// The names of all statuses; the first, empty, means that nothing is known
    /// yet. All but that and `OK` are errors to the EEC.
    pub const STATUS_NAMES: [&'static str; 10] = [
        "",
        "OK",
        "GENERIC_ERROR",
        "INVALID_ARGS_ERROR",
        "EEC_CONNECTION_ERROR",
        "INVALID_CONFIG_ERROR",
        "AUTHENTICATION_ERROR",
        "DEVICE_CONNECTION_ERROR",
        "WARNING",
        "UNKNOWN_ERROR",
    ];

    /// Whether the status is an error to the EEC.
    pub fn is_error(&self) -> bool {
        !matches!(self.status.as_str(), "" | "OK")
    }
}

/// Something that is not as the protocol, the ingest or the manifest has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// When it came, since the start of the simulator.
    pub at: Duration,
    /// The number of the request.
    pub request: u64,
    /// The call, if it is one.
    pub call: Option<Call>,
    /// How bad it is.
    pub severity: Severity,
    /// The line, the event, the heartbeat, as far as a message can hold it.
    pub subject: String,
    /// What is wrong, as a sentence.
    pub reason: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is taken, but hardly what the author meant: a metric that is stored
    /// under another name or that the manifest does not have.
    Remark,
    /// It is refused: an EEC or the ingest would not take it.
    Invalid,
}

/// How much came in, from the start, whatever is still kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Requests.
    pub requests: u64,
    /// Connections.
    pub connections: u64,
    /// Metric lines that were taken.
    pub lines: u64,
    /// Metric lines and self-monitoring lines that are not valid.
    pub invalid_lines: u64,
    /// Self-monitoring lines that were taken.
    pub self_monitoring_lines: u64,
    /// Log events that were taken.
    pub logs: u64,
    /// Self-monitoring log events that were taken.
    pub self_monitoring_logs: u64,
    /// Dynatrace events that were taken.
    pub events: u64,
    /// Heartbeats that were taken.
    pub heartbeats: u64,
    /// Findings of [`Severity::Invalid`], invalid lines among them.
    pub invalid: u64,
    /// Calls that met an injected fault.
    pub faults: u64,
    /// Items that are no longer kept because there were too many.
    pub forgotten: u64,
}
