//! Whether a single value is of its kind.

use std::str::FromStr as _;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::DateTimeParser;
use serde_json::Value;
use url::Url;

use crate::schema::Kind;

/// What a value is, for somebody who must not see it.
pub(crate) fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.as_f64().is_some_and(|it| it.fract() != 0.0) => {
            "a number with a fraction"
        }
        Value::Number(number) if number.is_f64() => "a number that is too large",
        Value::Number(_) => "an integer",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Kind {
    /// What it is, with its article.
    pub(crate) fn described(&self) -> &'static str {
        match self {
            Kind::Text | Kind::Secret => "a text",
            Kind::Url => "a URL such as https://example.com",
            Kind::Boolean => "a boolean",
            Kind::Integer => "an integer",
            Kind::Float => "a number",
            Kind::LocalDate => "a date such as 2026-01-31",
            Kind::LocalTime => "a time of day such as 15:30",
            Kind::LocalDateTime => "a date and time such as 2026-01-31T15:30",
            Kind::ZonedDateTime => "a date, time and zone such as 2026-01-31T15:30+01:00",
            Kind::TimeZone => "a time zone such as Europe/Vienna",
            Kind::Setting => "the identifier of an object of the tenant",
            Kind::List | Kind::Set => "a list",
            Kind::Object(_) => "an object",
            Kind::Enum(_) => "one of the choices",
            Kind::Other => "a value",
        }
    }

    /// A single value as the types of the extension read it; none if it is of
    /// another kind. Lists, objects and enums are not single values.
    pub(crate) fn normal(&self, value: &Value) -> Option<Value> {
        let text = value.as_str();
        let fits = match self {
            Kind::Text | Kind::Secret => text.is_some(),
            // Identifiers of settings come as texts, or as small objects.
            Kind::Setting => text.is_some() || value.is_object(),
            Kind::Url => Url::parse(text?.trim()).is_ok_and(|url| url.has_host()),
            Kind::Boolean => value.is_boolean(),
            Kind::Integer => return integer(value).map(Value::from),
            Kind::Float => value.is_number(),
            Kind::LocalDate => Date::from_str(text?).is_ok(),
            Kind::LocalTime => Time::from_str(text?).is_ok(),
            Kind::LocalDateTime => DateTime::from_str(text?).is_ok(),
            Kind::ZonedDateTime => is_zoned(text?),
            Kind::TimeZone => is_time_zone(text?),
            _ => true,
        };
        fits.then(|| value.clone())
    }
}

/// JSON has one kind of numbers: 5.0 is an integer.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        let is_whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
        is_whole.then_some(number as i64)
    })
}

/// A time with an offset, or in brackets a zone. Whether the zone exists is for
/// the machine that runs to know.
fn is_zoned(text: &str) -> bool {
    DateTimeParser::new()
        .parse_timestamp(text.split('[').next().unwrap_or(text))
        .is_ok()
}

/// The grammar of names of time zones, not whether there is such a zone.
fn is_time_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    };
    text.split('/').all(is_part)
}
