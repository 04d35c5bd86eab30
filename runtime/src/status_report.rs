//! The status as a sink gets it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{LogEvent, Severity, Status, StatusCode};

/// An error is told again when it is this old.
const ONGOING: Duration = Duration::from_hours(2);

/// How the extension and its endpoints are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    pub(crate) status: Option<Status>,
    pub(crate) endpoints: Vec<EndpointStatus>,
    pub(crate) changes: Vec<StatusChange>,
}

/// How one endpoint is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointStatus {
    pub(crate) name: Arc<str>,
    pub(crate) status: Status,
    /// The status without what is different each time it is told.
    pub(crate) gist: Status,
}

/// An endpoint whose status an operator should hear of now.
///
/// As text it is what the self-monitoring log says,
/// `db-1: [NEW] - AUTHENTICATION_ERROR check the token`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChange {
    pub(crate) endpoint: EndpointStatus,
    pub(crate) news: News,
}

/// Why a status is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum News {
    /// The endpoint has been unhealthy from the start.
    Initial,
    /// The status changed.
    New,
    /// The endpoint has been unhealthy for hours.
    Ongoing,
}

impl StatusReport {
    /// The status of the extension as a whole: `None` until anything is known.
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    /// The status of every endpoint that has one.
    pub fn endpoints(&self) -> &[EndpointStatus] {
        &self.endpoints
    }

    /// The status of the endpoint of this name, if it has one.
    pub fn endpoint(&self, name: &str) -> Option<Status> {
        let endpoint = self
            .endpoints
            .iter()
            .find(|endpoint| &*endpoint.name == name)?;
        Some(endpoint.status.clone())
    }

    /// What changed since the last report that this sink took.
    pub fn changes(&self) -> &[StatusChange] {
        &self.changes
    }
}

impl EndpointStatus {
    /// The endpoint; empty if it is the only one and has no name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is.
    pub fn status(&self) -> &Status {
        &self.status
    }
}

impl StatusChange {
    /// The endpoint and its status.
    pub fn endpoint(&self) -> &EndpointStatus {
        &self.endpoint
    }

    /// Why it is told.
    pub fn news(&self) -> News {
        self.news
    }

    /// What the self-monitoring log says of it; nothing of an endpoint without
    /// a name, of which nobody could tell which it is.
    pub(crate) fn to_log(&self) -> Option<LogEvent> {
        let EndpointStatus { name, status, .. } = &self.endpoint;
        let severity = match status.code() {
            StatusCode::Ok => Severity::Info,
            StatusCode::Warning => Severity::Warn,
            _ => Severity::Error,
        };
        (!name.is_empty()).then(|| {
            LogEvent::new(severity, self.to_string()).with_attribute("device.address", name)
        })
    }
}

impl fmt::Display for StatusChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EndpointStatus { name, status, .. } = &self.endpoint;
        let news = match self.news {
            News::Initial => "INITIAL",
            News::New => "NEW",
            News::Ongoing => "ONGOING",
        };
        write!(f, "{name}: [{news}] - {}", status.code())?;
        if status.message().is_empty() {
            Ok(())
        } else {
            write!(f, " {}", status.message())
        }
    }
}

/// What one sink has been told of each endpoint, and when. Only what the sink
/// took counts, so a change is not lost with a report that failed.
#[derive(Debug, Default)]
pub(crate) struct Told(HashMap<Arc<str>, (Status, Duration)>);

impl Told {
    /// What is news to the sink in this report.
    pub(crate) fn changes(&self, report: &StatusReport, now: Duration) -> Vec<StatusChange> {
        report
            .endpoints
            .iter()
            .filter_map(|endpoint| {
                let ok = endpoint.status.code() == StatusCode::Ok;
                let news = match self.0.get(&endpoint.name) {
                    None if ok => return None,
                    None => News::Initial,
                    Some((told, _)) if *told != endpoint.gist => News::New,
                    Some((_, at)) if !ok && now.saturating_sub(*at) >= ONGOING => News::Ongoing,
                    Some(_) => return None,
                };
                Some(StatusChange {
                    endpoint: endpoint.clone(),
                    news,
                })
            })
            .collect()
    }

    /// The sink took this report.
    pub(crate) fn took(&mut self, report: &StatusReport, now: Duration) {
        let told = std::mem::take(&mut self.0);
        let news: HashSet<&str> = report
            .changes
            .iter()
            .map(|change| change.endpoint.name())
            .collect();
        // Endpoints that are gone are forgotten: their names may be endless.
        self.0.extend(report.endpoints.iter().map(|endpoint| {
            let known = told
                .get(&endpoint.name)
                .filter(|_| !news.contains(endpoint.name()));
            let told = known
                .cloned()
                .unwrap_or_else(|| (endpoint.gist.clone(), now));
            (Arc::clone(&endpoint.name), told)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(status: Status) -> StatusReport {
        StatusReport {
            status: None,
            endpoints: vec![EndpointStatus {
                name: "db-1".into(),
                gist: status.clone(),
                status,
            }],
            changes: Vec::new(),
        }
    }

    /// What a sink that takes everything is told, given a status each hour.
    fn told(statuses: &[Status]) -> Vec<String> {
        let mut told = Told::default();
        let mut texts = Vec::new();
        for (hour, status) in (0..).zip(statuses) {
            let now = Duration::from_hours(hour);
            let mut report = report(status.clone());
            report.changes = told.changes(&report, now);
            texts.extend(report.changes.iter().map(ToString::to_string));
            told.took(&report, now);
        }
        texts
    }

    #[test]
    fn a_first_error_a_change_and_an_old_error_are_news() {
        let down = Status::new(StatusCode::DeviceConnectionError, "refused");
        assert_eq!(
            told(&[down.clone(), down.clone(), down.clone(), down, Status::ok()]),
            [
                "db-1: [INITIAL] - DEVICE_CONNECTION_ERROR refused",
                "db-1: [ONGOING] - DEVICE_CONNECTION_ERROR refused",
                "db-1: [NEW] - OK",
            ]
        );
    }

    #[test]
    fn health_is_no_news() {
        assert!(told(&[Status::ok(), Status::ok(), Status::ok()]).is_empty());
        assert_eq!(
            told(&[Status::ok(), Status::warning("slow")]),
            ["db-1: [NEW] - WARNING slow"]
        );
    }

    #[test]
    fn a_change_is_a_log_event_of_its_endpoint() {
        let table = [
            (Status::ok(), Severity::Info, "db-1: [NEW] - OK"),
            (
                Status::warning("slow"),
                Severity::Warn,
                "db-1: [NEW] - WARNING slow",
            ),
            (
                Status::new(StatusCode::AuthenticationError, "check the token"),
                Severity::Error,
                "db-1: [NEW] - AUTHENTICATION_ERROR check the token",
            ),
        ];
        for (status, severity, content) in table {
            let mut change = StatusChange {
                endpoint: report(status).endpoints.remove(0),
                news: News::New,
            };
            let log = change.to_log().expect("the endpoint has a name");
            assert_eq!((log.severity(), log.content()), (severity, content));
            assert_eq!(log.attributes()["device.address"], "db-1");
            change.endpoint.name = "".into();
            assert_eq!(change.to_log(), None);
        }
    }

    #[test]
    fn a_fault_that_gets_older_is_no_news() {
        let mut told = Told::default();
        for seconds in [75, 125, 175] {
            let mut report = report(Status::warning(format!("for {seconds} s")));
            report.endpoints[0].gist = Status::warning("for long");
            report.changes = told.changes(&report, Duration::from_secs(seconds));
            assert_eq!(report.changes.len(), usize::from(seconds == 75));
            told.took(&report, Duration::from_secs(seconds));
        }
    }

    #[test]
    fn an_endpoint_that_was_gone_begins_anew() {
        let mut told = Told::default();
        let down = report(Status::warning("slow"));
        let gone = StatusReport {
            endpoints: Vec::new(),
            ..down.clone()
        };
        told.took(&down, Duration::ZERO);
        told.took(&gone, Duration::ZERO);
        let changes = told.changes(&down, Duration::ZERO);
        assert_eq!(changes[0].news(), News::Initial);
    }

    #[test]
    fn what_a_sink_did_not_take_is_news_again() {
        let told = Told::default();
        let report = report(Status::warning("slow"));
        for _ in 0..2 {
            assert_eq!(told.changes(&report, Duration::ZERO).len(), 1);
        }
    }
}
