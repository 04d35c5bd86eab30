//! The file of a spool: a queue of lines, and a mark on those being sent.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use extyped_line::{Line, Payload};
use redb::{
    Database, ReadableTable, ReadableTableMetadata as _, Table, TableDefinition, TableHandle as _,
    WriteTransaction,
};

use crate::sink::MetricBatch;

/// Lines by their place in the queue, some at a time.
const LINES: TableDefinition<u64, &[u8]> = TableDefinition::new("extyped.lines");

/// Numbers by name.
const STATE: TableDefinition<&str, u64> = TableDefinition::new("extyped.state");

const VERSION: &str = "version";
const HELD_LINES: &str = "lines";
const HELD_BYTES: &str = "bytes";
/// The places from here up to there are being sent.
const FLIGHT_START: &str = "flight.start";
const FLIGHT_END: &str = "flight.end";

/// The layout of the file.
const THIS_VERSION: u64 = 1;

/// How many bytes of lines stand in one place. The file is made of blocks whose
/// size is a power of two, so a little less than one of them wastes the least.
const PLACE: usize = 64_000;

/// What is kept of the file in memory. The queue is written once and read once.
const CACHE: usize = 1024 * 1024;

/// Why the file cannot be used.
#[derive(Debug)]
pub(super) enum StoreError {
    Database(redb::Error),
    /// It has other things in it.
    Foreign,
    /// It was written by another version.
    Version(u64),
    /// What stands there are no lines.
    NoLines,
    NotOpen,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) lines: u64,
    pub(super) bytes: u64,
}

/// What is known of a file that this process has had open before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Everything before this place was taken by the sink.
    pub(super) taken: u64,
    /// Nothing was ever put from this place on.
    pub(super) next: u64,
}

/// Lines on their way to the sink, marked in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) places: Range<u64>,
    pub(super) batch: MetricBatch,
}

/// What came of putting lines into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Appended {
    /// The place after them.
    pub(super) end: u64,
    /// How many lines of the oldest there was no room for.
    pub(super) dropped: u64,
}

pub(super) struct Store {
    database: Database,
    limit: u64,
    held: Held,
    next: u64,
    flight: Option<Range<u64>>,
}

impl Store {
    /// Opens the file, or makes it. Also says how many lines of counts were
    /// given up because the process was killed while they were being sent.
    pub(super) fn open(
        path: &Path,
        limit: u64,
        known: Option<Known>,
    ) -> Result<(Self, u64), StoreError> {
        Store::of(builder().create(path)?, limit, known)
    }

    fn of(database: Database, limit: u64, known: Option<Known>) -> Result<(Self, u64), StoreError> {
        let write = database.begin_write()?;
        for table in write.list_tables()? {
            if table.name() != LINES.name() && table.name() != STATE.name() {
                return Err(StoreError::Foreign);
            }
        }
        let interrupted = {
            let mut queue = Queue::of(&write)?;
            match queue.number(VERSION)? {
                Some(THIS_VERSION) => {}
                Some(other) => return Err(StoreError::Version(other)),
                None if queue.lines.is_empty()? => queue.set(VERSION, THIS_VERSION)?,
                None => return Err(StoreError::Foreign),
            }
            match known {
                Some(known) => {
                    queue.remove(0..known.taken)?;
                    // A write whose outcome was an error may be there all the
                    // same; its lines are in memory.
                    queue.remove(known.next..u64::MAX)?;
                    0
                }
                None => queue.settle()?,
            }
        };
        let (held, next) = {
            let mut queue = Queue::of(&write)?;
            queue.mark(None)?;
            let last = queue.lines.last()?.map(|(place, _)| place.value());
            let next = last.map_or(0, |place| place + 1);
            (queue.held()?, next.max(known.map_or(0, |known| known.next)))
        };
        write.commit()?;
        let store = Store {
            database,
            limit,
            held,
            next,
            flight: None,
        };
        Ok((store, interrupted))
    }

    pub(super) fn held(&self) -> Held {
        self.held
    }

    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Puts lines behind all others. Drops the oldest as long as there is no
    /// room; lines that are being sent cannot be dropped.
    pub(super) fn append(&mut self, batch: &MetricBatch) -> Result<Appended, StoreError> {
        let mut end = self.next;
        let mut dropped = 0;
        let write = self.database.begin_write()?;
        let held = {
            let mut queue = Queue::of(&write)?;
            for piece in pieces(batch.body()) {
                dropped += queue.make_room(piece.len() as u64, self.limit, self.flight.as_ref())?;
                if queue.held()?.bytes + piece.len() as u64 > self.limit {
                    dropped += count(piece.as_bytes());
                    continue;
                }
                queue.insert(end, piece)?;
                end += 1;
            }
            queue.held()?
        };
        write.commit()?;
        self.held = held;
        self.next = end;
        Ok(Appended { end, dropped })
    }

    /// The oldest lines within these limits, or those up to a place, marked as
    /// being sent.
    pub(super) fn front(
        &mut self,
        max_lines: u64,
        max_bytes: usize,
        up_to: Option<u64>,
    ) -> Result<Option<Front>, StoreError> {
        let write = self.database.begin_write()?;
        let mut places = None;
        let mut body = String::new();
        {
            let mut queue = Queue::of(&write)?;
            let mut lines = 0;
            for entry in queue.lines.range(0..up_to.unwrap_or(u64::MAX))? {
                let (place, text) = entry?;
                let (place, text) = (place.value(), text.value());
                lines += count(text);
                let fits = lines <= max_lines && body.len() + text.len() <= max_bytes;
                if places.is_some() && !fits && up_to.is_none() {
                    break;
                }
                body.push_str(str::from_utf8(text).map_err(|_| StoreError::NoLines)?);
                let start = places.map_or(place, |places: Range<u64>| places.start);
                places = Some(start..place + 1);
            }
            queue.mark(places.as_ref())?;
        }
        write.commit()?;
        self.flight.clone_from(&places);
        Ok(places.map(|places| Front {
            places,
            batch: MetricBatch::from_lines(body),
        }))
    }

    /// What was being sent was not taken, and waits again.
    pub(super) fn keep(&mut self) -> Result<(), StoreError> {
        let write = self.database.begin_write()?;
        Queue::of(&write)?.mark(None)?;
        write.commit()?;
        self.flight = None;
        Ok(())
    }

    /// Everything before this place is not needed any more.
    pub(super) fn remove(&mut self, end: u64) -> Result<(), StoreError> {
        let write = self.database.begin_write()?;
        let held = {
            let mut queue = Queue::of(&write)?;
            queue.remove(0..end)?;
            queue.mark(None)?;
            queue.held()?
        };
        write.commit()?;
        self.held = held;
        self.flight = None;
        Ok(())
    }
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder
        .set_cache_size(CACHE)
        // A damaged file is an error at once and no surprise later.
        .set_check_integrity_on_open(true);
    builder
}

/// Both tables of a transaction.
struct Queue<'t> {
    lines: Table<'t, u64, &'static [u8]>,
    state: Table<'t, &'static str, u64>,
}

impl<'t> Queue<'t> {
    fn of(write: &'t WriteTransaction) -> Result<Self, StoreError> {
        Ok(Queue {
            lines: write.open_table(LINES)?,
            state: write.open_table(STATE)?,
        })
    }

    fn number(&self, name: &'static str) -> Result<Option<u64>, StoreError> {
        Ok(self.state.get(name)?.map(|number| number.value()))
    }

    fn set(&mut self, name: &'static str, number: u64) -> Result<(), StoreError> {
        self.state.insert(name, number)?;
        Ok(())
    }

    fn held(&self) -> Result<Held, StoreError> {
        Ok(Held {
            lines: self.number(HELD_LINES)?.unwrap_or_default(),
            bytes: self.number(HELD_BYTES)?.unwrap_or_default(),
        })
    }

    fn set_held(&mut self, held: Held) -> Result<(), StoreError> {
        self.set(HELD_LINES, held.lines)?;
        self.set(HELD_BYTES, held.bytes)
    }

    fn insert(&mut self, place: u64, text: &str) -> Result<(), StoreError> {
        self.lines.insert(place, text.as_bytes())?;
        let held = self.held()?;
        self.set_held(Held {
            lines: held.lines + count(text.as_bytes()),
            bytes: held.bytes + text.len() as u64,
        })
    }

    /// Takes out all lines of these places.
    fn remove(&mut self, places: Range<u64>) -> Result<(), StoreError> {
        while let Some(place) = self.first_of(places.clone())? {
            self.take_out(place)?;
        }
        Ok(())
    }

    fn first_of(&self, places: Range<u64>) -> Result<Option<u64>, StoreError> {
        let first = self.lines.range(places)?.next().transpose()?;
        Ok(first.map(|(place, _)| place.value()))
    }

    /// Takes out the lines of a place, and says how many those were.
    fn take_out(&mut self, place: u64) -> Result<u64, StoreError> {
        let mut held = self.held()?;
        let lines = match self.lines.remove(place)? {
            None => return Ok(0),
            Some(text) => {
                let lines = count(text.value());
                held.lines = held.lines.saturating_sub(lines);
                held.bytes = held.bytes.saturating_sub(text.value().len() as u64);
                lines
            }
        };
        self.set_held(held)?;
        Ok(lines)
    }

    /// Takes out the oldest lines until there is room for so many bytes, and
    /// says how many lines those were.
    fn make_room(
        &mut self,
        bytes: u64,
        limit: u64,
        flight: Option<&Range<u64>>,
    ) -> Result<u64, StoreError> {
        let from = flight.map_or(0, |flight| flight.end);
        let mut dropped = 0;
        while self.held()?.bytes + bytes > limit {
            match self.first_of(from..u64::MAX)? {
                Some(place) => dropped += self.take_out(place)?,
                None => break,
            }
        }
        Ok(dropped)
    }

    fn mark(&mut self, places: Option<&Range<u64>>) -> Result<(), StoreError> {
        if let Some(places) = places {
            self.set(FLIGHT_START, places.start)?;
            self.set(FLIGHT_END, places.end)?;
        } else {
            self.state.remove(FLIGHT_START)?;
            self.state.remove(FLIGHT_END)?;
        }
        Ok(())
    }

    /// Gives up the counts among lines that were being sent when the process
    /// was killed, and says how many lines those were.
    fn settle(&mut self) -> Result<u64, StoreError> {
        let (Some(start), Some(end)) = (self.number(FLIGHT_START)?, self.number(FLIGHT_END)?)
        else {
            return Ok(0);
        };
        let mut interrupted = 0;
        for place in start..end {
            let text = match self.lines.get(place)? {
                None => continue,
                Some(text) => str::from_utf8(text.value())
                    .map_err(|_| StoreError::NoLines)?
                    .to_owned(),
            };
            let harmless: String = text
                .split_inclusive('\n')
                .filter(|line| !counts(line))
                .collect();
            interrupted += self.take_out(place)?;
            if !harmless.is_empty() {
                interrupted -= count(harmless.as_bytes());
                self.insert(place, &harmless)?;
            }
        }
        Ok(interrupted)
    }
}

/// Whether a line adds to a sum. Of one that cannot be read it is better to
/// think that it does.
fn counts(line: &str) -> bool {
    match Line::parse(line.trim_end_matches('\n')) {
        Ok(line) => matches!(line.payload, Payload::Delta(_)),
        Err(_) => line.contains(" count,delta="),
    }
}

/// How many lines there are.
fn count(text: &[u8]) -> u64 {
    text.split_inclusive(|&byte| byte == b'\n').count() as u64
}

/// Cuts a text between lines.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let fits = text.as_bytes().get(..PLACE).unwrap_or(text.as_bytes());
        let end = match fits.iter().rposition(|&byte| byte == b'\n') {
            _ if text.len() <= PLACE => text.len(),
            Some(newline) => newline + 1,
            // A line longer than that has a place for itself.
            None => text.find('\n').map_or(text.len(), |newline| newline + 1),
        };
        let (piece, rest) = text.split_at(end);
        text = rest;
        Some(piece)
    })
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        StoreError::Database(error.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Database(error) => error.fmt(f),
            StoreError::Foreign => f.write_str("it is not a spool: it has other things in it"),
            StoreError::Version(version) => {
                write!(f, "it was written by another version ({version})")
            }
            StoreError::NotOpen => f.write_str("it is not open"),
            StoreError::NoLines => {
                f.write_str("it is damaged: there are no lines where there should be")
            }
        }
    }
}

#[cfg(test)]
mod tests;
