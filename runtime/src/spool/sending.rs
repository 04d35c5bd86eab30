//! Sending metric lines, with the disk behind memory.

use std::pin::pin;
use std::time::Duration;

use super::Backlog;
use super::backlog::{Opened, Put, StoreFailure};
use super::store::Front;
use crate::failures::Retry;
use crate::outbox::{Batch, Left};
use crate::pump::{Past, Pump};
use crate::sink::MetricBatch;
use crate::stream::{Metrics, Stream};
use crate::tally::DropCause;
use crate::{Status, text};

/// How long lines are gathered before they go to disk.
const GATHER: Duration = Duration::from_secs(1);

/// How long before the end of all sending what is left goes to disk.
const LAST: Duration = Duration::from_millis(500);

/// With less time than this left, nothing is sent any more: what is cut off on
/// its way may have arrived, and is not sent again whole.
const LAST_TRY: Duration = Duration::from_secs(1);

/// What came of a try.
enum Tried {
    /// Whatever it was, there may be more.
    Settled,
    Again(Retry),
    /// The end came before the answer.
    Cut,
}

impl Pump {
    /// Looks for lines that an earlier process left. Whether there are any.
    pub(crate) async fn begin_spool(&self, backlog: &Backlog) -> bool {
        self.open(backlog).await;
        backlog.lines() > 0
    }

    /// Sends until nothing waits, however long that takes. `false` if the end
    /// comes before it could.
    ///
    /// What is on disk is older than what is in memory. While there is anything
    /// on disk, what comes goes behind it.
    pub(crate) async fn send_all_spooled(&self, backlog: &Backlog, past: &mut Past) -> bool {
        loop {
            if !self.drain.outlasts(LAST_TRY) {
                self.spill(backlog).await;
                return Metrics::outbox(&self.outlet).waiting() == 0;
            }
            self.open(backlog).await;
            let tried = if backlog.lines() > 0 {
                self.spill(backlog).await;
                self.send_from_disk(backlog, past).await
            } else if let Some(batch) =
                Metrics::outbox(&self.outlet).take(Metrics::MAX_ITEMS, Metrics::MAX_BYTES)
            {
                self.send_from_memory(batch, backlog, past).await
            } else {
                return true;
            };
            self.tell_dropped::<Metrics>();
            match tried {
                Tried::Settled => {}
                Tried::Again(retry) => {
                    self.post::<Metrics>(&past.remarks);
                    self.spill(backlog).await;
                    self.tell_spooled(backlog);
                    if !self.meanwhile(backlog, self.wait(retry)).await {
                        self.spill(backlog).await;
                        return false;
                    }
                }
                Tried::Cut => {
                    self.spill(backlog).await;
                    return false;
                }
            }
        }
    }

    async fn send_from_memory(
        &self,
        mut batch: Batch<'_, MetricBatch>,
        backlog: &Backlog,
        past: &mut Past,
    ) -> Tried {
        if let Some(oldest) = self.oldest() {
            batch.cut(DropCause::TooOld, |parcel| parcel.since(oldest));
        }
        if batch.is_empty() {
            return Tried::Settled;
        }
        let sent = self
            .unless_cut(self.send::<Metrics>(batch.parcels(), past))
            .await;
        match sent {
            Some(Ok(invalid)) => {
                batch.accept(invalid);
                Tried::Settled
            }
            Some(Err(Retry::Never)) => {
                batch.refuse();
                Tried::Settled
            }
            Some(Err(retry)) => {
                self.put_on_disk(batch, true, backlog).await;
                Tried::Again(retry)
            }
            None => {
                if self.put_on_disk(batch, true, backlog).await {
                    // It may have arrived. The next start has to know.
                    let marked = backlog
                        .front(Metrics::MAX_ITEMS, Metrics::MAX_BYTES, self.clock.now())
                        .await;
                    if let Err(failure) = marked {
                        self.tell_broken(backlog, &failure);
                    }
                }
                Tried::Cut
            }
        }
    }

    async fn send_from_disk(&self, backlog: &Backlog, past: &mut Past) -> Tried {
        let front = backlog
            .front(Metrics::MAX_ITEMS, Metrics::MAX_BYTES, self.clock.now())
            .await;
        let front = match front {
            Ok(Some(front)) => front,
            Ok(None) => return Tried::Settled,
            Err(failure) => {
                self.tell_broken(backlog, &failure);
                return Tried::Settled;
            }
        };
        let fresh = match self.oldest().map(|oldest| front.batch.since(oldest)) {
            None | Some(Left::All) => Some(front.batch.clone()),
            Some(Left::Some(rest)) => Some(rest),
            Some(Left::Nothing) => None,
        };
        let old = front.batch.len() - fresh.as_ref().map_or(0, MetricBatch::len);
        let Some(fresh) = fresh else {
            self.settle(backlog, &front, old, DropCause::TooOld, 0)
                .await;
            return Tried::Settled;
        };
        let parcels = [fresh];
        let sending = self.unless_cut(self.send::<Metrics>(&parcels, past));
        match self.meanwhile(backlog, sending).await {
            Some(Ok(invalid)) => {
                self.settle(backlog, &front, old, DropCause::Invalid, invalid)
                    .await;
                Tried::Settled
            }
            Some(Err(Retry::Never)) => {
                self.settle(backlog, &front, old, DropCause::Refused, u64::MAX)
                    .await;
                Tried::Settled
            }
            Some(Err(retry)) => {
                if let Err(failure) = backlog.keep(&front, self.clock.now()).await {
                    self.tell_broken(backlog, &failure);
                }
                Tried::Again(retry)
            }
            // It may have arrived: the mark stays.
            None => Tried::Cut,
        }
    }

    /// Lines from disk are done with: of those that were not too old so many
    /// were dropped, the rest was taken.
    async fn settle(
        &self,
        backlog: &Backlog,
        front: &Front,
        old: usize,
        cause: DropCause,
        dropped: u64,
    ) {
        let (old, all) = (old as u64, front.batch.len() as u64);
        let dropped = dropped.min(all - old);
        Metrics::outbox(&self.outlet).settle_spooled(all, |counts| {
            counts.dropped.add(DropCause::TooOld, old);
            counts.dropped.add(cause, dropped);
            counts.accepted += all - old - dropped;
        });
        match backlog.remove(front, self.clock.now()).await {
            Ok(()) if backlog.lines() == 0 => self.board.clear_trouble(&self.spool_trouble()),
            Ok(()) => {}
            Err(failure) => self.tell_broken(backlog, &failure),
        }
    }

    /// Opens the file if there may be lines in it.
    async fn open(&self, backlog: &Backlog) {
        let opened = match backlog.open_what_is_left(self.clock.now()).await {
            None => return,
            Some(Ok(opened)) => opened,
            Some(Err(failure)) => return self.tell_broken(backlog, &failure),
        };
        self.opened(backlog, &opened);
    }

    /// Counts what was found in a file.
    fn opened(&self, backlog: &Backlog, opened: &Opened) {
        let outbox = Metrics::outbox(&self.outlet);
        if opened.first {
            outbox.recovered(opened.lines + opened.interrupted);
            outbox.settle_spooled(opened.interrupted, |counts| {
                counts
                    .dropped
                    .add(DropCause::Interrupted, opened.interrupted);
            });
            if opened.lines > 0 {
                tracing::info!(
                    sink = self.sink(),
                    "{} from before the start in {}: sent first",
                    text::count(opened.lines, Metrics::ITEM),
                    backlog.file().display(),
                );
            }
        } else {
            let gone = outbox.spooled().saturating_sub(opened.lines);
            outbox.settle_spooled(gone, |counts| {
                counts.dropped.add(DropCause::SpoolLost, gone);
            });
        }
        self.board.clear_trouble(&self.spool_trouble());
        self.tell_dropped::<Metrics>();
    }

    /// Puts on disk what waits in memory.
    async fn spill(&self, backlog: &Backlog) {
        let outbox = Metrics::outbox(&self.outlet);
        while backlog.takes_lines(self.clock.now()) {
            let Some(batch) = outbox.take(Metrics::MAX_ITEMS, Metrics::MAX_BYTES) else {
                break;
            };
            if !self.put_on_disk(batch, false, backlog).await {
                break;
            }
        }
        self.tell_dropped::<Metrics>();
    }

    /// Moves lines to disk. If that fails they stay where they were.
    async fn put_on_disk(
        &self,
        batch: Batch<'_, MetricBatch>,
        sent_before: bool,
        backlog: &Backlog,
    ) -> bool {
        if !backlog.takes_lines(self.clock.now()) {
            return false;
        }
        let joined = MetricBatch::join(batch.parcels());
        let appended = backlog.append(joined, sent_before, self.clock.now());
        match appended.await {
            Ok(Put { opened, dropped }) => {
                if let Some(opened) = opened {
                    self.opened(backlog, &opened);
                }
                batch.spool();
                Metrics::outbox(&self.outlet).settle_spooled(dropped, |counts| {
                    counts.dropped.add(DropCause::SpoolFull, dropped);
                });
                true
            }
            Err(failure) => {
                self.tell_broken(backlog, &failure);
                false
            }
        }
    }

    /// Does something, and puts on disk what comes meanwhile if there is
    /// anything on disk already.
    async fn meanwhile<T>(&self, backlog: &Backlog, work: impl Future<Output = T>) -> T {
        let outbox = Metrics::outbox(&self.outlet);
        let mut work = pin!(work);
        loop {
            if backlog.lines() == 0 {
                return work.await;
            }
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = outbox.filled() => {}
            }
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(GATHER) => {}
            }
            // Not raced: a write that nobody waits for would not be known to
            // have happened.
            self.spill(backlog).await;
        }
    }

    /// Gives up shortly before the end of all sending, so that there is time
    /// to put on disk what is left.
    async fn unless_cut<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.drain.nears_end(LAST) => None,
        }
    }

    fn tell_spooled(&self, backlog: &Backlog) {
        let lines = backlog.lines();
        if lines == 0 {
            return;
        }
        let verb = if lines == 1 { "waits" } else { "wait" };
        self.board.trouble(
            &self.spool_trouble(),
            Status::warning(format!(
                "{} {verb} on disk until {} takes lines again: {}",
                text::count(lines, Metrics::ITEM),
                self.sink(),
                backlog.file().display(),
            )),
            None,
        );
    }

    fn tell_broken(&self, backlog: &Backlog, failure: &StoreFailure) {
        let StoreFailure(error) = failure;
        let message = format!(
            "{} cannot be used as a spool ({error}): lines are kept in memory only; make room if the \
             disk is full, and move the file away if it is damaged or something else",
            backlog.file().display(),
        );
        if backlog.is_news(failure) {
            tracing::warn!(sink = self.sink(), "{message}");
        }
        self.board
            .trouble(&self.spool_trouble(), Status::warning(message), None);
    }

    fn spool_trouble(&self) -> String {
        format!("{}, spool", self.sink())
    }
}
