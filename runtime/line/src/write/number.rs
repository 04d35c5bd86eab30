//! Numbers as the ingest reads them.

/// A number of a payload. Anything that Rust calls a number converts into it.
///
/// Integers are written as they are. A floating-point number is written with
/// the fewest digits that read back to the same number; one without a
/// fraction is written as an integer, as the official client does. Beyond
/// 2⁶³ and below 10⁻⁵ it is written with an exponent, spelled `1.5E300` as the
/// client spells it. The client uses an exponent from 10⁷ on
/// (`1.234567000000123E12`), this crate writes `1234567000000.123`: the same
/// number, without asking the reader to count digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(Repr);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Repr {
    Unsigned(u64),
    /// Below zero: there is one form for each integer, so that `==` sees no
    /// difference between a `u8` and an `i32`.
    Negative(i64),
    Double(f64),
    Single(f32),
}

impl Number {
    /// Zero.
    pub const ZERO: Number = Number(Repr::Unsigned(0));

    /// Whether it can be sent: neither NaN nor infinite.
    #[inline]
    pub fn is_finite(self) -> bool {
        match self.0 {
            Repr::Double(number) => number.is_finite(),
            Repr::Single(number) => number.is_finite(),
            Repr::Unsigned(_) | Repr::Negative(_) => true,
        }
    }

    /// The nearest double, which is what the ingest stores.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest double is asked for"
    )]
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Repr::Unsigned(number) => number as f64,
            Repr::Negative(number) => number as f64,
            Repr::Double(number) => number,
            Repr::Single(number) => f64::from(number),
        }
    }

    /// This number less `earlier`, exact for integers.
    ///
    /// ```
    /// use extyped_line::Number;
    ///
    /// let delta = Number::from(u64::MAX).minus(Number::from(u64::MAX - 3));
    /// assert_eq!(delta, Number::from(3u64));
    /// ```
    #[must_use]
    pub fn minus(self, earlier: Number) -> Number {
        match (self.integer(), earlier.integer()) {
            (Some(now), Some(then)) => Number::from(now - then),
            _ => Number::from(self.as_f64() - earlier.as_f64()),
        }
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        match self.0 {
            Repr::Unsigned(_) => false,
            Repr::Negative(_) => true,
            Repr::Double(number) => number < 0.0,
            Repr::Single(number) => number < 0.0,
        }
    }

    /// Appends the number. NaN and infinities, which must not be sent, are
    /// written as Rust writes them.
    #[inline]
    pub fn write(self, out: &mut String) {
        match self.0 {
            Repr::Unsigned(number) => out.push_str(itoa::Buffer::new().format(number)),
            Repr::Negative(number) => out.push_str(itoa::Buffer::new().format(number)),
            Repr::Double(number) => {
                if !write_short(out, number) {
                    write_float(out, number, number);
                }
            }
            Repr::Single(number) => write_float(out, number, f64::from(number)),
        }
    }

    #[inline]
    const fn unsigned(number: u64) -> Self {
        Number(Repr::Unsigned(number))
    }

    #[inline]
    const fn signed(number: i64) -> Self {
        if number < 0 {
            Number(Repr::Negative(number))
        } else {
            Number(Repr::Unsigned(number.unsigned_abs()))
        }
    }

    fn integer(self) -> Option<i128> {
        match self.0 {
            Repr::Unsigned(number) => Some(i128::from(number)),
            Repr::Negative(number) => Some(i128::from(number)),
            Repr::Double(_) | Repr::Single(_) => None,
        }
    }
}

/// `float` carries the digits to write, `number` is the same as a double.
#[inline]
fn write_float(out: &mut String, float: impl zmij::Float, number: f64) {
    // Between these, the digits come without an exponent.
    if (1e-4..1e15).contains(&number.abs()) {
        let mut buffer = zmij::Buffer::new();
        let digits = buffer.format_finite(float);
        out.push_str(digits.strip_suffix(".0").unwrap_or(digits));
    } else {
        write_extreme(out, float, number);
    }
}

/// Writes a number that has at most three decimals, like most measurements:
/// as an integer with a point, in half the time. Returns whether it has.
///
/// If the thousandths divided by 1,000 give the number, so do the digits that
/// are written, because both are rounded the same way. And no fewer digits
/// would do: two decimals of up to 15 digits are never the same double.
#[inline]
fn write_short(out: &mut String, number: f64) -> bool {
    const LIMIT: f64 = 1e12;
    let magnitude = number.abs();
    if magnitude >= LIMIT {
        return false;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "below the limit, and compared after the cast"
    )]
    let thousandths = (magnitude * 1e3 + 0.5) as i64;
    #[expect(
        clippy::cast_precision_loss,
        clippy::float_cmp,
        reason = "asks for equality"
    )]
    if thousandths as f64 / 1e3 != magnitude {
        return false;
    }
    let thousandths = thousandths.unsigned_abs();
    let (integer, rest) = (thousandths / 1_000, thousandths % 1_000);
    #[expect(clippy::cast_possible_truncation, reason = "below 1,000")]
    let at = 4 * rest as usize;
    let Some(digits) = THOUSANDTHS.get(at..at + 4) else {
        return false;
    };
    if number < 0.0 {
        out.push('-');
    }
    out.push_str(itoa::Buffer::new().format(integer));
    if rest > 0 {
        // A copy of known length, and zeros cut off again: cheaper than digit
        // by digit.
        out.push_str(digits);
        if rest % 10 == 0 {
            let zeros = if rest % 100 == 0 { 2 } else { 1 };
            out.truncate(out.len() - zeros);
        }
    }
    true
}

/// `.000` to `.999`, one after the other.
static THOUSANDTHS: &str = match str::from_utf8(&THOUSANDTHS_ASCII) {
    Ok(text) => text,
    Err(_) => panic!("digits are ASCII"),
};

static THOUSANDTHS_ASCII: [u8; 4_000] = {
    let mut text = [b'.'; 4_000];
    let mut digits = [b'0'; 3];
    let mut at = 0;
    while at < text.len() {
        text[at + 1] = digits[0];
        text[at + 2] = digits[1];
        text[at + 3] = digits[2];
        at += 4;
        // Counts on, with a carry.
        let mut place = 2;
        while place > 0 && digits[place] == b'9' {
            digits[place] = b'0';
            place -= 1;
        }
        digits[place] += 1;
    }
    text
};

/// The very large, the very small, and what is no number.
#[cold]
fn write_extreme(out: &mut String, float: impl zmij::Float, number: f64) {
    // Saturation of the cast makes what is beyond an i64 differ from `number`,
    // except for where it ends.
    const END: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "compared after the cast")]
    let integer = number as i64;
    #[expect(
        clippy::cast_precision_loss,
        clippy::float_cmp,
        reason = "asks for an integer"
    )]
    if integer as f64 == number && number < END {
        out.push_str(itoa::Buffer::new().format(integer));
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let digits = buffer.format(float);
    match digits.split_once('e') {
        Some((mantissa, exponent)) => {
            out.push_str(mantissa);
            out.push('E');
            out.push_str(exponent.strip_prefix('+').unwrap_or(exponent));
        }
        None => out.push_str(digits),
    }
}

macro_rules! from {
    ($wide:ident: $($number:ident)*) => {$(
        impl From<$number> for Number {
            #[inline]
            fn from(number: $number) -> Self {
                Self::$wide(number.into())
            }
        }
    )*};
}

from!(unsigned: u8 u16 u32 u64);
from!(signed: i8 i16 i32 i64);

impl From<usize> for Number {
    #[inline]
    fn from(number: usize) -> Self {
        // No platform has more than 64 bits.
        Self::unsigned(number as u64)
    }
}

impl From<isize> for Number {
    #[inline]
    fn from(number: isize) -> Self {
        Self::signed(number as i64)
    }
}

impl From<f64> for Number {
    #[inline]
    fn from(number: f64) -> Self {
        Number(Repr::Double(number))
    }
}

impl From<f32> for Number {
    #[inline]
    fn from(number: f32) -> Self {
        Number(Repr::Single(number))
    }
}

/// What fits in 64 bits stays exact, the rest becomes the nearest double.
impl From<i128> for Number {
    fn from(number: i128) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "the nearest double is asked for"
        )]
        if let Ok(number) = u64::try_from(number) {
            Number::from(number)
        } else if let Ok(number) = i64::try_from(number) {
            Number::from(number)
        } else {
            Number::from(number as f64)
        }
    }
}

/// What fits in 64 bits stays exact, the rest becomes the nearest double.
impl From<u128> for Number {
    fn from(number: u128) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "the nearest double is asked for"
        )]
        match u64::try_from(number) {
            Ok(number) => Number::from(number),
            Err(_) => Number::from(number as f64),
        }
    }
}
