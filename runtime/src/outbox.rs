//! What waits to be sent: bounded in bytes, oldest dropped first, counted.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

/// Something that can wait in an outbox.
pub(crate) trait Parcel {
    /// What it costs to keep.
    fn bytes(&self) -> usize;

    /// How many things it holds, for the counts.
    fn items(&self) -> u64;
}

/// What became of everything that was given to an outbox. `given` is always
/// the sum of the others and of what still waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) given: u64,
    /// The sink took it.
    pub(crate) accepted: u64,
    /// There was no room for it.
    pub(crate) dropped: u64,
    /// The sink will never take it.
    pub(crate) refused: u64,
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
    /// Of the queue and of what is being sent: a batch that comes back must
    /// find its room.
    bytes: usize,
    in_flight: u64,
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
                bytes: 0,
                in_flight: 0,
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
                state.bytes -= oldest.bytes();
                state.counts.dropped += oldest.items();
            }
            if state.bytes + parcel.bytes() > self.limit {
                state.counts.dropped += parcel.items();
                return;
            }
            state.bytes += parcel.bytes();
            state.queue.push_back(parcel);
        }
        self.wake.notify_one();
    }

    /// Takes the oldest parcels that together keep both limits, at least one.
    pub(crate) fn take(&self, max_items: u64, max_bytes: usize) -> Option<Batch<'_, T>> {
        let mut state = self.lock();
        let mut parcels = Vec::new();
        let (mut items, mut bytes) = (0, 0);
        while let Some(next) = state.queue.front() {
            items += next.items();
            bytes += next.bytes();
            if !parcels.is_empty() && (items > max_items || bytes > max_bytes) {
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
        self.hurry.notified().await;
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

    /// How many items wait or are being sent.
    pub(crate) fn waiting(&self) -> u64 {
        let state = self.lock();
        state.queue.iter().map(Parcel::items).sum::<u64>() + state.in_flight
    }

    // A panic while the lock is held is impossible short of memory running
    // out; what was reported before it is still worth sending.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Parcel> Batch<'_, T> {
    pub(crate) fn parcels(&self) -> &[T] {
        &self.parcels
    }

    /// The sink has it: it is never sent again.
    pub(crate) fn accept(self) {
        self.settle(|counts| &mut counts.accepted);
    }

    /// The sink will never take it: it is not tried again.
    pub(crate) fn refuse(self) {
        self.settle(|counts| &mut counts.refused);
    }

    fn settle(mut self, count: impl FnOnce(&mut Counts) -> &mut u64) {
        let (bytes, items) = totals(&self.parcels);
        self.parcels.clear();
        let mut state = self.outbox.lock();
        state.bytes -= bytes;
        state.in_flight -= items;
        *count(&mut state.counts) += items;
    }
}

impl<T: Parcel> Drop for Batch<'_, T> {
    fn drop(&mut self) {
        let (_, items) = totals(&self.parcels);
        let mut state = self.outbox.lock();
        state.in_flight -= items;
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A parcel that knows its place in the order.
    #[derive(Debug, Clone, PartialEq)]
    struct Numbered {
        number: usize,
        bytes: usize,
        items: u64,
    }

    impl Parcel for Numbered {
        fn bytes(&self) -> usize {
            self.bytes
        }
        fn items(&self) -> u64 {
            self.items
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Push { bytes: usize, items: u64 },
        Accept { max_items: u64, max_bytes: usize },
        Refuse,
        Fail { pushed_meanwhile: usize },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..60_usize, 1..5_u64).prop_map(|(bytes, items)| Step::Push { bytes, items }),
            2 => (1..8_u64, 1..80_usize)
                .prop_map(|(max_items, max_bytes)| Step::Accept { max_items, max_bytes }),
            1 => Just(Step::Refuse),
            2 => (0..4_usize).prop_map(|pushed_meanwhile| Step::Fail { pushed_meanwhile }),
        ]
    }

    proptest! {
        #[test]
        fn accepted_refused_dropped_and_waiting_are_what_was_given(
            steps in proptest::collection::vec(step(), 0..80)
        ) {
            const LIMIT: usize = 100;
            let outbox = Outbox::new(LIMIT);
            let mut next = 0;
            let mut push = |bytes, items| {
                outbox.push(Numbered { number: next, bytes, items });
                next += 1;
            };
            let mut settled = Vec::new();
            for step in steps {
                match step {
                    Step::Push { bytes, items } => push(bytes, items),
                    Step::Accept { max_items, max_bytes } => {
                        if let Some(batch) = outbox.take(max_items, max_bytes) {
                            settled.extend(batch.parcels().iter().map(|p| p.number));
                            batch.accept();
                        }
                    }
                    Step::Refuse => {
                        if let Some(batch) = outbox.take(3, 50) {
                            settled.extend(batch.parcels().iter().map(|p| p.number));
                            batch.refuse();
                        }
                    }
                    Step::Fail { pushed_meanwhile } => {
                        let batch = outbox.take(3, 50);
                        let before = batch.as_ref().map(|b| b.parcels().to_vec());
                        for _ in 0..pushed_meanwhile {
                            push(40, 1);
                        }
                        drop(batch);
                        let again = outbox.take(3, 50);
                        if let (Some(before), Some(again)) = (before, again) {
                            // Kept whole: the same parcels are first in line,
                            // though more may now travel with them.
                            prop_assert_eq!(&again.parcels()[..before.len()], &before[..]);
                        }
                    }
                }
                let state = outbox.lock();
                let held: usize = state.queue.iter().map(|p| p.bytes).sum();
                prop_assert_eq!(held, state.bytes);
                prop_assert!(held <= LIMIT);
                drop(state);
                let counts = outbox.counts();
                prop_assert_eq!(
                    counts.accepted + counts.refused + counts.dropped + outbox.waiting(),
                    counts.given
                );
            }
            // Order kept, and nothing settled twice.
            prop_assert!(settled.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    fn parcel(number: usize, bytes: usize) -> Numbered {
        Numbered {
            number,
            bytes,
            items: 1,
        }
    }

    #[test]
    fn the_oldest_is_dropped_and_counted() {
        let outbox = Outbox::new(100);
        for number in 0..4 {
            outbox.push(parcel(number, 40));
        }
        let batch = outbox.take(10, 1_000).expect("two fit");
        let kept: Vec<usize> = batch.parcels().iter().map(|p| p.number).collect();
        assert_eq!(kept, [2, 3]);
        assert_eq!(outbox.counts().dropped, 2);
    }

    #[test]
    fn what_is_being_sent_is_not_dropped_to_make_room() {
        let outbox = Outbox::new(100);
        outbox.push(parcel(0, 80));
        let sending = outbox.take(1, 100).expect("one waits");
        outbox.push(parcel(1, 40));
        assert_eq!(outbox.counts().dropped, 1, "no room beside it");
        sending.accept();
        assert_eq!(outbox.counts().accepted, 1);
        assert_eq!(outbox.waiting(), 0);
    }

    #[test]
    fn a_parcel_over_the_batch_limit_travels_alone() {
        let outbox = Outbox::new(1_000);
        outbox.push(parcel(0, 500));
        outbox.push(parcel(1, 10));
        let batch = outbox.take(10, 100).expect("something waits");
        assert_eq!(batch.parcels().len(), 1);
    }

    #[test]
    fn a_canceled_send_keeps_its_batch() {
        let outbox = Outbox::new(100);
        outbox.push(parcel(0, 10));
        drop(outbox.take(1, 100));
        assert_eq!(outbox.waiting(), 1);
        assert_eq!(outbox.counts().accepted, 0);
    }
}
