//! The handle of a simulator.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::builder::Builder;
use crate::received::{Finding, Heartbeat, Received, Request, Totals};
use crate::shared::Shared;
use crate::{Call, Fault, FaultProgress, MetricSummary, RandomFaults, Reported};

/// An Extension Execution Controller without a Dynatrace behind it. Clones are
/// the same simulator.
///
/// It belongs to a tokio runtime, and all its times are tokio's, so that a
/// paused clock holds for it too. What came in is kept within bounds: the
/// oldest is forgotten first, while [`totals`](Self::totals) and
/// [`metrics`](Self::metrics) count everything.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
}

impl Simulator {
    /// A simulator with the defaults of [`Builder`].
    #[expect(clippy::new_without_default, reason = "it starts a clock")]
    pub fn new() -> Self {
        Simulator::builder().build()
    }

    /// Begins with the defaults; see [`Builder`].
    pub fn builder() -> Builder {
        Builder::default()
    }

    // What an extension needs to find it.

    /// The `--dsid` it answers to.
    pub fn data_source_id(&self) -> &str {
        &self.shared.fixed.data_source
    }

    /// The content of the `--idtoken` file.
    pub fn token(&self) -> String {
        self.shared.state().token.clone()
    }

    /// The `--url` for an authority such as `127.0.0.1:14599`.
    pub fn url(&self, authority: impl fmt::Display) -> String {
        format!("http://{authority}{}", self.shared.fixed.base)
    }

    // What it answers with.

    /// Expects another token from now on, as after a restart.
    pub fn set_token(&self, token: impl Into<String>) {
        self.shared.state().token = token.into();
    }

    /// Says what the cluster's clock is ahead, in milliseconds. Timestamps are
    /// judged by the cluster's clock.
    pub fn set_cluster_diff(&self, millis: i64) {
        self.shared.state().cluster_diff = millis;
    }

    /// Sets the clock of this machine ahead by so many milliseconds, or back, as
    /// an operator or a time server does. That of the cluster stays, so what it
    /// is ahead changes by as much.
    pub fn step_clock(&self, millis: i64) {
        self.shared.step_clock(millis);
    }

    /// Sets the clock of the cluster ahead by so many milliseconds, or back.
    pub fn step_cluster_clock(&self, millis: i64) {
        self.shared.state().cluster_diff += millis;
    }

    /// Changes one field of what heartbeats are answered: `extconfig`,
    /// `userconfig`, `debugmode` (`"0"` or `"1"`), `runtime` (log levels by
    /// `debuglevel`, `debuglevel.NAME`, `debuglevel.NAME.api`) or `tasks`.
    pub fn set_heartbeat_answer(&self, field: &str, value: impl Into<Value>) {
        if let Some(fields) = self.shared.state().heartbeat_answer.as_object_mut() {
            fields.insert(field.to_owned(), value.into());
        }
    }

    // Faults.

    /// Injects a fault. Needs a tokio runtime around it if the fault is a
    /// [`Fault::refuse`] or [`Fault::restart`] that begins later.
    pub fn inject(&self, fault: Fault) {
        if !fault.is_outage() {
            let now = tokio::time::Instant::now();
            self.shared.state().plan.add(fault, now);
        } else if fault.after.is_zero() {
            self.begin_outage(&fault);
        } else {
            let simulator = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(fault.after).await;
                simulator.begin_outage(&fault);
            });
        }
        self.shared.changed.notify_waiters();
    }

    /// Injects faults at random from now on, instead of those at random
    /// before.
    pub fn inject_at_random(&self, faults: RandomFaults) {
        self.shared.state().plan.add_random(faults);
    }

    /// Ends all faults and takes connections again. Calls that hang go on
    /// hanging.
    pub fn clear_faults(&self) {
        self.shared.state().plan.clear();
        self.end_outage();
        self.shared.changed.notify_waiters();
    }

    /// The faults of calls that are in force or still to come.
    pub fn faults(&self) -> Vec<Fault> {
        let now = tokio::time::Instant::now();
        self.shared.state().plan.faults(now)
    }

    /// Those faults, with how far each of them is.
    pub fn fault_progress(&self) -> Vec<FaultProgress> {
        let now = tokio::time::Instant::now();
        self.shared.state().plan.progress(now)
    }

    // What came in.

    /// Time since it was built.
    pub fn elapsed(&self) -> Duration {
        self.shared.elapsed()
    }

    /// How much came in.
    pub fn totals(&self) -> Totals {
        self.shared.state().totals()
    }

    /// How often each call was made, answered or not.
    pub fn calls(&self) -> BTreeMap<Call, u64> {
        self.shared.state().calls.clone()
    }

    /// The requests that are kept, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.iter().cloned().collect()
    }

    /// The metric lines that were taken and are kept, in the order they came.
    pub fn lines(&self) -> Vec<Received<String>> {
        self.shared.state().lines.iter().cloned().collect()
    }

    /// The lines of one metric, read.
    pub fn lines_of(&self, key: &str) -> Vec<Received<Reported>> {
        let state = self.shared.state();
        let of_key = state.lines.iter().filter(|line| {
            let rest = line.item.strip_prefix(key);
            rest.is_some_and(|rest| rest.starts_with([',', ' ']))
        });
        of_key
            .filter_map(|line| {
                Some(Received {
                    at: line.at,
                    request: line.request,
                    item: Reported::parse(&line.item).ok()?,
                })
            })
            .collect()
    }

    /// The self-monitoring lines that were taken and are kept.
    pub fn self_monitoring_lines(&self) -> Vec<Received<String>> {
        let state = self.shared.state();
        state.self_monitoring_lines.iter().cloned().collect()
    }

    /// All metrics that came in, by key.
    pub fn metrics(&self) -> BTreeMap<String, MetricSummary> {
        self.shared.state().metrics.by_key().clone()
    }

    /// One metric.
    pub fn metric(&self, key: &str) -> Option<MetricSummary> {
        self.shared.state().metric(key).cloned()
    }

    /// All self-monitoring metrics that came in, by key.
    pub fn self_monitoring_metrics(&self) -> BTreeMap<String, MetricSummary> {
        self.shared.state().self_monitoring.by_key().clone()
    }

    /// The log events that were taken and are kept.
    pub fn logs(&self) -> Vec<Received<Value>> {
        self.shared.state().logs.iter().cloned().collect()
    }

    /// The self-monitoring log events that were taken and are kept.
    pub fn self_monitoring_logs(&self) -> Vec<Received<Value>> {
        let state = self.shared.state();
        state.self_monitoring_logs.iter().cloned().collect()
    }

    /// The Dynatrace events that were taken and are kept.
    pub fn events(&self) -> Vec<Received<Value>> {
        self.shared.state().events.iter().cloned().collect()
    }

    /// The heartbeats that were taken and are kept.
    pub fn heartbeats(&self) -> Vec<Received<Heartbeat>> {
        self.shared.state().heartbeats.iter().cloned().collect()
    }

    /// The newest heartbeat.
    pub fn status(&self) -> Option<Heartbeat> {
        let state = self.shared.state();
        let newest = state.heartbeats.iter().next_back();
        newest.map(|heartbeat| heartbeat.item.clone())
    }

    /// What is not as it should be, as far as it is kept. A remark on a metric
    /// stands once, where it was first made.
    pub fn findings(&self) -> Vec<Finding> {
        self.shared.state().findings.iter().cloned().collect()
    }

    /// How totals were registered: by metric key, as they came.
    pub fn registered_counts(&self) -> BTreeMap<String, Value> {
        self.shared.state().registered.clone()
    }

    /// Why the recording ended before its time, if it did.
    pub fn recording_failure(&self) -> Option<String> {
        let recorder = self.shared.recorder.as_ref()?;
        recorder
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .failed()
    }

    /// Waits until `condition` holds; it is asked after every request.
    pub async fn wait_until(&self, mut condition: impl FnMut(&Simulator) -> bool) {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            // Before the question, so that no change falls between the two.
            changed.as_mut().enable();
            if condition(self) {
                return;
            }
            changed.await;
        }
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the token nor the activation.
        f.debug_struct("Simulator")
            .field("data_source_id", &self.data_source_id())
            .field("totals", &self.totals())
            .finish_non_exhaustive()
    }
}
