//! What waits to be sent: bounded in bytes, oldest dropped first, counted.

#[cfg(feature = "spool")]
mod spooled;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use crate::tally::{Counts, DropCause};

/// Something that can wait in an outbox.
pub(crate) trait Parcel {
    /// What it costs to keep.
    fn bytes(&self) -> usize;

    /// How many things it holds, for the counts.
    fn items(&self) -> u64;
}

/// What there is of a parcel after some of it was cut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Left<T> {
    All,
    Some(T),
    Nothing,
}

/// A queue between those who report and the one task that sends. Putting
/// something in never waits.
pub(crate) struct Outbox<T> {
    state: Mutex<State<T>>,
    wake: Notify,
    hurry: Notify,
    limit: usize,
}

struct State<T> {
    /// Who waits until nothing waits here.
    flushes: Vec<oneshot::Sender<()>>,
    queue: VecDeque<T>,
    /// How many parcels at the front were sent together before. They are sent
    /// together again: a sink that took them, and whose answer was lost, gets
    /// the same lines once more and not others.
    sealed: usize,
    /// Of the queue and of what is being sent: a batch that comes back must
    /// find its room.
    bytes: usize,
    in_flight: u64,
    /// What is on disk, in items.
    spooled: u64,
    counts: Counts,
}

/// What was taken out to be sent. Unless the sink took or refused it, it goes
/// back whole, in front of everything that came since; also when the sending
/// task is canceled.
pub(crate) struct Batch<'o, T: Parcel> {
    outbox: &'o Outbox<T>,
    parcels: Vec<T>,
}

impl<T: Parcel> Outbox<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Outbox {
            state: Mutex::new(State {
                flushes: Vec::new(),
                queue: VecDeque::new(),
                sealed: 0,
                bytes: 0,
                in_flight: 0,
                spooled: 0,
                counts: Counts::default(),
            }),
            wake: Notify::new(),
            hurry: Notify::new(),
            limit,
        }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Adds a parcel and drops the oldest as long as there is no room. What is
    /// being sent cannot be dropped, so a parcel that does not fit beside it
    /// is itself dropped.
    pub(crate) fn push(&self, parcel: T) {
        {
            let mut state = self.lock();
            state.counts.given += parcel.items();
            while state.bytes + parcel.bytes() > self.limit {
                let Some(oldest) = state.queue.pop_front() else {
                    break;
                };
                state.sealed = state.sealed.saturating_sub(1);
                state.bytes -= oldest.bytes();
                state.dropped(DropCause::BufferFull, oldest.items());
            }
            if state.bytes + parcel.bytes() > self.limit {
                state.dropped(DropCause::BufferFull, parcel.items());
                return;
            }
            state.bytes += parcel.bytes();
            state.queue.push_back(parcel);
        }
        self.wake.notify_one();
    }

    /// Counts what was given and can never be sent.
    pub(crate) fn too_long(&self, items: u64) {
        let mut state = self.lock();
        state.counts.given += items;
        state.dropped(DropCause::TooLong, items);
    }

    /// Takes the oldest parcels that together keep both limits, at least one;
    /// those that were sent together before, together again and alone.
    pub(crate) fn take(&self, max_items: u64, max_bytes: usize) -> Option<Batch<'_, T>> {
        let mut state = self.lock();
        let sealed = std::mem::take(&mut state.sealed);
        let mut parcels = Vec::with_capacity(sealed);
        let (mut items, mut bytes) = (0, 0);
        while let Some(next) = state.queue.front() {
            items += next.items();
            bytes += next.bytes();
            let fits = if sealed > 0 {
                parcels.len() < sealed
            } else {
                parcels.is_empty() || (items <= max_items && bytes <= max_bytes)
            };
            if !fits {
                break;
            }
            state.in_flight += next.items();
            parcels.extend(state.queue.pop_front());
        }
        drop(state);
        (!parcels.is_empty()).then_some(Batch {
            outbox: self,
            parcels,
        })
    }

    /// Waits until something was put in since the last wait.
    pub(crate) async fn filled(&self) {
        self.wake.notified().await;
    }

    /// Asks for what waits to be sent now, and waits until it is.
    pub(crate) async fn flush(&self) {
        let (sender, sent) = oneshot::channel();
        {
            let mut state = self.lock();
            if state.queue.is_empty() && state.in_flight == 0 {
                return;
            }
            state.flushes.push(sender);
        }
        self.hurry.notify_one();
        // The sender goes when the process ends.
        let _ = sent.await;
    }

    /// Waits until somebody asks for what waits to be sent now.
    pub(crate) async fn hurried(&self) {
        while self.lock().flushes.is_empty() {
            self.hurry.notified().await;
        }
    }

    /// Says that everything was sent that waited.
    pub(crate) fn flushed(&self) {
        for flush in std::mem::take(&mut self.lock().flushes) {
            // Whoever waited may have given up.
            let _ = flush.send(());
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// How many items wait, are being sent, or are on disk.
    pub(crate) fn waiting(&self) -> u64 {
        let state = self.lock();
        let queued = state.queue.iter().map(Parcel::items).sum::<u64>();
        queued + state.in_flight + state.spooled
    }

    /// How many items are on disk.
    pub(crate) fn spooled(&self) -> u64 {
        self.lock().spooled
    }

    // A panic while the lock is held is impossible short of memory running
    // out; what was reported before it is still worth sending.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn dropped(&mut self, cause: DropCause, items: u64) {
        self.counts.dropped.add(cause, items);
    }
}

impl<T: Parcel> Batch<'_, T> {
    pub(crate) fn parcels(&self) -> &[T] {
        &self.parcels
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parcels.is_empty()
    }

    /// Drops what is not left of each parcel, for this cause.
    pub(crate) fn cut(&mut self, cause: DropCause, left: impl Fn(&T) -> Left<T>) {
        let before = totals(&self.parcels);
        self.parcels.retain_mut(|parcel| match left(parcel) {
            Left::All => true,
            Left::Some(rest) => {
                *parcel = rest;
                true
            }
            Left::Nothing => false,
        });
        let after = totals(&self.parcels);
        let (bytes, items) = (before.0 - after.0, before.1 - after.1);
        if after != before {
            let mut state = self.outbox.lock();
            state.bytes -= bytes;
            state.in_flight -= items;
            state.dropped(cause, items);
        }
    }

    /// The sink has it, but for what it said is not valid: it is never sent
    /// again.
    pub(crate) fn accept(self, invalid: u64) {
        self.settle(|counts, items| {
            let invalid = invalid.min(items);
            counts.accepted += items - invalid;
            counts.dropped.add(DropCause::Invalid, invalid);
        });
    }

    /// The sink will never take it: it is not tried again.
    pub(crate) fn refuse(self) {
        self.settle(|counts, items| counts.dropped.add(DropCause::Refused, items));
    }

    fn settle(mut self, count: impl FnOnce(&mut Counts, u64)) {
        let (bytes, items) = totals(&self.parcels);
        self.parcels.clear();
        let mut state = self.outbox.lock();
        state.bytes -= bytes;
        state.in_flight -= items;
        count(&mut state.counts, items);
    }
}

impl<T: Parcel> Drop for Batch<'_, T> {
    fn drop(&mut self) {
        if self.parcels.is_empty() {
            return;
        }
        let (_, items) = totals(&self.parcels);
        let mut state = self.outbox.lock();
        state.in_flight -= items;
        state.sealed = self.parcels.len();
        for parcel in self.parcels.drain(..).rev() {
            state.queue.push_front(parcel);
        }
    }
}

fn totals<T: Parcel>(parcels: &[T]) -> (usize, u64) {
    parcels.iter().fold((0, 0), |(bytes, items), parcel| {
        (bytes + parcel.bytes(), items + parcel.items())
    })
}

#[cfg(test)]
mod tests;
