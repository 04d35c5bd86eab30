//! The newest of what came in, within a bound.

use std::collections::VecDeque;

/// Keeps the newest items whose sizes fit together, and counts the others.
#[derive(Debug)]
pub(crate) struct Ring<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    limit: usize,
    forgotten: u64,
}

impl<T> Ring<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Ring {
            items: VecDeque::new(),
            bytes: 0,
            limit,
            forgotten: 0,
        }
    }

    /// Keeps `item`, of this size, and forgets the oldest for it.
    pub(crate) fn push(&mut self, item: T, bytes: usize) {
        // What the queue itself needs for it.
        let bytes = bytes + size_of::<(T, usize)>();
        self.items.push_back((item, bytes));
        self.bytes += bytes;
        // The newest stays, however large: the size of a request is bounded.
        while self.bytes > self.limit && self.items.len() > 1 {
            if let Some((_, bytes)) = self.items.pop_front() {
                self.bytes -= bytes;
                self.forgotten += 1;
            }
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter().map(|(item, _)| item)
    }

    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.items.iter_mut().map(|(item, _)| item)
    }

    /// How many were forgotten.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_the_others_are_counted() {
        let overhead = size_of::<(u32, usize)>();
        let mut ring = Ring::new(3 * (10 + overhead));
        for item in 0..5_u32 {
            ring.push(item, 10);
        }
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(ring.forgotten(), 2);
        ring.push(5, 1_000);
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [5]);
    }
}
