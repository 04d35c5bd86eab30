//! The status of the extension, made from the statuses of all its parts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::redact::Redactor;
use crate::status_report::{EndpointStatus, StatusReport};
use crate::{Status, StatusCode};

/// How many unhealthy endpoints the status names; the rest is counted.
const NAMED: usize = 20;

/// Where every part of the runtime puts up its status.
///
/// No part hides another: what goes wrong inside the runtime stands beside the
/// statuses of the endpoints, not in their place.
pub(crate) struct Board {
    state: Mutex<State>,
    changed: watch::Sender<()>,
    redactor: Redactor,
}

#[derive(Default)]
struct State {
    /// While it stands here nothing is polled, and nothing else is told.
    setup: Option<Status>,
    endpoints: Vec<Entry>,
    troubles: BTreeMap<String, Trouble>,
}

struct Entry {
    name: Arc<str>,
    /// By callback, in the order they are run: `query` first.
    callbacks: Vec<(Cow<'static, str>, Option<Status>)>,
}

struct Trouble {
    status: Status,
    until: Option<Duration>,
}

/// Which line of the board belongs to a callback of an endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    endpoint: usize,
    callback: usize,
}

impl Board {
    pub(crate) fn new(redactor: Redactor) -> Self {
        Board {
            state: Mutex::default(),
            changed: watch::Sender::new(()),
            redactor,
        }
    }

    /// Is told of every change from now on.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Sets or clears what keeps the extension from polling at all.
    pub(crate) fn set_setup(&self, status: Option<Status>) {
        let status = status.map(|status| self.scrubbed(status));
        let mut state = self.lock();
        if state.setup != status {
            state.setup = status;
            drop(state);
            self.changed.send_replace(());
        }
    }

    /// Adds an endpoint with its callbacks, none of which has a status yet.
    pub(crate) fn add_endpoint(&self, name: Arc<str>, callbacks: &[Cow<'static, str>]) -> usize {
        let mut state = self.lock();
        state.endpoints.push(Entry {
            name,
            callbacks: callbacks.iter().map(|name| (name.clone(), None)).collect(),
        });
        state.endpoints.len() - 1
    }

    /// The line of a callback, by its place among those of its endpoint.
    pub(crate) fn line(endpoint: usize, callback: usize) -> Line {
        Line { endpoint, callback }
    }

    pub(crate) fn set(&self, line: Line, status: Status) {
        let status = self.scrubbed(status);
        let mut state = self.lock();
        let place = state
            .endpoints
            .get_mut(line.endpoint)
            .and_then(|entry| entry.callbacks.get_mut(line.callback));
        if let Some((_, place)) = place
            && place.as_ref() != Some(&status)
        {
            *place = Some(status);
            drop(state);
            self.changed.send_replace(());
        }
    }

    /// Puts up something that went wrong inside the runtime, until it is
    /// cleared or until then.
    pub(crate) fn trouble(&self, about: &str, status: Status, until: Option<Duration>) {
        let status = self.scrubbed(status);
        let mut state = self.lock();
        let before = state.troubles.insert(
            about.to_owned(),
            Trouble {
                status: status.clone(),
                until,
            },
        );
        if before.is_none_or(|before| before.status != status) {
            drop(state);
            self.changed.send_replace(());
        }
    }

    pub(crate) fn clear_trouble(&self, about: &str) {
        if self.lock().troubles.remove(about).is_some() {
            self.changed.send_replace(());
        }
    }

    /// What the board says at `now`.
    pub(crate) fn report(&self, now: Duration) -> StatusReport {
        let mut state = self.lock();
        state
            .troubles
            .retain(|_, trouble| trouble.until.is_none_or(|until| now < until));
        let endpoints: Vec<EndpointStatus> = state
            .endpoints
            .iter()
            .filter_map(|entry| {
                Some(EndpointStatus {
                    name: Arc::clone(&entry.name),
                    status: endpoint_status(entry)?,
                })
            })
            .collect();
        StatusReport {
            status: overall(&state, &endpoints),
            endpoints,
            changes: Vec::new(),
        }
    }

    fn scrubbed(&self, status: Status) -> Status {
        match self.redactor.scrubbed(status.message()) {
            Some(message) => Status::new(status.code(), message),
            None => status,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The status of an endpoint from those of its callbacks. With `query` alone
/// it is what `query` said.
fn endpoint_status(entry: &Entry) -> Option<Status> {
    let known: Vec<(&str, &Status)> = entry
        .callbacks
        .iter()
        .filter_map(|(name, status)| Some((name.as_ref(), status.as_ref()?)))
        .collect();
    match known.as_slice() {
        [] => None,
        [(_, status)] if entry.callbacks.len() == 1 => Some((*status).clone()),
        several => {
            let text: Vec<String> = several
                .iter()
                .filter(|(_, status)| !status.message().is_empty() || !is_ok(status))
                .map(|(name, status)| format!("{name}: {status}"))
                .collect();
            let code = merge(several.iter().map(|(_, status)| status.code()));
            Some(Status::new(code, text.join(", ")))
        }
    }
}

fn overall(state: &State, endpoints: &[EndpointStatus]) -> Option<Status> {
    if let Some(setup) = &state.setup
        && setup.code().is_error()
    {
        return Some(setup.clone());
    }
    let troubles = state.troubles.values().map(|trouble| &trouble.status);
    let all: Vec<StatusCode> = state
        .setup
        .iter()
        .chain(endpoints.iter().map(|endpoint| &endpoint.status))
        .chain(troubles)
        .map(Status::code)
        .collect();
    match (&state.setup, all.as_slice()) {
        (_, []) => return None,
        (Some(setup), [_]) => return Some(setup.clone()),
        _ => {}
    }
    let mut lines = Vec::new();
    if let Some(setup) = &state.setup {
        lines.push(format!("initialize: {setup}"));
    }
    let (named, unnamed): (Vec<_>, Vec<_>) = endpoints
        .iter()
        .partition(|endpoint| !endpoint.name.is_empty());
    if !named.is_empty() {
        lines.push(summary(&named));
    }
    for endpoint in unnamed {
        if all.len() == 1 {
            return Some(endpoint.status.clone());
        }
        lines.push(format!("query: {}", endpoint.status));
    }
    for (about, trouble) in &state.troubles {
        lines.push(format!("{about}: {}", trouble.status));
    }
    Some(Status::new(merge(all), lines.join("\n")))
}

/// `Endpoints OK: 1 WARNING: 0 ERROR: 1 Unhealthy endpoints: db-1 - …`
fn summary(endpoints: &[&EndpointStatus]) -> String {
    let count = |wanted: fn(StatusCode) -> bool| {
        endpoints
            .iter()
            .filter(|endpoint| wanted(endpoint.status.code()))
            .count()
    };
    let mut text = format!(
        "Endpoints OK: {} WARNING: {} ERROR: {}",
        count(|code| code == StatusCode::Ok),
        count(|code| code == StatusCode::Warning),
        count(StatusCode::is_error),
    );
    let unhealthy: Vec<String> = endpoints
        .iter()
        .filter(|endpoint| !is_ok(&endpoint.status))
        .map(|endpoint| {
            let status = &endpoint.status;
            let text = format!("{} - {} {}", endpoint.name, status.code(), status.message());
            text.trim_end().to_owned()
        })
        .collect();
    if !unhealthy.is_empty() {
        let named: Vec<&str> = unhealthy.iter().take(NAMED).map(String::as_str).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, " Unhealthy endpoints: {}", named.join(", "));
        if unhealthy.len() > NAMED {
            let _ = write!(text, " and {} more", unhealthy.len() - NAMED);
        }
    }
    text
}

/// A single code stays what it is. Of several: any warning, or some fine and
/// some broken, is a warning; all broken is an error.
fn merge(codes: impl IntoIterator<Item = StatusCode>) -> StatusCode {
    let codes: Vec<StatusCode> = codes.into_iter().collect();
    match codes.as_slice() {
        [one] => *one,
        several if several.iter().all(|&code| code == StatusCode::Ok) => StatusCode::Ok,
        several if several.iter().all(|code| code.is_error()) => StatusCode::GenericError,
        _ => StatusCode::Warning,
    }
}

fn is_ok(status: &Status) -> bool {
    status.code() == StatusCode::Ok
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &[Cow<'static, str>] = &[Cow::Borrowed("query")];

    fn board() -> Board {
        Board::new(Redactor::default())
    }

    fn with_endpoints(statuses: &[(&'static str, Status)]) -> Board {
        let board = board();
        for (name, status) in statuses {
            let endpoint = board.add_endpoint(Arc::from(*name), QUERY);
            board.set(Board::line(endpoint, 0), status.clone());
        }
        board
    }

    fn shown(board: &Board) -> String {
        board
            .report(Duration::ZERO)
            .status
            .map_or_else(String::new, |status| status.to_string())
    }

    fn error(code: StatusCode, message: &'static str) -> Status {
        Status::new(code, message)
    }

    #[test]
    fn before_anything_is_known_there_is_no_status_not_even_ok() {
        let board = board();
        board.add_endpoint(Arc::from("db-1"), QUERY);
        assert_eq!(board.report(Duration::ZERO).status, None);
    }

    #[test]
    fn endpoints_are_counted_and_the_unhealthy_named() {
        let board = with_endpoints(&[
            ("10.0.0.1", Status::ok()),
            (
                "10.0.0.2",
                error(StatusCode::DeviceConnectionError, "refused"),
            ),
        ]);
        assert_eq!(
            shown(&board),
            "WARNING - Endpoints OK: 1 WARNING: 0 ERROR: 1 \
             Unhealthy endpoints: 10.0.0.2 - DEVICE_CONNECTION_ERROR refused"
        );
    }

    #[test]
    fn all_ok_is_ok_and_all_broken_is_an_error() {
        let board = with_endpoints(&[("a", Status::ok()), ("b", Status::ok())]);
        assert_eq!(shown(&board), "OK - Endpoints OK: 2 WARNING: 0 ERROR: 0");
        let board = with_endpoints(&[
            (
                "a",
                error(StatusCode::AuthenticationError, "check the token"),
            ),
            ("b", error(StatusCode::DeviceConnectionError, "refused")),
        ]);
        assert!(shown(&board).starts_with("GENERIC_ERROR - Endpoints OK: 0 WARNING: 0 ERROR: 2"));
    }

    #[test]
    fn a_warning_among_errors_is_a_warning() {
        let board = with_endpoints(&[
            ("a", Status::warning("slow")),
            ("b", error(StatusCode::DeviceConnectionError, "refused")),
        ]);
        assert!(shown(&board).starts_with("WARNING - "));
    }

    #[test]
    fn the_only_endpoint_speaks_for_itself() {
        let status = error(StatusCode::AuthenticationError, "check the token");
        let board = with_endpoints(&[("", status.clone())]);
        assert_eq!(board.report(Duration::ZERO).status, Some(status.clone()));
        let board = with_endpoints(&[("lb-1", status)]);
        assert!(shown(&board).starts_with("AUTHENTICATION_ERROR - Endpoints OK: 0"));
    }

    #[test]
    fn trouble_inside_the_runtime_hides_no_endpoint() {
        let board = with_endpoints(&[(
            "db-1",
            error(StatusCode::AuthenticationError, "check the token"),
        )]);
        board.trouble("local ingest", Status::warning("1 line not valid"), None);
        let text = shown(&board);
        assert!(
            text.contains("db-1 - AUTHENTICATION_ERROR check the token"),
            "{text}"
        );
        assert!(
            text.ends_with("\nlocal ingest: WARNING - 1 line not valid"),
            "{text}"
        );
        board.clear_trouble("local ingest");
        assert!(!shown(&board).contains("local ingest"));
    }

    #[test]
    fn trouble_that_is_over_is_told_for_a_while() {
        let board = with_endpoints(&[("a", Status::ok())]);
        let until = Duration::from_mins(10);
        board.trouble("buffer", Status::warning("2 lines dropped"), Some(until));
        assert!(
            board
                .report(Duration::from_mins(9))
                .status
                .is_some_and(|s| !is_ok(&s))
        );
        assert!(board.report(until).status.is_some_and(|s| is_ok(&s)));
    }

    #[test]
    fn the_callbacks_of_an_endpoint_are_told_apart() {
        let board = board();
        let callbacks = [Cow::Borrowed("query"), Cow::Borrowed("inventory")];
        let endpoint = board.add_endpoint(Arc::from("db-1"), &callbacks);
        board.set(Board::line(endpoint, 0), Status::ok());
        board.set(
            Board::line(endpoint, 1),
            error(StatusCode::GenericError, "no disks"),
        );
        assert_eq!(
            board.report(Duration::ZERO).endpoints[0].status.to_string(),
            "WARNING - inventory: GENERIC_ERROR - no disks"
        );
    }

    #[test]
    fn a_failed_initialization_is_all_there_is_to_tell() {
        let board = with_endpoints(&[("a", Status::ok())]);
        let status = error(StatusCode::DeviceConnectionError, "no license server");
        board.set_setup(Some(status.clone()));
        assert_eq!(board.report(Duration::ZERO).status, Some(status));
    }

    #[test]
    fn many_unhealthy_endpoints_do_not_make_an_endless_status() {
        let board = board();
        for n in 0..500 {
            let endpoint = board.add_endpoint(format!("host-{n}").into(), QUERY);
            board.set(Board::line(endpoint, 0), Status::warning("slow"));
        }
        let text = shown(&board);
        assert!(
            text.ends_with("host-19 - WARNING slow and 480 more"),
            "{text}"
        );
    }

    #[test]
    fn no_status_shows_a_secret() {
        let redactor = Redactor::default();
        redactor.learn(["hunter22".to_owned()]);
        let board = Board::new(redactor);
        let endpoint = board.add_endpoint(Arc::from("a"), QUERY);
        board.set(
            Board::line(endpoint, 0),
            Status::warning("hunter22 is wrong"),
        );
        board.trouble("x", Status::warning("hunter22"), None);
        assert!(!shown(&board).contains("hunter22"));
    }

    #[test]
    fn only_a_change_wakes_those_who_send_it() {
        let board = with_endpoints(&[("a", Status::ok())]);
        let mut changes = board.subscribe();
        changes.mark_unchanged();
        board.set(Board::line(0, 0), Status::ok());
        assert!(!changes.has_changed().expect("the board lives"));
        board.set(Board::line(0, 0), Status::warning("x"));
        assert!(changes.has_changed().expect("the board lives"));
    }
}
