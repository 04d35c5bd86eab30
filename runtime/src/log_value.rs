//! The values of attributes of log events.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// The value of an attribute of a log event: a text, a number or a boolean.
///
/// Logs in Grail keep which of them it is, so that a query can compute with a
/// number; classic log monitoring makes a text of all.
///
/// ```
/// use extyped::LogValue;
///
/// assert_eq!(LogValue::from(7_u16).to_string(), "7");
/// assert_eq!(LogValue::from("seven").as_str(), Some("seven"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LogValue(Value);

impl LogValue {
    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_str()
    }

    pub(crate) fn scrub(&mut self, scrub: impl Fn(&mut String)) {
        if let Value::String(text) = &mut self.0 {
            scrub(text);
        }
    }
}

impl From<String> for LogValue {
    fn from(text: String) -> Self {
        LogValue(Value::String(text))
    }
}

impl From<&str> for LogValue {
    fn from(text: &str) -> Self {
        LogValue::from(text.to_owned())
    }
}

impl From<bool> for LogValue {
    fn from(truth: bool) -> Self {
        LogValue(Value::Bool(truth))
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for LogValue {
            fn from(number: $integer) -> Self {
                LogValue(Value::Number(number.into()))
            }
        }
    )*};
}

from_integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

/// JSON has neither NaN nor infinities: they are the texts `NaN` and `inf`.
impl From<f64> for LogValue {
    fn from(number: f64) -> Self {
        match serde_json::Number::from_f64(number) {
            Some(number) => LogValue(Value::Number(number)),
            None => LogValue::from(number.to_string()),
        }
    }
}

impl From<f32> for LogValue {
    fn from(number: f32) -> Self {
        f64::from(number).into()
    }
}

impl PartialEq<str> for LogValue {
    fn eq(&self, text: &str) -> bool {
        self.as_str() == Some(text)
    }
}

impl PartialEq<&str> for LogValue {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

impl fmt::Display for LogValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => f.pad(text),
            None => self.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_keeps_what_it_is() {
        for (value, json, shown) in [
            (LogValue::from("a \"b\""), r#""a \"b\"""#, "a \"b\""),
            (LogValue::from(-7_i8), "-7", "-7"),
            (
                u64::MAX.into(),
                "18446744073709551615",
                "18446744073709551615",
            ),
            (LogValue::from(1.5), "1.5", "1.5"),
            (LogValue::from(true), "true", "true"),
            (LogValue::from(f64::NAN), r#""NaN""#, "NaN"),
            (LogValue::from(f32::NEG_INFINITY), r#""-inf""#, "-inf"),
        ] {
            assert_eq!(serde_json::to_string(&value).expect("plain data"), json);
            assert_eq!(value.to_string(), shown);
        }
    }
}
