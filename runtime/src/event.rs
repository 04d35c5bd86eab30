//! Dynatrace events: what an extension wants the operator to know, and what
//! the runtime raises while an endpoint is at fault.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::Timestamp;

/// What an event means to Dynatrace. Most types open a problem; the
/// `Custom…` types other than [`CustomAlert`](Self::CustomAlert) inform only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum EventType {
    /// The entity is not available.
    AvailabilityEvent,
    /// An alert of the extension's own.
    CustomAlert,
    /// A note on the timeline.
    CustomAnnotation,
    /// The configuration changed.
    CustomConfiguration,
    /// Something was deployed.
    CustomDeployment,
    /// Information.
    CustomInfo,
    /// Something fails.
    ErrorEvent,
    /// The entity is about to go away, on purpose.
    MarkedForTermination,
    /// Something is slow.
    PerformanceEvent,
    /// Something runs out of a resource.
    ResourceContentionEvent,
}

impl EventType {
    /// The type as the protocol spells it, `CUSTOM_INFO`.
    pub const fn as_str(self) -> &'static str {
        match self {
            EventType::AvailabilityEvent => "AVAILABILITY_EVENT",
            EventType::CustomAlert => "CUSTOM_ALERT",
            EventType::CustomAnnotation => "CUSTOM_ANNOTATION",
            EventType::CustomConfiguration => "CUSTOM_CONFIGURATION",
            EventType::CustomDeployment => "CUSTOM_DEPLOYMENT",
            EventType::CustomInfo => "CUSTOM_INFO",
            EventType::ErrorEvent => "ERROR_EVENT",
            EventType::MarkedForTermination => "MARKED_FOR_TERMINATION",
            EventType::PerformanceEvent => "PERFORMANCE_EVENT",
            EventType::ResourceContentionEvent => "RESOURCE_CONTENTION_EVENT",
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An event. It serializes as the `/events` call of the Extension Execution
/// Controller and the Events API read it.
///
/// ```
/// use extyped::{Event, EventType};
///
/// let event = Event::new(EventType::CustomDeployment, "lb-1 runs 2.4.1")
///     .on_entities("type(custom:lb),entityName(lb-1)")
///     .with_property("version", "2.4.1");
/// assert_eq!(event.title(), "lb-1 runs 2.4.1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    #[serde(rename = "eventType")]
    kind: EventType,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<i64>,
    #[serde(rename = "timeout", skip_serializing_if = "Option::is_none")]
    timeout_minutes: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_selector: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<String, String>,
}

impl Event {
    /// The longest time-out Dynatrace keeps an event open for.
    pub const MAX_TIMEOUT_MINUTES: u16 = 360;

    /// An event that starts when it arrives, on the whole environment.
    pub fn new(event_type: EventType, title: impl Into<String>) -> Self {
        Event {
            kind: event_type,
            title: title.into(),
            start_time: None,
            end_time: None,
            timeout_minutes: None,
            entity_selector: None,
            properties: BTreeMap::new(),
        }
    }

    /// Says when it began.
    #[must_use]
    pub fn starting(mut self, start: Timestamp) -> Self {
        self.start_time = Some(start.as_millis());
        self
    }

    /// Says when it ended: the event is closed.
    #[must_use]
    pub fn ending(mut self, end: Timestamp) -> Self {
        self.end_time = Some(end.as_millis());
        self
    }

    /// Says after how many minutes Dynatrace closes it by itself, unless the
    /// same event comes again: 15 if nothing is said, 360 at most.
    #[must_use]
    pub fn with_timeout_minutes(mut self, minutes: u16) -> Self {
        self.timeout_minutes = Some(minutes.min(Self::MAX_TIMEOUT_MINUTES));
        self
    }

    /// Says which entities it is about, as an entity selector.
    #[must_use]
    pub fn on_entities(mut self, selector: impl Into<String>) -> Self {
        self.entity_selector = Some(selector.into());
        self
    }

    /// Adds a property.
    #[must_use]
    pub fn with_property(mut self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        self.properties.insert(key.into(), value.to_string());
        self
    }

    /// The type.
    pub fn event_type(&self) -> EventType {
        self.kind
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// When it began, if that was said.
    pub fn start(&self) -> Option<Timestamp> {
        self.start_time.map(Timestamp::from_millis)
    }

    /// When it ended: `None` while it is open.
    pub fn end(&self) -> Option<Timestamp> {
        self.end_time.map(Timestamp::from_millis)
    }

    /// Minutes until Dynatrace closes it by itself, if that was said.
    pub fn timeout_minutes(&self) -> Option<u16> {
        self.timeout_minutes
    }

    /// Which entities it is about, if that was said.
    pub fn entity_selector(&self) -> Option<&str> {
        self.entity_selector.as_deref()
    }

    /// The properties by key.
    pub fn properties(&self) -> &BTreeMap<String, String> {
        &self.properties
    }

    /// What it costs to keep: its texts and what surrounds them as JSON.
    pub(crate) fn weight(&self) -> usize {
        const AROUND: usize = 160;
        let properties: usize = self
            .properties
            .iter()
            .map(|(key, value)| key.len() + value.len() + 6)
            .sum();
        let selector = self.entity_selector.as_ref().map_or(0, String::len);
        self.title.len() + selector + properties + AROUND
    }

    /// The texts that a person may have put a secret into.
    pub(crate) fn scrub(&mut self, scrub: impl Fn(&mut String)) {
        scrub(&mut self.title);
        self.properties.values_mut().for_each(&scrub);
        if let Some(selector) = &mut self.entity_selector {
            scrub(selector);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_serializes_as_the_protocol_reads_it() {
        let event = Event::new(EventType::AvailabilityEvent, "db-1 is gone")
            .starting(Timestamp::from_millis(1_000))
            .ending(Timestamp::from_millis(2_000))
            .with_timeout_minutes(20)
            .on_entities("type(db)")
            .with_property("port", 5432);
        assert_eq!(
            serde_json::to_value(&event).expect("an event is plain data"),
            serde_json::json!({
                "eventType": "AVAILABILITY_EVENT",
                "title": "db-1 is gone",
                "startTime": 1_000,
                "endTime": 2_000,
                "timeout": 20,
                "entitySelector": "type(db)",
                "properties": {"port": "5432"},
            })
        );
    }

    #[test]
    fn what_was_not_said_is_not_sent() {
        let event = Event::new(EventType::CustomInfo, "hello");
        assert_eq!(
            serde_json::to_string(&event).expect("an event is plain data"),
            r#"{"eventType":"CUSTOM_INFO","title":"hello"}"#
        );
    }

    #[test]
    fn types_are_spelled_alike_in_json_and_in_text() {
        for event_type in [
            EventType::AvailabilityEvent,
            EventType::CustomAlert,
            EventType::CustomAnnotation,
            EventType::CustomConfiguration,
            EventType::CustomDeployment,
            EventType::CustomInfo,
            EventType::ErrorEvent,
            EventType::MarkedForTermination,
            EventType::PerformanceEvent,
            EventType::ResourceContentionEvent,
        ] {
            assert_eq!(
                serde_json::to_value(event_type).expect("a name"),
                event_type.as_str()
            );
        }
    }

    #[test]
    fn a_timeout_never_exceeds_what_dynatrace_allows() {
        let event = Event::new(EventType::CustomAlert, "x").with_timeout_minutes(10_000);
        assert_eq!(event.timeout_minutes(), Some(360));
    }
}
