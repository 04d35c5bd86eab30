//! An EEC with an extension under it.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use extyped_simulator::{Finding, Severity, Simulator};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::facts::Facts;
use super::log::Log;
use super::{Builder, MetricLines, status};
use crate::data_source::Served;
use crate::{Clock, Finished, Manifest, Status, StatusCode, text};

/// How long after a moment everything that was due at it is done.
const SETTLED: Duration = Duration::from_millis(1);

/// How many findings a message names.
const NAMED: usize = 5;

/// An Extension Execution Controller with an extension under it, in an
/// author's test; see the [module](super) for an example.
///
/// Dropped, it ends the extension at once; [`stop`](Self::stop) lets it send
/// what is left.
pub struct Eec {
    simulator: Simulator,
    manifest: &'static Manifest,
    feature_sets: Vec<String>,
    log: Log,
    clock: Clock,
    process: Process,
    /// Until when time has passed.
    passed: Mutex<Instant>,
}

/// The extension as a process.
pub(super) struct Process {
    pub(super) shutdown: CancellationToken,
    /// How it ended, if it has.
    pub(super) served: Arc<OnceLock<Served>>,
    /// Canceled when it has.
    pub(super) ended: CancellationToken,
    pub(super) _task: AbortOnDropHandle<()>,
}

impl Eec {
    /// Begins with the manifest that the macro generated: no configuration,
    /// and all feature sets.
    pub fn builder(manifest: &'static Manifest) -> Builder {
        Builder::new(manifest)
    }

    pub(super) fn new(
        simulator: Simulator,
        manifest: &'static Manifest,
        feature_sets: Vec<String>,
        log: Log,
        clock: Clock,
        process: Process,
    ) -> Self {
        Eec {
            simulator,
            manifest,
            feature_sets,
            log,
            clock,
            process,
            passed: Mutex::new(Instant::now()),
        }
    }

    /// Lets this much time pass. Everything that is due by then has happened
    /// when it returns.
    pub async fn pass(&self, time: Duration) {
        let until = {
            let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            // Unless the test waited for something else, it goes on where the
            // last call ended, and not a millisecond later.
            if now > *passed + SETTLED {
                *passed = now;
            }
            *passed += time;
            *passed
        };
        sleep_until(until + SETTLED).await;
    }

    /// The EEC itself: what it got, how it misbehaves, what it answers.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Sets the clock of the machine ahead by so many milliseconds, or back, as
    /// an operator or a time server does. That of the cluster stays.
    pub fn step_clock(&self, millis: i64) {
        self.clock.step(millis);
        self.simulator.step_clock(millis);
    }

    /// What the last heartbeat said, which is 50 seconds old at most; `None`
    /// while nothing is known.
    pub fn status(&self) -> Option<Status> {
        self.simulator.status().and_then(status::of)
    }

    /// What the extension and the runtime logged so far, at the levels that the
    /// EEC asks for: `2027-01-15T08:00:30Z  WARN out of paper`. The times are
    /// those of the test, in cluster time. All that this thread logs comes here
    /// while the `Eec` is there, and to no other subscriber.
    pub fn log(&self) -> Vec<String> {
        self.log.lines()
    }

    /// Why the extension ended by itself, if it did: as a process it would
    /// have ended with a failure.
    pub fn ended(&self) -> Option<String> {
        match self.process.served.get() {
            Some(Served::Unconfigured(why)) => Some(why.clone()),
            Some(Served::Finished(_) | Served::Asked) => Some("it was done".to_owned()),
            None if self.process.ended.is_cancelled() => Some("it panicked".to_owned()),
            None => None,
        }
    }

    /// Ends the extension as SIGTERM does: it sends what is left, and runs its
    /// `shutdown`.
    ///
    /// # Panics
    ///
    /// If the extension never got a configuration and ended by itself.
    pub async fn stop(self) -> Finished {
        self.process.shutdown.cancel();
        self.end().await;
        match self.process.served.get() {
            Some(Served::Finished(finished)) => finished.clone(),
            Some(Served::Unconfigured(why)) => panic!("the extension ended by itself: {why}"),
            Some(Served::Asked) => Finished {
                status: None,
                unsent: Vec::new(),
                tallies: Vec::new(),
            },
            None => panic!("the task of the extension panicked: this is a mistake in extyped"),
        }
    }

    /// Waits for the end of the extension.
    pub(super) async fn end(&self) {
        self.process.ended.cancelled().await;
    }
}

#[expect(clippy::missing_panics_doc, reason = "assertions are there to panic")]
impl Eec {
    /// Asserts that a metric was reported, and returns its lines to ask more
    /// of them.
    #[track_caller]
    pub fn assert_metric(&self, key: &str) -> MetricLines<'_> {
        let lines = self.simulator.lines_of(key);
        let Some(summary) = self.simulator.metric(key) else {
            panic!("{}", self.facts().missing(key));
        };
        assert!(
            summary.lines == lines.len() as u64,
            "more was reported than is kept: of `{key}` {} of {} lines; let less time pass",
            lines.len(),
            summary.lines
        );
        MetricLines::new(self, key, lines)
    }

    /// Asserts that a metric of the manifest was not reported.
    #[track_caller]
    pub fn assert_no_metric(&self, key: &str) {
        if let Some(problem) = self.facts().not_of_the_manifest(key) {
            panic!("{problem}");
        }
        if let Some(line) = self.simulator.lines_of(key).first() {
            panic!(
                "`{key}` was reported, first after {}: {}",
                text::duration(line.at),
                super::metric::shown(&line.item)
            );
        }
    }

    /// Asserts that every metric of the manifest was reported that the feature
    /// sets turn on.
    #[track_caller]
    pub fn assert_all_metrics_covered(&self) {
        if let Some(problem) = self.facts().uncovered() {
            panic!("{problem}");
        }
    }

    /// Asserts that all that came in is valid: every line, event, log event
    /// and heartbeat.
    #[track_caller]
    pub fn assert_nothing_invalid(&self) {
        let findings = self.simulator.findings();
        let invalid = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Invalid);
        if let Some(problem) = told(invalid, self.simulator.totals().invalid) {
            panic!("{problem}");
        }
    }

    /// Asserts that the last heartbeat had this status.
    #[track_caller]
    pub fn assert_status(&self, code: StatusCode) {
        let last = self.status();
        assert!(
            last.as_ref().is_some_and(|status| status.code() == code),
            "the status is not {code}\n{}",
            self.facts().last_words()
        );
    }

    pub(super) fn facts(&self) -> Facts {
        let heartbeats = self.simulator.heartbeats();
        Facts {
            manifest: self.manifest,
            feature_sets: self.feature_sets.clone(),
            reported: self
                .simulator
                .metrics()
                .into_iter()
                .map(|(key, summary)| (key, summary.lines))
                .collect(),
            elapsed: self.simulator.elapsed(),
            heartbeat: heartbeats.last().map(|last| {
                let said = status::of(last.item.clone());
                (last.at, said.map(|status| status.to_string()))
            }),
            ended: self.ended(),
        }
    }
}

/// What is said of things that are not valid.
fn told<'f>(invalid: impl Iterator<Item = &'f Finding>, count: u64) -> Option<String> {
    if count == 0 {
        return None;
    }
    let mut told = vec![format!("{} not valid:", text::count(count, "thing"))];
    told.extend(invalid.take(NAMED).map(|finding| {
        let call = finding.call.map(|call| format!(", {call}"));
        format!(
            "  after {}{}: {}\n    {}",
            text::duration(finding.at),
            call.unwrap_or_default(),
            finding.reason,
            finding.subject,
        )
    }));
    Some(told.join("\n"))
}

impl fmt::Debug for Eec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eec")
            .field("extension", &self.manifest.name)
            .field("simulator", &self.simulator)
            .finish_non_exhaustive()
    }
}
