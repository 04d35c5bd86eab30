//! The counts of what went from memory to disk.

use super::{Batch, Outbox, Parcel, totals};
use crate::tally::Counts;

impl<T: Parcel> Outbox<T> {
    /// Counts what was found on disk.
    pub(crate) fn recovered(&self, items: u64) {
        let mut state = self.lock();
        state.counts.given += items;
        state.spooled += items;
    }

    /// Counts what became of items on disk.
    pub(crate) fn settle_spooled(&self, items: u64, count: impl FnOnce(&mut Counts)) {
        let mut state = self.lock();
        state.spooled = state.spooled.saturating_sub(items);
        count(&mut state.counts);
    }
}

impl<T: Parcel> Batch<'_, T> {
    /// It is on disk now.
    pub(crate) fn spool(mut self) {
        let (bytes, items) = totals(&self.parcels);
        self.parcels.clear();
        let mut state = self.outbox.lock();
        state.bytes -= bytes;
        state.in_flight -= items;
        state.spooled += items;
    }
}
