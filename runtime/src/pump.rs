//! The tasks that send: one for each stream of each sink.

use std::sync::Arc;
use std::time::Duration;

use crate::board::Board;
use crate::drain::Drain;
use crate::failures::{Failures, MIN_BACKOFF, Retry};
use crate::outlets::Outlet;
use crate::remarks::Remarks;
use crate::sink::{Receipt, Sending, SinkError};
use crate::stream::Stream;
use crate::tally::DropCause;
use crate::{Clock, Timestamp, text};

/// Sends one stream of one sink until it is told to drain, and then what is
/// left. Dropping the future at any point loses and doubles nothing but the
/// send that is on its way.
pub(crate) struct Pump {
    pub(crate) outlet: Arc<Outlet>,
    pub(crate) board: Arc<Board>,
    pub(crate) clock: Clock,
    pub(crate) drain: Drain,
}

/// What a pump knows of the sends before.
pub(crate) struct Past {
    failures: Failures,
    pub(crate) remarks: Remarks,
}

impl Pump {
    pub(crate) async fn run<S: Stream>(self) {
        let outbox = S::outbox(&self.outlet);
        let pace = if S::GATHERED {
            self.outlet.sink.pace()
        } else {
            Duration::ZERO
        };
        let start = self.clock.now();
        let mut past = Past {
            failures: Failures::new(format!("{}, sending {}", self.sink(), S::NAME)),
            remarks: Remarks::default(),
        };
        // What an earlier process left is sent without waiting for more.
        #[cfg(feature = "spool")]
        let mut left_over = match S::backlog(&self.outlet) {
            Some(backlog) => self.begin_spool(backlog).await,
            None => false,
        };
        #[cfg(not(feature = "spool"))]
        let mut left_over = false;
        loop {
            tokio::select! {
                () = outbox.filled() => {}
                () = self.drain.begins() => {}
                () = std::future::ready(()), if std::mem::take(&mut left_over) => {}
            }
            if !pace.is_zero() {
                tokio::select! {
                    () = self.clock.sleep_until(next_multiple(start, pace, self.clock.now())) => {}
                    () = outbox.hurried() => {}
                    () = self.drain.begins() => {}
                }
            }
            past.remarks.begin_round();
            let all = self.send_waiting::<S>(&mut past).await;
            past.remarks.end_round();
            self.post::<S>(&past.remarks);
            outbox.flushed();
            if self.drain.has_begun() && (!all || outbox.waiting() == outbox.spooled()) {
                return;
            }
        }
    }

    async fn send_waiting<S: Stream>(&self, past: &mut Past) -> bool {
        #[cfg(feature = "spool")]
        if let Some(backlog) = S::backlog(&self.outlet) {
            return self.send_all_spooled(backlog, past).await;
        }
        self.send_all::<S>(past).await
    }

    /// Sends until nothing waits, however long that takes. `false` if the end
    /// comes before it could.
    async fn send_all<S: Stream>(&self, past: &mut Past) -> bool {
        let outbox = S::outbox(&self.outlet);
        while let Some(mut batch) = outbox.take(S::MAX_ITEMS, S::MAX_BYTES) {
            if let Some(oldest) = self.oldest() {
                batch.cut(DropCause::TooOld, |parcel| S::since(parcel, oldest));
            }
            if batch.is_empty() {
                self.tell_dropped::<S>();
                continue;
            }
            let retry = match self.send::<S>(batch.parcels(), past).await {
                Ok(invalid) => {
                    batch.accept(invalid);
                    continue;
                }
                Err(retry) => retry,
            };
            match retry {
                Retry::Never => batch.refuse(),
                _ => drop(batch),
            }
            self.tell_dropped::<S>();
            self.post::<S>(&past.remarks);
            if !self.wait(retry).await {
                return false;
            }
        }
        true
    }

    /// Sends once. Says how many lines were not valid, or whether to try again.
    pub(crate) async fn send<S: Stream>(
        &self,
        parcels: &[S::Parcel],
        past: &mut Past,
    ) -> Result<u64, Retry> {
        let sink = self.outlet.sink.as_ref();
        match send_within(sink.deadline(), S::send(sink, parcels)).await {
            Ok(receipt) => {
                past.failures.recovered(self);
                self.note::<S>(&receipt, parcels, &mut past.remarks);
                Ok(receipt.invalid_count())
            }
            Err(error) => Err(past.failures.failed(self, &error)),
        }
    }

    /// The oldest moment whose lines the sink takes now.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        let window = self.outlet.sink.ingest_window()?;
        let window = i64::try_from(window.as_millis()).ok()?;
        let now = self.clock.timestamp().as_millis();
        Some(Timestamp::from_millis(now.saturating_sub(window)))
    }

    /// Waits before the next try. When draining begins it is made at once;
    /// those after it wait again. `false` if there is no time for it.
    pub(crate) async fn wait(&self, retry: Retry) -> bool {
        let Some(wait) = retry.wait() else {
            return true;
        };
        if !self.drain.has_begun() {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.drain.begins() => {}
            }
            return true;
        }
        let wait = match retry {
            Retry::Asked(wait) => wait,
            _ => wait.min(MIN_BACKOFF),
        };
        let in_time = self.drain.outlasts(wait);
        if in_time {
            tokio::time::sleep(wait).await;
        }
        in_time
    }

    /// Remembers what the answer says of lines, and logs what is new.
    fn note<S: Stream>(&self, receipt: &Receipt, parcels: &[S::Parcel], remarks: &mut Remarks) {
        for news in remarks.note(receipt, |metric| S::has_metric(parcels, metric)) {
            tracing::warn!(sink = self.sink(), "{news}");
        }
    }

    /// Puts up what the answers say of lines.
    pub(crate) fn post<S: Stream>(&self, remarks: &Remarks) {
        let about = format!("{}, {}", self.sink(), S::NAME);
        match remarks.status() {
            Some(status) => self.board.trouble(&about, status, None),
            None => self.board.clear_trouble(&about),
        }
    }

    pub(crate) fn tell_dropped<S: Stream>(&self) {
        self.outlet.tell_dropped::<S>(&self.board, self.clock.now());
    }

    pub(crate) fn sink(&self) -> &str {
        self.outlet.sink.name()
    }
}

/// The first multiple of `pace` after `start` that is still to come.
pub(crate) fn next_multiple(start: Duration, pace: Duration, now: Duration) -> Duration {
    let gone = now.saturating_sub(start).as_nanos();
    let ahead = pace.as_nanos() - gone % pace.as_nanos().max(1);
    now + Duration::from_nanos(u64::try_from(ahead).unwrap_or(u64::MAX))
}

pub(crate) async fn send_within<T>(
    deadline: Duration,
    sending: Sending<'_, T>,
) -> Result<T, SinkError> {
    match tokio::time::timeout(deadline, sending).await {
        Ok(sent) => sent,
        Err(_) => Err(SinkError::later(format!(
            "no answer within {}",
            text::duration(deadline)
        ))),
    }
}
