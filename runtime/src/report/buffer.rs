//! What an open set writes to: lines, the dimensions they share, and running
//! totals that wait for the lock.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use extyped_line::{Lines, Number, Summary, limits, value};

use super::refusal::{Refusal, Refusals};
use super::series::{Entity, Full, Series, Step};

/// Room for the longest payload and timestamp: a summary of four numbers.
const PAYLOAD: usize = 160;

/// The length of an ending with a timestamp of the years 2001 to 2286.
const ENDING: usize = 15;

/// Running totals are settled when so many wait, so that a set that is never
/// dropped does not collect them without end.
const TOTALS: usize = 64;

/// Lent to a set by its recorder, and given back with its lines. The memory
/// behind it is kept from one set to the next.
#[derive(Debug, Default)]
pub struct Buffer {
    /// Finished lines, also those of earlier sets.
    pub(super) lines: String,
    line_count: usize,
    /// What ends a line: the timestamp and a newline.
    ending: String,
    /// Which cycle the ending is of.
    cycle: u64,
    /// How long `lines` may become.
    room: usize,
    /// How long `lines` was when the set was opened.
    opened: usize,
    /// How long the text of a cycle was, the last time.
    last: usize,

    /// `,key="value"` for each dimension of the set.
    pub(super) dimensions: String,
    count: usize,
    /// Which optional dimensions the set has, by index.
    given: u128,
    /// Why nothing of the set can be sent.
    refusal: Option<Refusal>,
    /// Which metrics' running totals are sent as they are, by index; empty
    /// where none are.
    registered: Arc<[bool]>,
    totals: Vec<Waiting>,
}

/// A running total whose difference is not known yet.
#[derive(Debug)]
struct Waiting {
    metric: u32,
    key: &'static str,
    total: Number,
    /// How much of the dimensions was there when it was reported.
    dimensions: usize,
    /// Sent as it is, for the EEC to work out the difference.
    as_is: bool,
}

/// For the sets of one entity.
impl Buffer {
    /// A buffer for a recorder whose metrics are registered so.
    pub(super) fn new(registered: Arc<[bool]>) -> Self {
        Buffer {
            registered,
            ..Buffer::default()
        }
    }

    pub(super) fn open(&mut self, cycle: u64, ending: &str, room: usize) {
        if self.cycle != cycle {
            self.cycle = cycle;
            ending.clone_into(&mut self.ending);
        }
        self.room = room;
        self.opened = self.lines.len();
        self.dimensions.clear();
        self.count = 0;
        self.given = 0;
        self.refusal = None;
        if self.lines.capacity() == 0 {
            // One allocation for a cycle instead of one for each doubling.
            self.lines.reserve(self.last);
        }
    }

    /// Takes the lines out.
    pub(super) fn take(&mut self) -> Lines {
        self.last = self.lines.len();
        let text = std::mem::take(&mut self.lines);
        Lines::from_counted(text, std::mem::take(&mut self.line_count))
    }

    /// Appends a dimension that opens with `,key="`. `None` if its `Display`
    /// failed, else whether there was a value. In both cases without a value
    /// nothing is appended.
    #[inline]
    pub(super) fn dimension<V: fmt::Display>(&mut self, opening: &str, value: &V) -> Option<bool> {
        // For most values; the quote that ends them included.
        self.dimensions.reserve(opening.len() + 64);
        let added = value::dimension(&mut self.dimensions, opening, value);
        if added == Some(true) {
            self.count += 1;
            if self.count > limits::DIMENSIONS {
                self.refuse(Refusal::TooManyDimensions);
            }
        }
        added
    }

    /// Whether the dimension that was appended last, from `start` on, has a
    /// value that starts like this. Both are compared as they are written, so
    /// that no second, unescaped copy of the value is needed.
    pub(super) fn last_starts_with(&mut self, start: usize, opening: &str, prefix: &str) -> bool {
        let end = self.dimensions.len();
        if value::dimension(&mut self.dimensions, opening, &prefix) != Some(true) {
            // Every value starts with nothing.
            return true;
        }
        self.dimensions.pop();
        let (dimensions, prefix) = self.dimensions.split_at(end);
        let matches = dimensions
            .get(start..)
            .is_some_and(|last| last.starts_with(prefix));
        self.dimensions.truncate(end);
        matches
    }

    /// Whether the optional dimension of this index was appended.
    pub(super) fn has(&self, index: usize, opening: &str) -> bool {
        match bit(index) {
            0 => self.dimensions.contains(opening),
            bit => self.given & bit != 0,
        }
    }

    pub(super) fn mark(&mut self, index: usize) {
        self.given |= bit(index);
    }

    /// Nothing more of the set is sent. The first cause is the one to mend
    /// first.
    pub(super) fn refuse(&mut self, cause: Refusal) {
        self.refusal.get_or_insert(cause);
    }

    pub(super) fn gauge(&mut self, key: &str, number: Number) -> Result<(), Refusal> {
        self.check(number)?;
        self.line(key, self.dimensions.len(), " gauge,", |lines| {
            number.write(lines);
        })
    }

    pub(super) fn summary(&mut self, key: &str, summary: &Summary) -> Result<(), Refusal> {
        self.check(Number::ZERO)?;
        summary.check().map_err(Refusal::Summary)?;
        self.line(key, self.dimensions.len(), " gauge,", |lines| {
            summary.write(lines);
        })
    }

    pub(super) fn delta(&mut self, key: &str, number: Number) -> Result<(), Refusal> {
        self.check(number)?;
        self.added(key, self.dimensions.len(), number)
    }

    /// Keeps a running total until the lock is held.
    pub(super) fn total(
        &mut self,
        metric: usize,
        key: &'static str,
        total: Number,
    ) -> Result<(), Refusal> {
        self.check(total)?;
        if total.is_negative() {
            return Err(Refusal::NegativeTotal);
        }
        self.totals.push(Waiting {
            metric: u32::try_from(metric).unwrap_or(u32::MAX),
            key,
            total,
            dimensions: self.dimensions.len(),
            as_is: self.registered.get(metric) == Some(&true),
        });
        Ok(())
    }

    #[inline]
    fn check(&self, number: Number) -> Result<(), Refusal> {
        match self.refusal {
            Some(cause) => Err(cause),
            None if number.is_finite() => Ok(()),
            None => Err(Refusal::NotFinite),
        }
    }

    fn added(&mut self, key: &str, dimensions: usize, number: Number) -> Result<(), Refusal> {
        self.line(key, dimensions, " count,delta=", |lines| {
            number.write(lines);
        })
    }

    #[inline]
    fn line(
        &mut self,
        key: &str,
        dimensions: usize,
        kind: &str,
        value: impl FnOnce(&mut String),
    ) -> Result<(), Refusal> {
        let dimensions = self.dimensions.get(..dimensions).unwrap_or_default();
        let length = key.len() + dimensions.len() + PAYLOAD;
        if length > limits::LINE_BYTES {
            return Err(Refusal::LineTooLong);
        }
        if self.lines.len() + length > self.room {
            return Err(Refusal::CycleFull);
        }
        self.lines.push_str(key);
        self.lines.push_str(dimensions);
        self.lines.push_str(kind);
        value(&mut self.lines);
        // Nearly always a blank, 13 digits and a newline, and a copy whose
        // length is known needs no call.
        match self.ending.get(..ENDING) {
            Some(ending) if self.ending.len() == ENDING => self.lines.push_str(ending),
            _ => self.lines.push_str(&self.ending),
        }
        self.line_count += 1;
        Ok(())
    }
}

/// For the recorder, which holds the lock.
impl Buffer {
    /// Whether running totals have to be settled before more are kept.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.totals.len() >= TOTALS
    }

    /// Writes what the running totals add to those before them.
    #[inline]
    pub(super) fn settle(&mut self, series: &mut Series, refusals: &mut Refusals) {
        if !self.totals.is_empty() {
            self.settle_totals(series, refusals);
        }
    }

    fn settle_totals(&mut self, series: &mut Series, refusals: &mut Refusals) {
        let mut totals = std::mem::take(&mut self.totals);
        for run in totals.chunk_by(|a, b| a.dimensions == b.dimensions) {
            let shared = run.first().map_or(0, |first| first.dimensions);
            let mut entity = series.entity(self.dimensions.get(..shared).unwrap_or_default());
            for waiting in run {
                if let Err(cause) = self.settle_one(entity.as_mut(), waiting) {
                    refusals.add(Cow::Borrowed(waiting.key), cause);
                }
            }
        }
        totals.clear();
        self.totals = totals;
    }

    fn settle_one(
        &mut self,
        entity: Option<&mut Entity<'_>>,
        waiting: &Waiting,
    ) -> Result<(), Refusal> {
        if waiting.as_is {
            return self.line(waiting.key, waiting.dimensions, " count,", |lines| {
                waiting.total.write(lines);
            });
        }
        let entity = entity.ok_or(Refusal::TooManySeries)?;
        match entity.step(waiting.metric, waiting.total) {
            Err(Full) => return Err(Refusal::TooManySeries),
            Ok(Step::Baseline) => {}
            Ok(Step::Added(delta)) => self.added(waiting.key, waiting.dimensions, delta)?,
        }
        entity.remember(waiting.metric, waiting.total);
        Ok(())
    }

    /// Takes back lines of the last set, the latest first, until at most
    /// `room` bytes are left, and counts them as refused.
    #[inline]
    pub(super) fn shrink_to(&mut self, room: usize, refusals: &mut Refusals) {
        while self.lines.len() > room && self.lines.len() > self.opened {
            self.take_back_line(refusals);
        }
    }

    #[cold]
    fn take_back_line(&mut self, refusals: &mut Refusals) {
        let body = self.lines.strip_suffix('\n').unwrap_or_default();
        let start = body.rfind('\n').map_or(0, |newline| newline + 1);
        let line = body.get(start..).unwrap_or_default();
        let key = line.split([',', ' ']).next().unwrap_or_default();
        refusals.add(Cow::Owned(key.to_owned()), Refusal::CycleFull);
        self.lines.truncate(start);
        self.line_count -= 1;
    }
}

/// The bit of an optional dimension; none for an index beyond the bits there
/// are, which is then looked for in the text: a quote inside a value is
/// escaped, so that what is found can only be a key.
fn bit(index: usize) -> u128 {
    u32::try_from(index)
        .ok()
        .and_then(|index| 1_u128.checked_shl(index))
        .unwrap_or_default()
}
