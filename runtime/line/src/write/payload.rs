//! What stands after the dimensions.

use std::fmt;

use crate::Number;

/// Several values of a gauge in one line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// The least value.
    pub min: Number,
    /// The greatest value.
    pub max: Number,
    /// The sum of all values.
    pub sum: Number,
    /// How many values there were.
    pub count: u64,
}

/// What a line reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Payload {
    /// A momentary value: `gauge,1.5`.
    Gauge(Number),
    /// Several values of a gauge: `gauge,min=1,max=3,sum=4,count=2`.
    Summary(Summary),
    /// How many things happened since the line before: `count,delta=3`.
    Delta(Number),
}

/// Why a summary cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SummaryError {
    /// A field is NaN or infinite.
    NotFinite,
    /// No values, and yet a field that is not zero.
    EmptyButNotZero,
    /// The least value is greater than the greatest.
    MinAboveMax,
    /// The average, sum by count, is not between the two.
    AverageOutside,
}

impl Summary {
    /// How far the average may lie outside minimum and maximum, because it is
    /// computed from rounded figures. The ingest and the official client allow
    /// as much.
    pub const TOLERANCE: f64 = 0.000_001;

    /// A summary; see [`check`](Self::check) for what makes it valid.
    ///
    /// ```
    /// use extyped_line::Summary;
    ///
    /// assert!(Summary::new(1, 3, 4, 2).check().is_ok());
    /// assert!(Summary::new(1, 3, 40, 2).check().is_err());
    /// ```
    pub fn new(
        min: impl Into<Number>,
        max: impl Into<Number>,
        sum: impl Into<Number>,
        count: u64,
    ) -> Self {
        Summary {
            min: min.into(),
            max: max.into(),
            sum: sum.into(),
            count,
        }
    }

    /// Whether the ingest would take the summary.
    pub fn check(&self) -> Result<(), SummaryError> {
        let [min, max, sum] = [self.min, self.max, self.sum].map(Number::as_f64);
        if !(min.is_finite() && max.is_finite() && sum.is_finite()) {
            return Err(SummaryError::NotFinite);
        }
        if self.count == 0 {
            let zero = min == 0.0 && max == 0.0 && sum == 0.0;
            return zero.then_some(()).ok_or(SummaryError::EmptyButNotZero);
        }
        if min > max {
            return Err(SummaryError::MinAboveMax);
        }
        #[expect(clippy::cast_precision_loss, reason = "an average is no more exact")]
        let average = sum / self.count as f64;
        if min - average > Self::TOLERANCE || average - max > Self::TOLERANCE {
            return Err(SummaryError::AverageOutside);
        }
        Ok(())
    }

    /// Appends the summary: `min=1,max=3,sum=4,count=2`.
    pub fn write(&self, out: &mut String) {
        out.push_str("min=");
        self.min.write(out);
        out.push_str(",max=");
        self.max.write(out);
        out.push_str(",sum=");
        self.sum.write(out);
        out.push_str(",count=");
        out.push_str(itoa::Buffer::new().format(self.count));
    }
}

impl Payload {
    /// Appends the payload. The blank before it is not part of it.
    pub fn write(&self, out: &mut String) {
        match self {
            Payload::Gauge(number) => {
                out.push_str("gauge,");
                number.write(out);
            }
            Payload::Summary(summary) => {
                out.push_str("gauge,");
                summary.write(out);
            }
            Payload::Delta(number) => {
                out.push_str("count,delta=");
                number.write(out);
            }
        }
    }
}

impl fmt::Display for SummaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SummaryError::NotFinite => "a field of the summary is NaN or infinite",
            SummaryError::EmptyButNotZero => {
                "the summary counts no values, and yet not all its fields are zero"
            }
            SummaryError::MinAboveMax => "the minimum of the summary is above its maximum",
            SummaryError::AverageOutside => {
                "the average of the summary, sum by count, is outside its minimum and maximum"
            }
        })
    }
}

impl std::error::Error for SummaryError {}
