//! Log events: lines for Dynatrace's log monitoring.

use std::collections::BTreeMap;
use std::{fmt, io};

use serde::Serialize;

use crate::{LogValue, Timestamp};

/// How serious a log event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Severity {
    /// For whoever debugs.
    Debug,
    /// Good to know.
    Info,
    /// Something may be wrong.
    Warn,
    /// Something is wrong.
    Error,
}

/// One log event: a text, a severity and attributes.
///
/// ```
/// use extyped::{LogEvent, Severity};
///
/// let log = LogEvent::new(Severity::Warn, "certificate expires in 6 days")
///     .with_attribute("device.address", "10.0.0.1");
/// assert_eq!(log.content(), "certificate expires in 6 days");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogEvent {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<i64>,
    severity: Severity,
    content: String,
    #[serde(flatten)]
    attributes: BTreeMap<String, LogValue>,
    #[serde(skip)]
    urgent: bool,
}

impl LogEvent {
    /// A log event; without [`at`](Self::at) it gets the timestamp of the
    /// cycle that logs it.
    pub fn new(severity: Severity, content: impl Into<String>) -> Self {
        LogEvent {
            timestamp: None,
            severity,
            content: content.into(),
            attributes: BTreeMap::new(),
            urgent: false,
        }
    }

    /// Says when it happened.
    #[must_use]
    pub fn at(mut self, timestamp: Timestamp) -> Self {
        self.timestamp = Some(timestamp.as_millis());
        self
    }

    /// Adds an attribute that is a text, made of anything that can be shown.
    /// The keys `timestamp`, `severity` and `content` are the event's own and
    /// are ignored here.
    #[must_use]
    pub fn with_attribute(self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        self.with_value(key, value.to_string())
    }

    /// Adds an attribute that stays a number or a boolean, for queries that
    /// compute with it. Keys are those of
    /// [`with_attribute`](Self::with_attribute).
    ///
    /// ```
    /// # use extyped::{LogEvent, Severity};
    /// LogEvent::new(Severity::Info, "backup done").with_value("backup.files", 1_204);
    /// ```
    #[must_use]
    pub fn with_value(mut self, key: impl Into<String>, value: impl Into<LogValue>) -> Self {
        let key = key.into();
        if !matches!(key.as_str(), "timestamp" | "severity" | "content") {
            self.attributes.insert(key, value.into());
        }
        self
    }

    /// Sends it at once instead of with the others of the half minute: for
    /// what somebody waits for.
    #[must_use]
    pub fn urgent(mut self) -> Self {
        self.urgent = true;
        self
    }

    /// Whether it is sent at once.
    pub fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// When it happened, if that is known.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp.map(Timestamp::from_millis)
    }

    /// How serious it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The text.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The attributes by key.
    pub fn attributes(&self) -> &BTreeMap<String, LogValue> {
        &self.attributes
    }

    pub(crate) fn or_at(mut self, timestamp: Timestamp) -> Self {
        self.timestamp.get_or_insert(timestamp.as_millis());
        self
    }

    pub(crate) fn scrub(&mut self, scrub: impl Fn(&mut String)) {
        scrub(&mut self.content);
        for value in self.attributes.values_mut() {
            value.scrub(&scrub);
        }
    }

    /// What it costs to keep and to send: itself as JSON, and what a sink adds
    /// to say where it comes from.
    pub(crate) fn weight(&self) -> usize {
        /// The names of extension and monitoring configuration among it.
        const ADDED: usize = 512;
        let mut length = Length(0);
        // Plain data, written to something that takes all: it cannot fail.
        let _ = serde_json::to_writer(&mut length, self);
        length.0 + ADDED
    }
}

/// Counts what is written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Debug => "DEBUG",
            Severity::Info => "INFO",
            Severity::Warn => "WARN",
            Severity::Error => "ERROR",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_event_is_one_flat_object() {
        let log = LogEvent::new(Severity::Error, "disk \"a\" is full")
            .at(Timestamp::from_millis(5))
            .with_attribute("disk", "a")
            .with_value("disk.full", true)
            .with_attribute("content", "forged");
        assert_eq!(
            serde_json::to_value(&log).expect("a log event is plain data"),
            serde_json::json!({
                "timestamp": 5,
                "severity": "ERROR",
                "content": "disk \"a\" is full",
                "disk": "a",
                "disk.full": true,
            })
        );
    }

    #[test]
    fn the_time_of_the_cycle_does_not_replace_its_own() {
        let own = LogEvent::new(Severity::Info, "x").at(Timestamp::from_millis(5));
        let cycle = Timestamp::from_millis(9);
        assert_eq!(
            own.or_at(cycle).timestamp(),
            Some(Timestamp::from_millis(5))
        );
        let without = LogEvent::new(Severity::Info, "x");
        assert_eq!(without.or_at(cycle).timestamp(), Some(cycle));
    }
}
