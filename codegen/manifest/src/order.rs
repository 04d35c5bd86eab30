//! Order, and numbers for texts.
//!
//! There is one sort for things and one for texts, and one table. A sort and a
//! table of each type are a good part of what everyone compiles who uses the
//! macro.

use std::collections::HashMap;

/// Puts things in the order of their keys; those with the same key stay in the
/// order they are in.
pub(crate) fn order_by<T>(things: &mut [T], key: impl Fn(&T) -> [u32; 3]) {
    let mut keys = Vec::with_capacity(things.len());
    for (at, thing) in (0..).zip(&*things) {
        keys.push((key(thing), at));
    }
    for (to, from) in swaps(keys) {
        things.swap(to, from);
    }
}

/// What to swap, one after the other, so that everything is where its key wants
/// it.
fn swaps(mut keys: Vec<([u32; 3], u32)>) -> Vec<(usize, usize)> {
    keys.sort_unstable();
    let mut swaps = Vec::new();
    for start in 0..keys.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut keys[at].1, u32::MAX);
            if from == u32::MAX || from as usize == start {
                break;
            }
            swaps.push((at, from as usize));
            at = from as usize;
        }
    }
    swaps
}

/// Sorts texts. Equal ones are in the order of their numbers.
pub(crate) fn sort_texts(texts: &mut [(&str, u32)]) {
    texts.sort_unstable();
}

/// Gives each text a number, from 0 in the order in which they come.
#[derive(Default)]
pub(crate) struct Numbers<'t> {
    numbers: HashMap<&'t str, usize>,
}

impl<'t> Numbers<'t> {
    /// The number of a text; the next one if the text is new.
    pub(crate) fn give(&mut self, text: &'t str) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(text).or_insert(next)
    }

    /// The number of a text that has one.
    pub(crate) fn of(&self, text: &str) -> Option<usize> {
        self.numbers.get(text).copied()
    }

    /// How many texts have a number, which is the next one.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn order_is_that_of_a_stable_sort(keys in prop::collection::vec((0..9_u32, 0..3_u32), 0..40)) {
            let mut things: Vec<_> = keys.into_iter().enumerate().collect();
            let mut expected = things.clone();
            expected.sort_by_key(|thing| thing.1);
            order_by(&mut things, |(_, (first, second))| [*first, *second, 0]);
            prop_assert_eq!(things, expected);
        }
    }

    #[test]
    fn a_text_keeps_its_number() {
        let mut numbers = Numbers::default();
        assert_eq!(
            ["b", "a", "b", "c"].map(|text| numbers.give(text)),
            [0, 1, 0, 2]
        );
        assert_eq!(numbers.of("a"), Some(1));
        assert_eq!(numbers.of("d"), None);
        assert_eq!(numbers.len(), 3);
    }
}
