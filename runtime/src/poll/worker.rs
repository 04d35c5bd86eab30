//! The task of one callback of one endpoint.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::attempt::{Ended, attempt};
use super::refused::Told;
use super::slots::Slots;
use super::stamps::Stamps;
use super::stretch::Stretch;
use super::ticks::Ticks;
use super::verdict::{self, Happened};
use crate::board::{Line, Posted, Running};
use crate::context::Context;
use crate::cycle::{Cycle, Scratch, Target};
use crate::fault::{Cause, Fault, FaultTracker, Subject};
use crate::report::{Recorder, Refused};
use crate::schedule::{Callback, Verdict};
use crate::self_monitoring::RunEnd;
use crate::{Extension, PollErrorKind, Status};

/// What a worker runs, and when.
pub(crate) struct Job<E: Extension> {
    pub(crate) callback: Cow<'static, str>,
    pub(crate) run: Arc<dyn for<'a> Callback<'a, E>>,
    /// How long after the start it runs first.
    pub(crate) wait: Duration,
    pub(crate) interval: Duration,
    pub(crate) deadline: Duration,
    /// How many runs there are; `None` for as long as the process lives.
    pub(crate) cycles: Option<u64>,
}

pub(crate) struct Worker<E: Extension> {
    context: Arc<Context<E>>,
    target: Arc<Target<E::Endpoint>>,
    job: Job<E>,
    line: Line,
    slots: Arc<Slots>,
    recorder: Arc<Recorder>,
    scratch: Arc<Scratch>,
    ticks: Ticks,
    stamps: Stamps,
    stretch: Stretch,
    faults: FaultTracker,
    told: Told,
    skipped: u64,
    stuck: Option<Stuck>,
    /// Whether the last run brought no answer in time.
    hung: bool,
}

/// A run that was canceled and still blocks its thread.
struct Stuck {
    task: AbortOnDropHandle<Verdict>,
    since: Duration,
}

/// What a run came to.
struct Outcome {
    said: Posted,
    fault: Option<Fault>,
    limited: bool,
    good: bool,
    retry_after: Duration,
}

impl<E: Extension> Worker<E> {
    pub(crate) fn new(
        context: Arc<Context<E>>,
        target: Arc<Target<E::Endpoint>>,
        entity: Option<String>,
        job: Job<E>,
        line: Line,
        slots: Arc<Slots>,
    ) -> Self {
        let recorder = Recorder::new(context.manifest, context.enabled.clone())
            .with_registered(Arc::clone(&context.registered));
        let faults = FaultTracker::new(Subject {
            extension: context.manifest.name,
            endpoint: target.name.to_string(),
            callback: job.callback.to_string(),
            entity,
        });
        Worker {
            ticks: Ticks::new(context.clock.now().saturating_add(job.wait), job.interval),
            stamps: Stamps::default(),
            stretch: Stretch::new(job.interval),
            recorder: Arc::new(recorder),
            scratch: Arc::default(),
            faults,
            told: Told::default(),
            skipped: 0,
            stuck: None,
            hung: false,
            context,
            target,
            job,
            line,
            slots,
        }
    }

    /// Runs the callback at its ticks until it is stopped or has run as often
    /// as it should.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut left = self.job.cycles;
        while left != Some(0) {
            let clock = self.context.clock.clone();
            tokio::select! {
                () = clock.sleep_until(self.ticks.due()) => {}
                () = stop.cancelled() => return,
            }
            if let Some(since) = self.stuck_since() {
                self.skip(since);
            } else {
                let slots = Arc::clone(&self.slots);
                let slot = tokio::select! {
                    slot = slots.take(self.hung) => slot,
                    () = stop.cancelled() => return,
                };
                if self.cycle(&stop).await {
                    return;
                }
                drop(slot);
            }
            left = left.map(|left| left - 1);
        }
    }

    /// One run, and everything that follows from it. Whether the process is
    /// about to end.
    async fn cycle(&mut self, stop: &CancellationToken) -> bool {
        let clock = self.context.clock.clone();
        let started = clock.now();
        let due = self.ticks.due();
        let timestamp = self.stamps.of(due, clock.timestamp_at(due));
        self.recorder
            .begin_at(Some(timestamp.as_millis()), clock.instant());
        let cycle = Cycle::new(
            Arc::clone(&self.context),
            Arc::clone(&self.target),
            Arc::clone(&self.recorder),
            Arc::clone(&self.scratch),
            timestamp,
        );
        self.context.outlets.board.begin(
            self.line,
            Running {
                since: started,
                interval: self.job.interval,
                deadline: self.job.deadline,
            },
        );
        let context = Arc::clone(&self.context);
        let callback = Arc::clone(&self.job.run);
        let ended = attempt(
            &self.context.threads(),
            async move { callback.run(&context.extension, &cycle).await },
            &clock,
            self.job.deadline,
            stop,
        )
        .await;

        let (kept, refused) = self.collect();
        if matches!(ended, Ended::Stopped) {
            return true;
        }
        let elapsed = clock.now().saturating_sub(started);
        self.context.self_monitoring.record(
            &self.job.callback,
            RunEnd {
                elapsed,
                timed_out: matches!(ended, Ended::Late | Ended::Blocking(_))
                    || elapsed > self.job.interval,
                failed: matches!(ended, Ended::Returned(Err(_)) | Ended::Panicked(_)),
            },
        );
        let complete = matches!(ended, Ended::Returned(Ok(_)));
        let board = &self.context.outlets.board;
        board.report_endpoints(self.line, self.scratch.endpoints(), complete);
        let now = clock.now();
        let outcome = self.judge(ended, kept, started);
        let skipped = self.plan(&outcome, now);
        let next = self.ticks.due().saturating_sub(due);
        let next_in = (outcome.limited || !outcome.retry_after.is_zero()).then_some(next);
        let posted = verdict::complete(
            &outcome.said,
            &Happened {
                callback: &self.job.callback,
                elapsed: now.saturating_sub(started),
                waited: started.saturating_sub(due),
                interval: self.job.interval,
                skipped,
                skipped_in_all: self.skipped,
                refused: &refused,
                next_in,
            },
        );
        self.hung = outcome.fault.as_ref().is_some_and(Fault::is_no_answer);
        self.observe(outcome.fault, next);
        self.context.outlets.board.set(self.line, posted);
        false
    }

    /// Takes what was reported, however the run ended, and queues it.
    fn collect(&mut self) -> (usize, Vec<Refused>) {
        let mut recorded = self.recorder.drain();
        recorded.lines.append(self.scratch.untyped());
        for refused in self.told.news(&recorded.refused) {
            tracing::warn!(
                endpoint = &*self.target.name,
                callback = &*self.job.callback,
                "{refused}"
            );
        }
        let lines = self.target.dimensions.added_to(recorded.lines);
        let kept = lines.len();
        let too_long = self.context.outlets.metrics(lines);
        let mut signals = self.scratch.signals();
        signals.retain(|metric| self.context.is_registered(metric));
        self.context.count_signals.add(signals);
        (kept - too_long, recorded.refused)
    }

    fn judge(&mut self, ended: Ended<Verdict>, kept: usize, started: Duration) -> Outcome {
        let callback = &*self.job.callback;
        let endpoint = &*self.target.name;
        let deadline = self.job.deadline;
        let age = self.context.clock.now().saturating_sub(started);
        let mut outcome = Outcome {
            said: Status::ok().into(),
            fault: None,
            limited: false,
            good: false,
            retry_after: Duration::ZERO,
        };
        match ended {
            Ended::Returned(Ok(status)) => {
                outcome.said = status.into();
                outcome.good = true;
            }
            Ended::Returned(Err(error)) => {
                tracing::warn!(endpoint, callback, "{error}");
                outcome.said = error.status().into();
                outcome.fault = Fault::of(&error);
                outcome.limited = error.kind() == PollErrorKind::RateLimited;
                outcome.retry_after = error.retry_after().unwrap_or_default();
            }
            Ended::Panicked(words) => {
                outcome.said = verdict::panicked(callback, &words).into();
                tracing::error!(endpoint, "{}", outcome.said.status.message());
            }
            Ended::Late => {
                outcome.said = verdict::late(callback, age, deadline, kept);
                outcome.fault = Some(deadline_passed(&outcome.said));
                tracing::warn!(endpoint, "{}", outcome.said.status.message());
            }
            Ended::Blocking(task) => {
                self.stuck = Some(Stuck {
                    task,
                    since: started,
                });
                outcome.said = verdict::blocking(callback, age, deadline);
                outcome.fault = Some(deadline_passed(&outcome.said));
                tracing::error!(endpoint, "{}", outcome.said.status.message());
            }
            // Handled by the caller, for whom there is nothing left to judge.
            Ended::Stopped => {}
        }
        outcome
    }

    /// Decides when to run next, and says how many ticks were missed.
    fn plan(&mut self, outcome: &Outcome, now: Duration) -> u32 {
        if outcome.limited {
            self.stretch.limited();
        } else if outcome.good {
            self.stretch.recovered();
        }
        if self.stretch.factor() > 1 || !outcome.retry_after.is_zero() {
            self.ticks
                .stretch(now, self.stretch.factor(), outcome.retry_after);
            return 0;
        }
        let skipped = self.ticks.advance(now);
        self.skipped += u64::from(skipped);
        skipped
    }

    /// Since when a run has blocked its thread, if one still does.
    fn stuck_since(&mut self) -> Option<Duration> {
        self.stuck = self.stuck.take().filter(|stuck| !stuck.task.is_finished());
        self.stuck.as_ref().map(|stuck| stuck.since)
    }

    /// A tick that cannot be kept because the last run still blocks.
    fn skip(&mut self, since: Duration) {
        let now = self.context.clock.now();
        let skipped = self.ticks.advance(now).saturating_add(1);
        self.skipped += u64::from(skipped);
        let age = now.saturating_sub(since);
        let said = verdict::blocking(&self.job.callback, age, self.job.deadline);
        let fault = deadline_passed(&said);
        let posted = verdict::complete(
            &said,
            &Happened {
                callback: &self.job.callback,
                interval: self.job.interval,
                skipped,
                skipped_in_all: self.skipped,
                ..Happened::default()
            },
        );
        self.observe(Some(fault), self.job.interval);
        self.context.outlets.board.set(self.line, posted);
    }

    fn observe(&mut self, fault: Option<Fault>, next: Duration) {
        let clock = &self.context.clock;
        let events = self
            .faults
            .observe(fault, clock.now(), clock.timestamp(), next);
        for event in events {
            self.context.outlets.event(event);
        }
    }
}

fn deadline_passed(said: &Posted) -> Fault {
    Fault {
        cause: Cause::Deadline,
        message: said.status.message().to_owned(),
    }
}
