//! Log events as the EEC gets them: with what tells where they come from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::{LogEvent, LogValue, Timestamp};

/// The kind of data source that the EEC runs this process as.
const DATA_SOURCE: &str = "python";

/// Which extension and which monitoring configuration this process serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// `com.example.load-balancer`, or `custom:…`.
    pub(crate) extension: String,
    /// The version that the activation is for.
    pub(crate) version: String,
    /// What the operator called the monitoring configuration.
    pub(crate) configuration: String,
}

/// A log event as a flat JSON object.
pub(super) type Flat<'a> = BTreeMap<&'a str, Value<'a>>;

/// A text of the runtime's, or what the event has.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Own(&'a LogValue),
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for Value<'a> {
    fn from(text: T) -> Self {
        Value::Text(text.into())
    }
}

impl Identity {
    /// Whether the EEC takes self-monitoring logs of this extension: of those
    /// that their authors signed themselves it does not.
    pub(super) fn may_send_own_logs(&self) -> bool {
        !self.extension.starts_with("custom:")
    }

    /// A log event of the extension. What it says itself goes before what is
    /// added here.
    pub(super) fn log<'a>(&'a self, log: &'a LogEvent, extension_config: &'a str) -> Flat<'a> {
        let mut flat = self.known(extension_config);
        flat.insert("monitoring.configuration", (&self.configuration).into());
        flat.extend(attributes(log));
        flat.insert("content", log.content().into());
        flat.insert("severity", log.severity().to_string().into());
        flat
    }

    /// A log event in which the runtime tells of itself.
    pub(super) fn own_log<'a>(&'a self, log: &'a LogEvent, extension_config: &'a str) -> Flat<'a> {
        let mut flat: Flat<'a> = attributes(log).collect();
        flat.insert("message", log.content().into());
        flat.insert("level", log.severity().to_string().into());
        flat.extend(self.known(extension_config));
        flat.insert("dt.extension.config.label", (&self.configuration).into());
        flat
    }

    fn known<'a>(&'a self, extension_config: &'a str) -> Flat<'a> {
        let mut known = Flat::from([
            ("dt.extension.ds", DATA_SOURCE.into()),
            ("dt.extension.name", self.extension.as_str().into()),
            ("dt.extension.version", self.version.as_str().into()),
        ]);
        if !extension_config.is_empty() {
            known.insert("dt.extension.config.id", extension_config.into());
        }
        known
    }
}

fn attributes(log: &LogEvent) -> impl Iterator<Item = (&str, Value<'_>)> {
    let timestamp = log.timestamp().and_then(rfc_3339);
    let timestamp = timestamp.map(|text| ("timestamp", text.into()));
    let attributes = log.attributes().iter();
    let attributes = attributes.map(|(key, value)| (key.as_str(), Value::Own(value)));
    attributes.chain(timestamp)
}

/// `2026-11-23T18:44:46.262Z`. A moment that no calendar has is left out: the
/// log ingest then takes the time of arrival.
fn rfc_3339(timestamp: Timestamp) -> Option<String> {
    let timestamp = jiff::Timestamp::from_millisecond(timestamp.as_millis()).ok()?;
    Some(timestamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;

    fn identity() -> Identity {
        Identity {
            extension: "com.example.x".to_owned(),
            version: "1.2.3".to_owned(),
            configuration: "interop config".to_owned(),
        }
    }

    #[test]
    fn a_log_event_says_where_it_comes_from() {
        let log = LogEvent::new(Severity::Warn, "title\ndescription")
            .at(Timestamp::from_millis(1_795_459_486_000))
            .with_attribute("k", "v")
            .with_value("n", 7);
        assert_eq!(
            serde_json::to_value(identity().log(&log, "b2520a74")).expect("plain data"),
            serde_json::json!({
                "content": "title\ndescription",
                "timestamp": "2026-11-23T18:44:46Z",
                "severity": "WARN",
                "dt.extension.config.id": "b2520a74",
                "dt.extension.ds": "python",
                "dt.extension.version": "1.2.3",
                "dt.extension.name": "com.example.x",
                "monitoring.configuration": "interop config",
                "k": "v",
                "n": 7,
            })
        );
    }

    #[test]
    fn what_an_event_says_itself_stays() {
        let identity = identity();
        let log = LogEvent::new(Severity::Info, "x").with_attribute("dt.extension.name", "other");
        let flat = identity.log(&log, "");
        let named = serde_json::to_value(&flat["dt.extension.name"]);
        assert_eq!(named.expect("plain data"), "other");
        assert!(!flat.contains_key("dt.extension.config.id"));
        assert!(!flat.contains_key("timestamp"));
    }

    #[test]
    fn a_log_of_the_runtime_has_level_message_and_label() {
        let log = LogEvent::new(
            Severity::Error,
            "10.0.0.2: [INITIAL] - DEVICE_CONNECTION_ERROR",
        )
        .with_attribute("device.address", "10.0.0.2");
        assert_eq!(
            serde_json::to_value(identity().own_log(&log, "b2520a74")).expect("plain data"),
            serde_json::json!({
                "device.address": "10.0.0.2",
                "level": "ERROR",
                "message": "10.0.0.2: [INITIAL] - DEVICE_CONNECTION_ERROR",
                "dt.extension.config.id": "b2520a74",
                "dt.extension.ds": "python",
                "dt.extension.version": "1.2.3",
                "dt.extension.name": "com.example.x",
                "dt.extension.config.label": "interop config",
            })
        );
    }

    #[test]
    fn an_impossible_moment_is_left_out() {
        let log = LogEvent::new(Severity::Info, "x").at(Timestamp::from_millis(i64::MAX));
        assert!(!identity().log(&log, "").contains_key("timestamp"));
    }
}
