//! The status of the extension, made from the statuses of all its parts.

mod merge;
mod posted;
mod reported;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

pub(crate) use merge::merge;
pub(crate) use posted::Posted;
pub(crate) use reported::Reported;

use crate::Status;
use crate::poll::overdue;
use crate::redact::Redactor;
use crate::setup::unfinished;
use crate::status_report::StatusReport;

/// Where every part of the runtime puts up its status.
///
/// No part hides another: what goes wrong inside the runtime stands beside the
/// statuses of the endpoints, not in their place.
pub(crate) struct Board {
    state: Mutex<State>,
    changed: watch::Sender<()>,
    /// Whether it is known how the initialization ended.
    settled: watch::Sender<bool>,
    redactor: Redactor,
}

#[derive(Default)]
struct State {
    /// What the initialization said, if that is not just that all is well.
    /// While it is an error nothing is polled, and nothing else is told.
    setup: Option<Status>,
    /// Since when the initialization has been running.
    initializing: Option<Duration>,
    /// Whether callbacks are being run. Until then nothing is known, not even
    /// that all is well.
    polling: bool,
    endpoints: Vec<Entry>,
    troubles: BTreeMap<String, Trouble>,
}

struct Entry {
    /// Empty for the only endpoint of an extension that has no names for them.
    name: Arc<str>,
    /// In the order they are run: `query` first.
    callbacks: Vec<Slot>,
}

/// A callback of an endpoint.
struct Slot {
    name: Cow<'static, str>,
    said: Option<Posted>,
    running: Option<Running>,
    /// What it said of endpoints besides its own.
    reported: Reported,
}

/// A run that has not ended yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Running {
    pub(crate) since: Duration,
    pub(crate) interval: Duration,
    pub(crate) deadline: Duration,
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
            settled: watch::Sender::new(false),
            redactor,
        }
    }

    /// Is told of every change from now on.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Waits until the initialization has ended, well or not. A status sent
    /// before that could only be taken back.
    pub(crate) async fn settled(&self) {
        // The sender is the board's own and cannot be gone.
        let _ = self.settled.subscribe().wait_for(|settled| *settled).await;
    }

    /// The initialization begins. Should it take long, the board says so.
    pub(crate) fn begin_setup(&self, now: Duration) {
        self.lock().initializing = Some(now);
    }

    /// Sets or clears what the initialization said, when it has ended.
    pub(crate) fn set_setup(&self, status: Option<Status>) {
        let status = status.map(|status| self.scrubbed(status));
        let mut state = self.lock();
        state.initializing = None;
        let known = status.is_some();
        if state.setup != status {
            state.setup = status;
            drop(state);
            self.changed.send_replace(());
        }
        if known {
            self.settled.send_replace(true);
        }
    }

    /// Callbacks are run from now on: as long as none has said anything, all
    /// is well. That alone is not worth a report, so nobody is told.
    pub(crate) fn set_polling(&self) {
        self.lock().polling = true;
        self.settled.send_replace(true);
    }

    /// Adds an endpoint with its callbacks, none of which has a status yet.
    pub(crate) fn add_endpoint(&self, name: Arc<str>, callbacks: &[Cow<'static, str>]) -> usize {
        let mut state = self.lock();
        let callbacks = callbacks.iter().map(|name| Slot {
            name: name.clone(),
            said: None,
            running: None,
            reported: Reported::default(),
        });
        state.endpoints.push(Entry {
            name,
            callbacks: callbacks.collect(),
        });
        state.endpoints.len() - 1
    }

    /// The line of a callback, by its place among those of its endpoint.
    pub(crate) fn line(endpoint: usize, callback: usize) -> Line {
        Line { endpoint, callback }
    }

    /// A run begins. Should it take longer than its interval, the board says
    /// so without being told.
    pub(crate) fn begin(&self, line: Line, running: Running) {
        if let Some(slot) = self.lock().slot(line) {
            slot.running = Some(running);
        }
    }

    /// Puts up what a run came to, and ends it.
    pub(crate) fn set(&self, line: Line, posted: impl Into<Posted>) {
        let posted = posted.into().map(|status| self.scrubbed(status));
        self.change(line, |slot| {
            slot.running = None;
            let before = slot.said.replace(posted);
            before.as_ref() != slot.said.as_ref()
        });
    }

    /// Puts up what a run said of endpoints besides its own. After a run that
    /// was `complete` those it left out are gone.
    pub(crate) fn report_endpoints(&self, line: Line, reported: Reported, complete: bool) {
        if reported.is_empty() {
            return;
        }
        let reported = reported.map(|status| self.scrubbed(status));
        self.change(line, |slot| slot.reported.update(reported, complete));
    }

    fn change(&self, line: Line, change: impl FnOnce(&mut Slot) -> bool) {
        if self.lock().slot(line).is_some_and(change) {
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
        let mut parts = merge::Parts::new(state.polling);
        for entry in &state.endpoints {
            parts.entry(
                &entry.name,
                entry
                    .callbacks
                    .iter()
                    .map(|slot| (slot.name.as_ref(), slot.shown(now), &slot.reported)),
            );
        }
        let troubles = state.troubles.iter();
        let troubles = troubles.map(|(about, trouble)| (about.as_str(), &trouble.status));
        let unfinished = state
            .initializing
            .and_then(|since| unfinished(now.saturating_sub(since)));
        let setup = state.setup.as_ref().or(unfinished.as_ref());
        StatusReport {
            status: parts.overall(setup, troubles),
            endpoints: parts.into_endpoints(),
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

impl State {
    fn slot(&mut self, line: Line) -> Option<&mut Slot> {
        let entry = self.endpoints.get_mut(line.endpoint)?;
        entry.callbacks.get_mut(line.callback)
    }
}

impl Slot {
    /// What it says at `now`: what its last run came to, unless the one that
    /// still runs should have ended long ago.
    fn shown(&self, now: Duration) -> Option<Cow<'_, Posted>> {
        if let Some(running) = self.running {
            let age = now.saturating_sub(running.since);
            if age > running.interval {
                let posted = overdue(&self.name, age, running.interval, running.deadline);
                return Some(Cow::Owned(posted));
            }
        }
        self.said.as_ref().map(Cow::Borrowed)
    }
}

#[cfg(test)]
mod tests;
