//! What all handles and connections of a simulator share.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::Reported;
use crate::answer::Answer;
use crate::received::{Finding, Request};
use crate::record::{Recorder, entry};
use crate::server::Gate;
use crate::state::State;
use crate::take::{Fixed, Take};

/// Something worth showing, as it happens.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Notice<'n> {
    /// A request was answered, or ended without an answer.
    Request(&'n Request),
    /// Something is not as it should be. Each remark comes once.
    Finding(&'n Finding),
    /// A metric line was taken; self-monitoring lines are not told.
    Line(&'n Reported),
}

pub(crate) type Observer = Box<dyn Fn(Notice<'_>) + Send + Sync>;

pub(crate) struct Shared {
    pub(crate) fixed: Fixed,
    state: Mutex<State>,
    pub(crate) gate: watch::Sender<Gate>,
    pub(crate) changed: Notify,
    started: Instant,
    epoch_millis: AtomicI64,
    observer: Option<Observer>,
    pub(crate) recorder: Option<Mutex<Recorder>>,
}

impl Shared {
    pub(crate) fn new(
        fixed: Fixed,
        state: State,
        epoch_millis: i64,
        observer: Option<Observer>,
        recorder: Option<Recorder>,
    ) -> Arc<Self> {
        Arc::new(Shared {
            fixed,
            state: Mutex::new(state),
            gate: watch::Sender::new(Gate::default()),
            changed: Notify::new(),
            started: Instant::now(),
            epoch_millis: AtomicI64::new(epoch_millis),
            observer,
            recorder: recorder.map(Mutex::new),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Milliseconds since 1970, by the clock of this machine.
    pub(crate) fn now_millis(&self) -> i64 {
        let elapsed = i64::try_from(self.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.epoch_millis().saturating_add(elapsed)
    }

    fn epoch_millis(&self) -> i64 {
        self.epoch_millis.load(Ordering::Relaxed)
    }

    /// Sets the clock of this machine ahead; that of the cluster stays.
    pub(crate) fn step_clock(&self, millis: i64) {
        let mut state = self.state();
        self.epoch_millis.fetch_add(millis, Ordering::Relaxed);
        state.cluster_diff -= millis;
    }

    pub(crate) fn open_connection(&self) -> u64 {
        let mut state = self.state();
        state.totals.connections += 1;
        state.totals.connections
    }

    /// Gives a request its number and keeps it.
    pub(crate) fn begin(&self, mut request: Request) -> Request {
        let mut state = self.state();
        state.totals.requests += 1;
        if let Some(call) = request.call {
            *state.calls.entry(call).or_default() += 1;
        }
        request.number = state.totals.requests;
        let bytes = request.body.len() + request.headers.len() * 64 + request.target.len();
        state.requests.push(request.clone(), bytes);
        request
    }

    /// Takes what a request brings. Says what to answer and whether it was
    /// taken.
    pub(crate) fn take(&self, request: &Request) -> (Answer, bool) {
        let taken = {
            let mut state = self.state();
            let now = self.now_millis().saturating_add(state.cluster_diff);
            Take {
                fixed: &self.fixed,
                state: &mut state,
                at: self.elapsed(),
                now,
                request,
                findings: Vec::new(),
                lines: Vec::new(),
            }
            .run()
        };
        if let Some(observer) = &self.observer {
            for line in &taken.lines {
                observer(Notice::Line(line));
            }
            for finding in &taken.findings {
                observer(Notice::Finding(finding));
            }
        }
        (taken.answer, taken.taken)
    }

    /// Completes the record of a request and tells everybody.
    pub(crate) fn finish(&self, request: &Request) {
        {
            let mut state = self.state();
            state.totals.faults += u64::from(!request.faults.is_empty());
            state.complete(request.number, |kept| kept.clone_from(request));
        }
        if let Some(recorder) = &self.recorder {
            let entry = entry(request, self.epoch_millis());
            recorder
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write(&entry);
        }
        if let Some(observer) = &self.observer {
            observer(Notice::Request(request));
        }
        self.changed.notify_waiters();
    }
}
