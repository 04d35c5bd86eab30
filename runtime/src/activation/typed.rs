//! From the JSON that a schema has found sound to Rust values.

use jiff::ZonedDateTime;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use serde_json::Value;
use url::Url;

use super::{Secret, Setting};

/// The path, from the value that was to be read, to where it is of another
/// kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch(pub(super) String);

/// What a value of an activation becomes. Values are taken out of the JSON, so
/// that no second copy of a secret stays behind.
pub trait FromActivation: Sized {
    /// Reads it.
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch>;
}

/// Reads a field of an object; a field that is not there is `null`.
pub fn field<T: FromActivation>(object: &mut Value, name: &str) -> Result<T, Mismatch> {
    let mut absent = Value::Null;
    let value = object.get_mut(name).unwrap_or(&mut absent);
    T::from_activation(value).map_err(|Mismatch(path)| Mismatch(format!(".{name}{path}")))
}

/// The text of a choice; a number as JSON writes it.
pub fn choice(value: &mut Value) -> Result<String, Mismatch> {
    match value.take() {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        _ => Err(here()),
    }
}

/// What a text is that is no choice.
pub fn no_choice() -> Mismatch {
    here()
}

fn here() -> Mismatch {
    Mismatch(String::new())
}

fn text(value: &mut Value) -> Result<String, Mismatch> {
    match value {
        Value::String(text) => Ok(std::mem::take(text)),
        _ => Err(here()),
    }
}

/// Reads a kind that has a grammar.
macro_rules! parsed {
    ($($of:ty),*) => {$(
        impl FromActivation for $of {
            fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
                text(value)?.trim().parse().map_err(|_| here())
            }
        }
    )*};
}

parsed!(Date, DateTime, Time, Url);

impl FromActivation for ZonedDateTime {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        let text = text(value)?;
        if let Ok(zoned) = text.parse() {
            return Ok(zoned);
        }
        // Without a name of the zone, or with one that this machine does not
        // know, the offset is what is left.
        let timestamp: jiff::Timestamp = text
            .split('[')
            .next()
            .and_then(|text| text.parse().ok())
            .ok_or_else(here)?;
        let offset = Pieces::parse(&text)
            .ok()
            .and_then(|pieces| pieces.to_numeric_offset())
            .unwrap_or(jiff::tz::Offset::UTC);
        Ok(timestamp.to_zoned_datetime(TimeZone::fixed(offset)))
    }
}

impl FromActivation for String {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        text(value)
    }
}

impl FromActivation for Secret {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        text(value).map(Secret::from)
    }
}

impl FromActivation for Setting {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        Setting::new(value.take()).ok_or_else(here)
    }
}

impl FromActivation for bool {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        value.as_bool().ok_or_else(here)
    }
}

impl FromActivation for i64 {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        value.as_i64().ok_or_else(here)
    }
}

impl FromActivation for f64 {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        value.as_f64().ok_or_else(here)
    }
}

impl FromActivation for Value {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        Ok(value.take())
    }
}

impl<T: FromActivation> FromActivation for Option<T> {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        match value {
            Value::Null => Ok(None),
            value => T::from_activation(value).map(Some),
        }
    }
}

impl<T: FromActivation> FromActivation for Box<T> {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        T::from_activation(value).map(Box::new)
    }
}

impl<T: FromActivation> FromActivation for Vec<T> {
    fn from_activation(value: &mut Value) -> Result<Self, Mismatch> {
        let items = value.as_array_mut().ok_or_else(here)?;
        let items = items.iter_mut().enumerate();
        items
            .map(|(index, item)| {
                T::from_activation(item)
                    .map_err(|Mismatch(path)| Mismatch(format!("[{index}]{path}")))
            })
            .collect()
    }
}
