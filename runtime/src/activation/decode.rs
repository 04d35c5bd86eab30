//! Reading a configuration with errors that never quote a value.
//!
//! serde's usual messages do (`invalid type: string "hunter2", expected u16`),
//! and any value of a configuration may be a secret.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor,
};
use serde_json::Value;

/// Shorter values would tear holes into an author's sentence.
const MIN_MASKED: usize = 3;

/// Why `text` is no `T`: place, problem, and the names that would be right.
/// Called once it is known that it is none.
pub(super) fn explain<T: DeserializeOwned>(text: &str) -> Problem {
    let mut problem = match serde_json::from_str::<Value>(text) {
        Err(error) => Problem {
            path: None,
            message: syntax(&error).to_owned(),
            line: error.line(),
            column: error.column(),
        },
        Ok(value) => {
            let result: Result<T, _> = serde_path_to_error::deserialize(Json(&value));
            let (path, message) = match result {
                Err(error) => {
                    let path = error.path().to_string();
                    (path, error.into_inner().text(&value))
                }
                Ok(_) => (String::new(), "the value does not fit".to_owned()),
            };
            Problem {
                // `.` is the document itself.
                path: (!path.is_empty() && path != ".").then_some(path),
                message,
                line: 0,
                column: 0,
            }
        }
    };
    // Only the reader of the text knows lines; its message is not used.
    if let Err(error) = serde_json::from_str::<T>(text) {
        (problem.line, problem.column) = (error.line(), error.column());
    }
    problem
}

/// What is wrong in a JSON document, and where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) path: Option<String>,
    pub(super) message: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

pub(super) fn syntax(error: &serde_json::Error) -> &'static str {
    if error.is_eof() {
        "the JSON ends too early: a quote, bracket or brace is not closed"
    } else {
        "this is not JSON: look for a missing comma or quote, or a comma too many"
    }
}

/// An error that holds no value, unless the author's own text does.
#[derive(Debug)]
enum Fault {
    Ours(String),
    Authors(String),
}

impl Fault {
    fn text(self, document: &Value) -> String {
        match self {
            Fault::Ours(text) => text,
            Fault::Authors(mut text) => {
                mask(document, &mut text);
                text
            }
        }
    }
}

/// Cuts every value of the document out of the text.
fn mask(value: &Value, text: &mut String) {
    match value {
        Value::String(secret) if secret.len() >= MIN_MASKED => {
            *text = text.replace(secret.as_str(), "…");
        }
        Value::Number(number) => {
            let number = number.to_string();
            if number.len() >= MIN_MASKED {
                *text = text.replace(&number, "…");
            }
        }
        Value::Array(items) => items.iter().for_each(|item| mask(item, text)),
        Value::Object(fields) => fields.values().for_each(|item| mask(item, text)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn kind(unexpected: &Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) => "a text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

/// What serde expects, in the words of someone who writes JSON.
fn wanted(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "a string" | "a borrowed string" => "a text".to_owned(),
        text if text.starts_with("struct ") => "an object".to_owned(),
        _ => text,
    }
}

fn one_of(names: &[&str]) -> String {
    match names {
        [] => "none is allowed here".to_owned(),
        names => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("allowed: {}", quoted.join(", "))
        }
    }
}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::Authors(message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::Ours(format!(
            "{} where {} is expected",
            kind(&unexpected),
            wanted(expected)
        ))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::Ours(format!(
            // The exact type stays: it tells the range.
            "{} that does not fit where {expected} is expected",
            kind(&unexpected),
        ))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Fault::Ours(format!(
            "{length} items where {} is expected",
            wanted(expected)
        ))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Fault::Ours(format!("a value that is not known; {}", one_of(expected)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Fault::Ours(format!(
            "the field `{field}` is not known; {}",
            one_of(expected)
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::Ours(format!("the field `{field}` is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Fault::Ours(format!("the field `{field}` stands here twice"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Ours(text) | Fault::Authors(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Fault {}

/// A JSON value to read from, with [`Fault`] as its error.
struct Json<'de>(&'de Value);

impl<'de> IntoDeserializer<'de, Fault> for Json<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Json<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => {
                if let Some(value) = number.as_u64() {
                    visitor.visit_u64(value)
                } else if let Some(value) = number.as_i64() {
                    visitor.visit_i64(value)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
                }
            }
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Json))),
            Value::Object(fields) => visitor.visit_map(MapDeserializer::new(
                fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), Json(value))),
            )),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(variant) => visitor.visit_enum(variant.as_str().into_deserializer()),
            Value::Object(fields) => {
                visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(
                    fields
                        .iter()
                        .map(|(name, value)| (name.as_str(), Json(value))),
                )))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "read by serde only")]
    struct Config {
        endpoints: Vec<Endpoint>,
        mode: Option<Mode>,
        tags: Option<BTreeMap<String, u8>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "read by serde only")]
    struct Endpoint {
        host: String,
        port: u16,
        #[serde(default, deserialize_with = "even")]
        even: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code, reason = "read by serde only")]
    enum Mode {
        Fast,
        Slow { factor: u8 },
    }

    fn even<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(D::Error::custom(format!("`{text}` is not even")))
    }

    fn problem(text: &str) -> Problem {
        serde_json::from_str::<Config>(text).expect_err("the case is about an error");
        explain::<Config>(text)
    }

    #[test]
    fn a_wrong_value_is_located_and_not_quoted() {
        let found =
            problem("{\n  \"endpoints\": [\n    {\"host\": \"a\", \"port\": \"hunter2\"}\n  ]\n}");
        assert_eq!(found.path.as_deref(), Some("endpoints[0].port"));
        assert_eq!(found.line, 3);
        assert_eq!(found.message, "a text where a whole number is expected");
    }

    #[test]
    fn every_kind_of_error_says_what_would_be_right() {
        let cases = [
            (
                r#"{"endpoints": [{"host": "a"}]}"#,
                "endpoints[0]",
                "the field `port` is missing",
            ),
            (
                r#"{"endpoints": [{"host": "a", "prot": 1}]}"#,
                "endpoints[0].prot",
                "the field `prot` is not known; allowed: `host`, `port`, `even`",
            ),
            (
                r#"{"endpoints": [{"host": "a", "port": 70000}]}"#,
                "endpoints[0].port",
                "an integer that does not fit where u16 is expected",
            ),
            (
                r#"{"endpoints": [], "mode": "hunter2"}"#,
                "mode",
                "a value that is not known; allowed: `fast`, `slow`",
            ),
            (
                r#"{"endpoints": [], "mode": {"slow": {"factor": true}}}"#,
                "mode.slow.factor",
                "a boolean where a whole number is expected",
            ),
            (
                r#"{"endpoints": [], "tags": {"a": null}}"#,
                "tags.a",
                "null where a whole number is expected",
            ),
            (
                r#"{"endpoints": {}}"#,
                "endpoints",
                "an object where a list is expected",
            ),
        ];
        for (text, path, message) in cases {
            let found = problem(text);
            assert_eq!(found.path.as_deref(), Some(path), "{text}");
            assert_eq!(found.message, message, "{text}");
        }
    }

    #[test]
    fn a_value_in_the_text_of_the_author_is_masked() {
        let found = problem(r#"{"endpoints": [{"host": "a", "port": 1, "even": "hunter2"}]}"#);
        assert_eq!(found.message, "`…` is not even");
    }

    #[test]
    fn broken_json_is_located() {
        let found = problem("{\n  \"endpoints\": [,]\n}");
        assert_eq!((found.path, found.line), (None, 2));
        let found = problem("{\"endpoints\": [");
        assert!(
            found.message.contains("ends too early"),
            "{}",
            found.message
        );
    }
}
