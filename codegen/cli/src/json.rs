//! JSON, as far as it is written here.
//!
//! Written by hand: the shapes are promises to other programs and stand in the
//! code to be read, and a derive would cost more to build than it saves.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// A value of JSON.
#[derive(Debug, Clone)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(u32),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Vec<(&'static str, Json<'a>)>),
}

impl<'a> Json<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Json::Text(text.into())
    }

    /// A text, or null where there is none.
    pub(crate) fn text_or_null<T: Into<Cow<'a, str>>>(text: Option<T>) -> Self {
        text.map_or(Json::Null, Json::text)
    }

    pub(crate) fn array(items: impl IntoIterator<Item = Json<'a>>) -> Self {
        Json::Array(items.into_iter().collect())
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Number(number) => write!(f, "{number}"),
            Json::Text(text) => write_text(f, text),
            Json::Array(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_char(']')
            }
            Json::Object(fields) => {
                f.write_char('{')?;
                for (at, (name, value)) in fields.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(f, "{comma}\"{name}\":{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

/// A string of JSON. Besides what the format asks for, control characters of
/// any kind are escaped: a manifest may hold what a terminal would obey.
fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            // All control characters lie in the first plane.
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back_as_it_was() {
        let hostile: String = (0..0x300)
            .filter_map(char::from_u32)
            .chain("\u{2028}\u{2029}\u{feff}\u{1f4a9}".chars())
            .collect();
        let text = Json::array([Json::text(&hostile), Json::Bool(true)]).to_string();
        let parsed: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
        assert_eq!(parsed, serde_json::json!([hostile, true]));
        assert!(!text.contains(char::is_control));
    }
}
