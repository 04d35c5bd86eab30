use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::*;

const ROOMY: u64 = 1024 * 1024;

fn gauge(n: u64) -> String {
    format!("a.b gauge,{n} 1700000000000\n")
}

fn delta(n: u64) -> String {
    format!("a.b.count count,delta={n} 1700000000000\n")
}

fn batch(text: &str) -> MetricBatch {
    MetricBatch::from_lines(text.to_owned())
}

/// A file, and the folder that goes with it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Place {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("x.spool")
    }

    fn open(&self) -> (Store, u64) {
        Store::open(&self.file(), ROOMY, None).expect("a spool")
    }

    fn again(&self, known: Known) -> Store {
        let (store, interrupted) = Store::open(&self.file(), ROOMY, Some(known)).expect("a spool");
        assert_eq!(interrupted, 0, "the process lives");
        store
    }
}

fn text(front: Option<&Front>) -> &str {
    front.map_or("", |front| front.batch.body())
}

/// The next request of at most two lines.
fn two(store: &mut Store) -> Option<Front> {
    store.front(2, 1_000, None).expect("a spool")
}

#[test]
fn lines_come_out_in_the_order_they_went_in_and_are_still_there_after_a_crash() {
    let place = Place::new();
    let (mut store, _) = place.open();
    for n in 0..5 {
        store.append(&batch(&delta(n))).expect("there is room");
    }
    let mut seen = String::new();
    while let Some(front) = two(&mut store) {
        seen += front.batch.body();
        store.remove(front.places.end).expect("a spool");
        drop(store);
        (store, _) = place.open();
    }
    let all: String = (0..5).map(delta).collect();
    assert_eq!(seen, all);
    assert_eq!(store.held(), Held::default());
}

#[test]
fn what_was_being_sent_at_a_crash_comes_without_its_counts() {
    let place = Place::new();
    let (mut store, _) = place.open();
    store
        .append(&batch(&[delta(1), gauge(2)].concat()))
        .expect("there is room");
    store.append(&batch(&delta(3))).expect("there is room");
    let sent = two(&mut store);
    assert_eq!(text(sent.as_ref()), [delta(1), gauge(2)].concat());
    drop(store);

    let (mut store, interrupted) = place.open();
    assert_eq!(interrupted, 1);
    assert_eq!(store.held().lines, 2);
    let rest = two(&mut store);
    assert_eq!(text(rest.as_ref()), [gauge(2), delta(3)].concat());
}

#[test]
fn what_was_not_taken_before_a_crash_comes_whole() {
    let place = Place::new();
    let (mut store, _) = place.open();
    store.append(&batch(&delta(1))).expect("there is room");
    two(&mut store).expect("one waits");
    store.keep().expect("a spool");
    drop(store);
    let (mut store, interrupted) = place.open();
    assert_eq!(interrupted, 0);
    assert_eq!(text(two(&mut store).as_ref()), delta(1));
}

#[test]
fn lines_that_were_sent_together_are_sent_together_and_alone() {
    let (mut store, _) = Place::new().open();
    let first = store.append(&batch(&delta(1))).expect("there is room");
    store.append(&batch(&delta(2))).expect("there is room");
    let sealed = store.front(1_000, 1_000, Some(first.end)).expect("a spool");
    assert_eq!(text(sealed.as_ref()), delta(1));
    let all = store.front(1_000, 1_000, None).expect("a spool");
    assert_eq!(text(all.as_ref()), [delta(1), delta(2)].concat());
}

#[test]
fn without_room_the_oldest_lines_go_but_not_those_being_sent() {
    let place = Place::new();
    let limit = 3 * delta(1).len() as u64;
    let (mut store, _) = Store::open(&place.file(), limit, None).expect("a spool");
    for n in 1..=3 {
        let appended = store.append(&batch(&delta(n))).expect("there is room");
        assert_eq!(appended.dropped, 0);
    }
    let sending = store.front(1, 1_000, None).expect("a spool");
    assert_eq!(text(sending.as_ref()), delta(1));
    let appended = store.append(&batch(&delta(4))).expect("a spool");
    assert_eq!(appended.dropped, 1);
    assert_eq!(store.held().lines, 3);
    store.keep().expect("a spool");
    let all = store.front(10, 1_000, None).expect("a spool");
    assert_eq!(text(all.as_ref()), [delta(1), delta(3), delta(4)].concat());
    store.keep().expect("a spool");
    let large = delta(5).repeat(4);
    let appended = store.append(&batch(&large)).expect("a spool");
    assert_eq!(appended.dropped, 7, "more than there is room for at all");
    assert_eq!(store.held(), Held::default());
}

#[test]
fn a_file_that_failed_is_put_right_when_it_is_opened_again() {
    let place = Place::new();
    let (mut store, _) = place.open();
    let first = store.append(&batch(&delta(1))).expect("there is room");
    let second = store.append(&batch(&delta(2))).expect("there is room");
    store.append(&batch(&delta(3))).expect("there is room");
    two(&mut store).expect("two wait");
    drop(store);
    // The first was taken, and that the third was written did not get known.
    let mut store = place.again(Known {
        taken: first.end,
        next: second.end,
    });
    assert_eq!(store.next(), second.end);
    assert_eq!(text(two(&mut store).as_ref()), delta(2));
}

#[test]
fn long_texts_are_cut_between_lines() {
    let line = format!("a.b,x=\"{}\" gauge,1\n", "x".repeat(1_000));
    let table = [
        String::new(),
        line.repeat(63),
        line.repeat(64),
        line.repeat(200),
        format!("{}\n{line}", "y".repeat(200_000)),
    ];
    for text in table {
        let pieces: Vec<&str> = pieces(&text).collect();
        assert_eq!(pieces.concat(), text);
        assert!(pieces.iter().all(|piece| piece.ends_with('\n')));
        let long = pieces.iter().filter(|piece| piece.len() > PLACE);
        assert!(long.clone().all(|piece| count(piece.as_bytes()) == 1));
    }
}

#[test]
fn a_file_with_other_things_in_it_is_left_as_it_is() {
    let place = Place::new();
    let other: TableDefinition<u64, u64> = TableDefinition::new("cats");
    let database = Database::create(place.file()).expect("a database");
    let write = database.begin_write().expect("a database");
    write.open_table(other).expect("a table");
    write.commit().expect("a database");
    drop(database);
    let found = Store::open(&place.file(), ROOMY, None).err();
    assert!(matches!(found, Some(StoreError::Foreign)), "{found:?}");

    let text = "somebody's diary\n".repeat(1_000);
    std::fs::write(place.file(), &text).expect("the folder is ours");
    let found = Store::open(&place.file(), ROOMY, None).err();
    assert!(matches!(found, Some(StoreError::Database(_))), "{found:?}");
    let left = std::fs::read_to_string(place.file()).expect("it is there");
    assert_eq!(left, text);
}

/// A disk with so much room, whose content outlives the database.
#[derive(Debug, Clone)]
struct Disk {
    content: Arc<Mutex<InMemoryBackend>>,
    room: Arc<AtomicU64>,
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        self.content.lock().expect("no panic").len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        self.content.lock().expect("no panic").read(offset, out)
    }
    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        self.content.lock().expect("no panic").set_len(len)
    }
    fn sync_data(&self) -> Result<(), io::Error> {
        Ok(())
    }
    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        if offset + data.len() as u64 > self.room.load(Ordering::SeqCst) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.content.lock().expect("no panic").write(offset, data)
    }
}

#[test]
fn on_a_full_disk_nothing_is_lost_that_was_there() {
    let disk = Disk {
        content: Arc::new(Mutex::new(InMemoryBackend::new())),
        room: Arc::new(AtomicU64::new(2 * 1024 * 1024)),
    };
    let open = |known| {
        let database = builder().create_with_backend(disk.clone());
        Store::of(database.expect("a database"), 16 * ROOMY, known).expect("a spool")
    };
    let large = gauge(1).repeat(1_000);
    let (mut store, _) = open(None);
    let mut written = 0;
    let mut next = 0;
    let error = loop {
        match store.append(&batch(&large)) {
            Ok(appended) => next = appended.end,
            Err(error) => break error,
        }
        written += 1_000;
    };
    assert!(error.to_string().contains("space"), "{error}");
    assert!(written > 10_000, "{written}");
    drop(store);

    disk.room.store(64 * 1024 * 1024, Ordering::SeqCst);
    let (mut store, interrupted) = open(Some(Known { taken: 0, next }));
    assert_eq!(interrupted, 0);
    assert_eq!(store.held().lines, written);
    let mut read = 0;
    while let Some(front) = store.front(1_000, 1_000_000, None).expect("a spool") {
        read += front.batch.len() as u64;
        store.remove(front.places.end).expect("a spool");
    }
    assert_eq!(read, written);
}

#[derive(Debug, Clone)]
enum Step {
    Append { lines: usize },
    Take,
    Fail,
    Crash,
    CrashWhileSending,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..6_usize).prop_map(|lines| Step::Append { lines }),
        3 => Just(Step::Take),
        2 => Just(Step::Fail),
        1 => Just(Step::Crash),
        1 => Just(Step::CrashWhileSending),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Each count arrives once or is said to be given up, in order.
    #[test]
    fn whatever_happens_no_count_is_sent_twice_or_lost_without_a_word(
        steps in proptest::collection::vec(step(), 1..30)
    ) {
        let place = Place::new();
        let (mut store, _) = place.open();
        let (mut next, mut taken, mut given_up) = (0, Vec::new(), 0);
        let numbers = |front: &Front| -> Vec<u64> {
            let lines = front.batch.lines().filter_map(|line| line.split_once("delta="));
            lines.filter_map(|(_, rest)| rest.split(' ').next()?.parse().ok()).collect()
        };
        for step in steps {
            match step {
                Step::Append { lines } => {
                    let text: String = (next..).take(lines).map(delta).collect();
                    next += lines as u64;
                    store.append(&batch(&text)).expect("there is room");
                }
                Step::Take => if let Some(front) = two(&mut store) {
                    taken.extend(numbers(&front));
                    store.remove(front.places.end).expect("a spool");
                }
                Step::Fail => if let Some(front) = two(&mut store) {
                    store.keep().expect("a spool");
                    prop_assert_eq!(two(&mut store), Some(front), "the same again");
                    store.keep().expect("a spool");
                }
                Step::Crash => {
                    drop(store);
                    let (again, interrupted) = place.open();
                    prop_assert_eq!(interrupted, 0);
                    store = again;
                }
                Step::CrashWhileSending => {
                    let sending = two(&mut store).map_or(0, |front| front.batch.len() as u64);
                    drop(store);
                    let (again, interrupted) = place.open();
                    prop_assert_eq!(interrupted, sending);
                    given_up += interrupted;
                    store = again;
                }
            }
            let known = taken.len() as u64 + given_up + store.held().lines;
            prop_assert_eq!(known, next);
        }
        prop_assert!(taken.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", taken);
    }

    /// A damaged file is an error, or has the lines that were put there.
    #[test]
    fn a_damaged_file_makes_up_no_lines(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let place = Place::new();
        let (mut store, _) = place.open();
        let put: String = (0..200).map(gauge).collect();
        store.append(&batch(&put)).expect("there is room");
        drop(store);
        let mut bytes = std::fs::read(place.file()).expect("it is there");
        for (at, byte) in damage {
            *at.get_mut(&mut bytes) = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        std::fs::write(place.file(), bytes).expect("the folder is ours");
        // A panic of the library is a failure like another: what is on its way
        // to the disk runs on a thread of its own.
        let found = std::panic::catch_unwind(|| {
            let (mut store, _) = Store::open(&place.file(), ROOMY, None).ok()?;
            let front = store.front(1_000, 1_000_000, None).ok()??;
            Some(front.batch.body().to_owned())
        });
        if let Ok(Some(found)) = found {
            prop_assert_eq!(found, put);
        }
    }
}
