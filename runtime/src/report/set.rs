//! The dimensions of one entity, and the lines that share them.

use std::borrow::Cow;
use std::fmt;

use super::buffer::Buffer;
use super::refusal::Refusal;
use super::{CountValue, GaugeValue, Recorder};

/// An open set of dimensions. Generated reporters are a thin layer over it.
///
/// Each dimension is escaped when it is added. Lines go straight into a buffer
/// that belongs to the set until it is dropped; differences of running totals
/// are written then.
#[must_use]
pub struct Set<'r> {
    recorder: &'r Recorder,
    /// There until the set is dropped. In a box, because reporters are moved
    /// from one builder method to the next.
    buffer: Option<Box<Buffer>>,
}

impl<'r> Set<'r> {
    /// Opens a set without dimensions.
    #[inline]
    pub fn open(recorder: &'r Recorder) -> Self {
        Set {
            recorder,
            buffer: Some(recorder.lend()),
        }
    }

    /// Adds a required dimension. If its value is empty, nothing of the set
    /// can be sent: the ingest would drop the dimension and attach the line to
    /// no entity.
    ///
    /// `opening` is what stands before the value, `,key="`. The generator knows
    /// it, and one copy of it is cheaper than four of its parts.
    #[inline]
    pub fn dimension<V: fmt::Display>(&mut self, opening: &'static str, value: &V) {
        if let Some(buffer) = self.buffer.as_deref_mut() {
            match buffer.dimension(opening, value) {
                Some(true) => {}
                Some(false) => buffer.refuse(Refusal::EmptyDimension(key_of(opening))),
                None => buffer.refuse(Refusal::FailedDimension(key_of(opening))),
            }
        }
    }

    /// Adds a dimension whose value the manifest fixes.
    #[inline]
    pub fn constant(&mut self, opening: &'static str, value: &'static str) {
        self.dimension(opening, &value);
    }

    /// Adds a required dimension whose value has to start with one of
    /// `prefixes`.
    pub fn prefixed<V: fmt::Display>(
        &mut self,
        opening: &'static str,
        prefixes: &[&str],
        value: &V,
    ) {
        let length = |set: &Self| set.buffer.as_ref().map_or(0, |b| b.dimensions.len());
        let start = length(self);
        self.dimension(opening, value);
        if let Some(buffer) = self.buffer.as_deref_mut()
            && !prefixes
                .iter()
                .any(|prefix| buffer.last_starts_with(start, opening, prefix))
        {
            buffer.refuse(Refusal::DimensionPrefix(key_of(opening)));
        }
    }

    /// Adds a dimension that may be left out, because it is `None` or empty.
    /// The first value given for an index stays.
    pub fn optional<V: fmt::Display>(
        &mut self,
        index: usize,
        opening: &'static str,
        value: Option<V>,
    ) {
        if let Some(value) = value
            && let Some(buffer) = self.buffer.as_deref_mut()
            && !buffer.has(index, opening)
        {
            match buffer.dimension(opening, &value) {
                Some(true) => buffer.mark(index),
                Some(false) => {}
                None => buffer.refuse(Refusal::FailedDimension(key_of(opening))),
            }
        }
    }

    /// Writes a line for a gauge, if the metric is on.
    #[inline]
    pub fn gauge(&mut self, index: usize, key: &'static str, value: impl GaugeValue) {
        if self.recorder.is_metric_enabled(index)
            && let Some(buffer) = self.buffer.as_deref_mut()
            && let Err(cause) = value.write(buffer, key)
        {
            self.recorder.refuse(Cow::Borrowed(key), cause);
        }
    }

    /// Writes a line for a count, or remembers to, if the metric is on.
    #[inline]
    pub fn count(&mut self, index: usize, key: &'static str, value: impl CountValue) {
        if self.recorder.is_metric_enabled(index)
            && let Some(buffer) = self.buffer.as_deref_mut()
        {
            if let Err(cause) = value.write(buffer, index, key) {
                self.recorder.refuse(Cow::Borrowed(key), cause);
            }
            if buffer.is_full() {
                self.recorder.settle(buffer);
            }
        }
    }
}

/// The key of a dimension that opens like this.
#[cold]
fn key_of(opening: &'static str) -> &'static str {
    let key = opening.strip_prefix(',').unwrap_or(opening);
    key.strip_suffix("=\"").unwrap_or(key)
}

impl Drop for Set<'_> {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            self.recorder.take_back(buffer);
        }
    }
}

impl fmt::Debug for Set<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Set")
            .field("dimensions", &self.buffer.as_ref().map(|b| &b.dimensions))
            .finish_non_exhaustive()
    }
}
