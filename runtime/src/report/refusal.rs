//! What was not sent, and why.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use extyped_line::{SummaryError, limits};

use super::{CYCLE_BYTES, SERIES};

/// Why a value was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The number is NaN or infinite.
    NotFinite,
    /// A running total below zero.
    NegativeTotal,
    /// The summary contradicts itself.
    Summary(SummaryError),
    /// This required dimension is empty. Without it the ingest would attach
    /// the value to no entity, or to the wrong one.
    EmptyDimension(&'static str),
    /// The value of this dimension could not be formatted.
    FailedDimension(&'static str),
    /// The value of this dimension does not start as the topology of the
    /// manifest asks for.
    DimensionPrefix(&'static str),
    /// There are more dimensions than a line can carry.
    TooManyDimensions,
    /// The line is longer than a line can be.
    LineTooLong,
    /// There are more lines than one cycle can hold.
    CycleFull,
    /// There are more running totals than can be remembered.
    TooManySeries,
}

/// How often a metric was refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The metric's key.
    pub metric: Cow<'static, str>,
    /// The reason.
    pub cause: Refusal,
    /// How many values were not sent.
    pub count: u64,
}

/// Refusals of the current cycle.
#[derive(Debug, Default)]
pub(super) struct Refusals(BTreeMap<(Cow<'static, str>, Refusal), u64>);

impl Refusals {
    pub(super) fn add(&mut self, metric: Cow<'static, str>, cause: Refusal) {
        *self.0.entry((metric, cause)).or_default() += 1;
    }

    pub(super) fn take(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.0)
            .into_iter()
            .map(|((metric, cause), count)| Refused {
                metric,
                cause,
                count,
            })
            .collect()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotFinite => f.write_str("the number is NaN or infinite"),
            Refusal::NegativeTotal => f.write_str("a running total cannot be below zero"),
            Refusal::Summary(error) => error.fmt(f),
            Refusal::EmptyDimension(key) => write!(
                f,
                "the dimension `{key}` is empty, and without it the value has no entity"
            ),
            Refusal::FailedDimension(key) => {
                write!(
                    f,
                    "the value of the dimension `{key}` could not be formatted"
                )
            }
            Refusal::DimensionPrefix(key) => write!(
                f,
                "the value of the dimension `{key}` does not start as the topology in \
                 extension.yaml asks for"
            ),
            Refusal::TooManyDimensions => {
                write!(
                    f,
                    "a line carries at most {} dimensions",
                    limits::DIMENSIONS
                )
            }
            Refusal::LineTooLong => {
                write!(f, "a line has at most {} bytes", limits::LINE_BYTES)
            }
            Refusal::CycleFull => {
                write!(f, "a cycle holds at most {CYCLE_BYTES} bytes of lines")
            }
            Refusal::TooManySeries => {
                write!(f, "at most {SERIES} running totals are remembered")
            }
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused {
            metric,
            cause,
            count,
        } = self;
        write!(f, "`{metric}` was not sent ({count} times): {cause}")
    }
}
