//! What is no metric line, as lines of JSON.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::sink::{SinkError, json};
use crate::{EndpointStatus, Event, LogEvent, Status, StatusReport};

/// One line: when it was written, and the one thing that it is about.
#[derive(Serialize)]
struct Entry<T> {
    /// In milliseconds since 1970.
    timestamp: u64,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Content<'a> {
    Log(&'a LogEvent),
    Event(&'a Event),
    Status(StatusEntry<'a>),
}

#[derive(Serialize)]
struct StatusEntry<'a> {
    code: &'a str,
    message: &'a str,
    endpoints: Vec<EndpointEntry<'a>>,
}

#[derive(Serialize)]
struct EndpointEntry<'a> {
    name: &'a str,
    code: &'a str,
    message: &'a str,
}

/// The status that was written last: the same is not written again.
#[derive(Debug, Default)]
pub(super) struct LastStatus(Mutex<Option<(Status, Vec<EndpointStatus>)>>);

impl LastStatus {
    /// Whether this report says what the one before said.
    pub(super) fn is(&self, report: &StatusReport) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().is_some_and(|(status, endpoints)| {
            report.status() == Some(status) && report.endpoints() == endpoints
        })
    }

    pub(super) fn set(&self, report: &StatusReport) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = report
            .status()
            .map(|status| (status.clone(), report.endpoints().to_vec()));
    }
}

pub(super) fn logs(logs: &[LogEvent]) -> Result<String, SinkError> {
    logs.iter().map(|log| line(Content::Log(log))).collect()
}

pub(super) fn event(event: &Event) -> Result<String, SinkError> {
    line(Content::Event(event))
}

pub(super) fn status(status: &Status, endpoints: &[EndpointStatus]) -> Result<String, SinkError> {
    let endpoints = endpoints.iter().map(|endpoint| EndpointEntry {
        name: endpoint.name(),
        code: endpoint.status().code().as_str(),
        message: endpoint.status().message(),
    });
    line(Content::Status(StatusEntry {
        code: status.code().as_str(),
        message: status.message(),
        endpoints: endpoints.collect(),
    }))
}

fn line(content: Content<'_>) -> Result<String, SinkError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = now.unwrap_or_default().as_millis();
    let entry = Entry {
        timestamp: u64::try_from(millis).unwrap_or(u64::MAX),
        content,
    };
    let mut line = json(&entry)?;
    line.push('\n');
    Ok(line)
}
