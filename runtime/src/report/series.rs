//! Running totals, remembered from one report to the next.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use extyped_line::Number;

/// How many running totals a [`Recorder`](super::Recorder) remembers: more
/// series than an extension can send, and less memory than it is given.
pub const SERIES: usize = 100_000;

/// A running total that was not reported for this long is forgotten: the next
/// one is a baseline again.
pub const SERIES_IDLE: Duration = Duration::from_hours(1);

/// How often forgotten totals are looked for.
const SWEEP: Duration = Duration::from_mins(10);

/// What a running total means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// The first of its series: nothing to send.
    Baseline,
    /// So much was added.
    Added(Number),
}

/// There is no room for another series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// The totals, by dimensions and by metric.
///
/// The metrics of an entity share their dimensions, so these are stored and
/// looked up once for all of them.
#[derive(Debug)]
pub(super) struct Series {
    entities: HashMap<Box<str>, Totals>,
    len: usize,
    capacity: usize,
    now: Instant,
    swept: Instant,
}

/// The totals of one entity, and room for more.
pub(super) struct Entity<'a> {
    totals: &'a mut Totals,
    len: &'a mut usize,
    capacity: usize,
    now: Instant,
}

/// The totals of one entity, sorted by metric.
#[derive(Debug, Default)]
struct Totals(Vec<Total>);

#[derive(Debug, Clone, Copy)]
struct Total {
    metric: u32,
    value: Number,
    seen: Instant,
}

impl Series {
    pub(super) fn new(now: Instant) -> Self {
        Series {
            entities: HashMap::new(),
            len: 0,
            capacity: SERIES,
            now,
            swept: now,
        }
    }

    /// Tells the time, and forgets what was not seen for too long.
    pub(super) fn tick(&mut self, now: Instant) {
        self.now = now;
        if now.duration_since(self.swept) < SWEEP {
            return;
        }
        self.swept = now;
        let mut len = 0;
        self.entities.retain(|_, totals| {
            totals.0.retain(|total| !is_idle(total.seen, now));
            len += totals.0.len();
            !totals.0.is_empty()
        });
        self.len = len;
    }

    /// The totals of the entity with these dimensions; `None` if it is new and
    /// there is no room.
    pub(super) fn entity(&mut self, dimensions: &str) -> Option<Entity<'_>> {
        if !self.entities.contains_key(dimensions) {
            if self.len >= self.capacity {
                return None;
            }
            self.entities.insert(dimensions.into(), Totals::default());
        }
        Some(Entity {
            totals: self.entities.get_mut(dimensions)?,
            len: &mut self.len,
            capacity: self.capacity,
            now: self.now,
        })
    }
}

impl Entity<'_> {
    /// What `total` adds to the total before it. The new total is remembered
    /// by [`remember`](Self::remember), once the line is written: what could
    /// not be written is part of the next difference.
    pub(super) fn step(&self, metric: u32, total: Number) -> Result<Step, Full> {
        match self.totals.get(metric) {
            Some(before) if !is_idle(before.seen, self.now) => {
                let added = total.minus(before.value);
                // A total that shrank is that of a counter that started again.
                Ok(Step::Added(if added.is_negative() { total } else { added }))
            }
            Some(_) => Ok(Step::Baseline),
            None if *self.len < self.capacity => Ok(Step::Baseline),
            None => Err(Full),
        }
    }

    pub(super) fn remember(&mut self, metric: u32, value: Number) {
        let is_new = self.totals.set(Total {
            metric,
            value,
            seen: self.now,
        });
        *self.len += usize::from(is_new);
    }
}

impl Totals {
    fn get(&self, metric: u32) -> Option<&Total> {
        let at = self.0.binary_search_by_key(&metric, |total| total.metric);
        at.ok().and_then(|at| self.0.get(at))
    }

    /// Returns whether the total is a new one.
    fn set(&mut self, total: Total) -> bool {
        match self.0.binary_search_by_key(&total.metric, |t| t.metric) {
            Ok(at) => {
                if let Some(slot) = self.0.get_mut(at) {
                    *slot = total;
                }
                false
            }
            Err(at) => {
                self.0.insert(at, total);
                true
            }
        }
    }
}

fn is_idle(seen: Instant, now: Instant) -> bool {
    now.duration_since(seen) > SERIES_IDLE
}
