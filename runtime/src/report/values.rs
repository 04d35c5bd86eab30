//! What can be reported.

use extyped_line::{Number, Summary};

use super::buffer::Buffer;
use super::refusal::Refusal;

/// A running total of something that only ever grows, such as the bytes an
/// interface has received since it came up.
///
/// The ingest wants to know how much was added since the line before, so the
/// runtime remembers the total of each series and sends the difference. The
/// first total is the baseline and sends nothing. A total that is less than
/// the one before means that the counter started again: what it counted since
/// is the total itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cumulative<N>(pub N);

/// How much was added since the last report, such as the events of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delta<N>(pub N);

/// What a gauge can be reported as: a number or a [`Summary`].
pub trait GaugeValue: sealed::Gauge {}

/// What a count can be reported as: a [`Cumulative`] or a [`Delta`].
pub trait CountValue: sealed::Count {}

/// How a value is written. The methods stand in traits that cannot be named
/// from outside: what can be reported is for this crate to say, and an author's
/// completion list shows nothing that is not meant for authors.
mod sealed {
    use super::super::buffer::Buffer;
    use super::super::refusal::Refusal;

    pub trait Gauge {
        fn write(self, buffer: &mut Buffer, key: &str) -> Result<(), Refusal>;
    }

    pub trait Count {
        fn write(
            self,
            buffer: &mut Buffer,
            metric: usize,
            key: &'static str,
        ) -> Result<(), Refusal>;
    }
}

macro_rules! gauge_numbers {
    ($($number:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl GaugeValue for $number {}

        #[diagnostic::do_not_recommend]
        impl sealed::Gauge for $number {
            #[inline]
            fn write(self, buffer: &mut Buffer, key: &str) -> Result<(), Refusal> {
                buffer.gauge(key, self.into())
            }
        }
    )*};
}

gauge_numbers!(f64 f32 u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize Number);

#[diagnostic::do_not_recommend]
impl GaugeValue for Summary {}

#[diagnostic::do_not_recommend]
impl sealed::Gauge for Summary {
    fn write(self, buffer: &mut Buffer, key: &str) -> Result<(), Refusal> {
        buffer.summary(key, &self)
    }
}

#[diagnostic::do_not_recommend]
impl<N: Into<Number>> CountValue for Cumulative<N> {}

#[diagnostic::do_not_recommend]
impl<N: Into<Number>> sealed::Count for Cumulative<N> {
    #[inline]
    fn write(self, buffer: &mut Buffer, metric: usize, key: &'static str) -> Result<(), Refusal> {
        buffer.total(metric, key, self.0.into())
    }
}

#[diagnostic::do_not_recommend]
impl<N: Into<Number>> CountValue for Delta<N> {}

#[diagnostic::do_not_recommend]
impl<N: Into<Number>> sealed::Count for Delta<N> {
    #[inline]
    fn write(self, buffer: &mut Buffer, _metric: usize, key: &'static str) -> Result<(), Refusal> {
        buffer.delta(key, self.0.into())
    }
}
