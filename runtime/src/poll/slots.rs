//! How many callbacks run at once, and who has to wait.

use tokio::sync::{Semaphore, SemaphorePermit};

/// Places for running callbacks.
///
/// One that did not come back the last time may only have a place of the first
/// half: endpoints that hang hold their places for long, and without that rule
/// enough of them would hold all.
#[derive(Debug)]
pub(crate) struct Slots {
    all: Semaphore,
    patient: Semaphore,
}

/// A place, given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot<'s> {
    _place: SemaphorePermit<'s>,
    _patience: Option<SemaphorePermit<'s>>,
}

impl Slots {
    pub(crate) fn new(count: usize) -> Self {
        let count = count.clamp(1, Semaphore::MAX_PERMITS);
        Slots {
            all: Semaphore::new(count),
            patient: Semaphore::new(count.div_ceil(2)),
        }
    }

    /// Waits for a place; `None` is impossible as long as nobody closes the
    /// semaphores, which nobody does.
    pub(super) async fn take(&self, hung_before: bool) -> Option<Slot<'_>> {
        let patience = if hung_before {
            Some(self.patient.acquire().await.ok()?)
        } else {
            None
        };
        Some(Slot {
            _place: self.all.acquire().await.ok()?,
            _patience: patience,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    /// How many of so many can be taken without waiting.
    async fn taken(slots: &Slots, wanted: usize, hung_before: bool) -> Vec<Slot<'_>> {
        let mut taken = Vec::new();
        for _ in 0..wanted {
            let mut next = pin!(slots.take(hung_before));
            let now = std::future::poll_fn(|cx| {
                Poll::Ready(match next.as_mut().poll(cx) {
                    Poll::Ready(slot) => slot,
                    Poll::Pending => None,
                })
            });
            taken.extend(now.await);
        }
        taken
    }

    #[tokio::test]
    async fn those_that_hung_leave_half_of_the_places_to_the_others() {
        let slots = Slots::new(8);
        let hung = taken(&slots, 8, true).await;
        assert_eq!(hung.len(), 4);
        let healthy = taken(&slots, 8, false).await;
        assert_eq!(healthy.len(), 4);
        drop(hung);
        assert_eq!(taken(&slots, 8, true).await.len(), 4, "given back");
    }

    #[tokio::test]
    async fn healthy_ones_may_have_all() {
        let slots = Slots::new(8);
        assert_eq!(taken(&slots, 9, false).await.len(), 8);
    }

    #[tokio::test]
    async fn a_single_place_serves_both() {
        for hung_before in [true, false] {
            assert_eq!(taken(&Slots::new(0), 2, hung_before).await.len(), 1);
        }
    }
}
