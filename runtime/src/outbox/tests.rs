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
    TooLong { items: u64 },
    Accept { max_items: u64, invalid: u64 },
    Refuse,
    Fail { pushed_meanwhile: usize },
    Cut { before: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..60_usize, 1..5_u64).prop_map(|(bytes, items)| Step::Push { bytes, items }),
        1 => (1..4_u64).prop_map(|items| Step::TooLong { items }),
        2 => (1..8_u64, 0..3_u64)
            .prop_map(|(max_items, invalid)| Step::Accept { max_items, invalid }),
        1 => Just(Step::Refuse),
        2 => (0..4_usize).prop_map(|pushed_meanwhile| Step::Fail { pushed_meanwhile }),
        1 => (0..80_usize).prop_map(|before| Step::Cut { before }),
    ]
}

proptest! {
    #[test]
    fn accepted_dropped_and_waiting_are_what_was_given(
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
        let mut settle = |batch: &Batch<'_, Numbered>| {
            settled.extend(batch.parcels().iter().map(|p| p.number));
        };
        for step in steps {
            match step {
                Step::Push { bytes, items } => push(bytes, items),
                Step::TooLong { items } => outbox.too_long(items),
                Step::Accept { max_items, invalid } => {
                    if let Some(batch) = outbox.take(max_items, 60) {
                        settle(&batch);
                        batch.accept(invalid);
                    }
                }
                Step::Refuse => {
                    if let Some(batch) = outbox.take(3, 50) {
                        settle(&batch);
                        batch.refuse();
                    }
                }
                Step::Fail { pushed_meanwhile } => {
                    let batch = outbox.take(3, 50);
                    let before = batch.as_ref().map(|b| b.parcels().to_vec());
                    for _ in 0..pushed_meanwhile {
                        push(20, 1);
                    }
                    drop(batch);
                    if let (Some(before), Some(again)) = (before, outbox.take(3, 50)) {
                        // Kept whole, and with nothing else in it.
                        prop_assert_eq!(again.parcels(), &before[..]);
                    }
                }
                Step::Cut { before } => {
                    if let Some(mut batch) = outbox.take(3, 50) {
                        batch.cut(DropCause::TooOld, |parcel| match parcel.number {
                            old if old + 1 < before => Left::Nothing,
                            half if half < before => Left::Some(Numbered {
                                bytes: parcel.bytes / 2,
                                items: parcel.items.div_ceil(2),
                                ..*parcel
                            }),
                            _ => Left::All,
                        });
                    }
                }
            }
            let state = outbox.lock();
            let held: usize = state.queue.iter().map(|p| p.bytes).sum();
            prop_assert_eq!(held, state.bytes);
            prop_assert!(held <= LIMIT);
            prop_assert!(state.sealed <= state.queue.len());
            drop(state);
            let counts = outbox.counts();
            prop_assert_eq!(
                counts.accepted + counts.dropped.total() + outbox.waiting(),
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

fn numbers(batch: &Batch<'_, Numbered>) -> Vec<usize> {
    batch.parcels().iter().map(|p| p.number).collect()
}

#[test]
fn the_oldest_is_dropped_and_counted() {
    let outbox = Outbox::new(100);
    for number in 0..4 {
        outbox.push(parcel(number, 40));
    }
    let batch = outbox.take(10, 1_000).expect("two fit");
    assert_eq!(numbers(&batch), [2, 3]);
    assert_eq!(outbox.counts().dropped.by(DropCause::BufferFull), 2);
}

#[test]
fn what_is_being_sent_is_not_dropped_to_make_room() {
    let outbox = Outbox::new(100);
    outbox.push(parcel(0, 80));
    let sending = outbox.take(1, 100).expect("one waits");
    outbox.push(parcel(1, 40));
    assert_eq!(outbox.counts().dropped.total(), 1, "no room beside it");
    sending.accept(0);
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

#[test]
fn what_was_sent_together_is_sent_together_again_and_alone() {
    let outbox = Outbox::new(100);
    outbox.push(parcel(0, 10));
    outbox.push(parcel(1, 10));
    drop(outbox.take(10, 100));
    outbox.push(parcel(2, 10));
    let again = outbox.take(10, 100).expect("it was kept");
    assert_eq!(numbers(&again), [0, 1]);
    again.accept(0);
    assert_eq!(numbers(&outbox.take(10, 100).expect("one more")), [2]);
}

#[test]
fn of_a_kept_batch_the_buffer_drops_only_what_it_must() {
    let outbox = Outbox::new(100);
    outbox.push(parcel(0, 40));
    outbox.push(parcel(1, 40));
    drop(outbox.take(10, 100));
    outbox.push(parcel(2, 40));
    assert_eq!(numbers(&outbox.take(10, 100).expect("two are left")), [1]);
}

#[test]
fn a_line_that_is_not_valid_is_dropped_and_not_accepted() {
    let outbox = Outbox::new(100);
    outbox.push(Numbered {
        number: 0,
        bytes: 10,
        items: 5,
    });
    outbox.take(10, 100).expect("one waits").accept(2);
    let counts = outbox.counts();
    assert_eq!(counts.accepted, 3);
    assert_eq!(counts.dropped.by(DropCause::Invalid), 2);
    // An ingest that counts more than it got is not believed.
    outbox.push(parcel(1, 10));
    outbox.take(10, 100).expect("one waits").accept(7);
    assert_eq!(outbox.counts().accepted, 3);
    assert_eq!(outbox.counts().dropped.by(DropCause::Invalid), 3);
}
