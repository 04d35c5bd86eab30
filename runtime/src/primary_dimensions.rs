//! The primary fields and tags that an operator gives an endpoint.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `primaryFields` and `primaryTags` of an endpoint in the monitoring
/// configuration: dimensions that the operator chose, for cost allocation and
/// ownership.
///
/// ```
/// use extyped::{Endpoint, Endpoints, PrimaryDimensions};
///
/// #[derive(serde::Deserialize)]
/// struct Database {
///     host: String,
///     #[serde(flatten)]
///     primary: PrimaryDimensions,
/// }
///
/// fn endpoint(database: &Database) -> Endpoint<String> {
///     Endpoint::new(&database.host, database.host.clone()).dimensions(&database.primary)
/// }
///
/// let database: Database = serde_json::from_str(
///     r#"{
///         "host": "db-1",
///         "primaryFields": [{"key": "dt.cost.costcenter", "value": "4711"}],
///         "primaryTags": [{"key": "owner", "value": "team-a"}]
///     }"#,
/// )?;
/// let all: Vec<_> = database.primary.iter().collect();
/// assert_eq!(all, [("dt.cost.costcenter", "4711"), ("owner", "team-a")]);
/// # let _ = endpoint(&database);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Entries without a key or without a value are left out. Where a field and a
/// tag have the same key, the tag counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrimaryDimensions {
    #[serde(rename = "primaryFields", deserialize_with = "pairs")]
    fields: BTreeMap<String, String>,
    #[serde(rename = "primaryTags", deserialize_with = "pairs")]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Pair {
    key: Option<String>,
    #[serde(default)]
    value: Value,
}

impl PrimaryDimensions {
    /// The primary fields by key.
    pub fn fields(&self) -> &BTreeMap<String, String> {
        &self.fields
    }

    /// The primary tags by key.
    pub fn tags(&self) -> &BTreeMap<String, String> {
        &self.tags
    }

    /// All of them, each key once.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.iter();
        let fields = fields.filter(|(key, _)| !self.tags.contains_key(*key));
        let all = fields.chain(&self.tags);
        all.map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl<'p> IntoIterator for &'p PrimaryDimensions {
    type Item = (&'p str, &'p str);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}

fn pairs<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let pairs = Option::<Vec<Pair>>::deserialize(from)?.unwrap_or_default();
    let texts = pairs.into_iter().filter_map(|pair| {
        let value = match pair.value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        Some((pair.key?, value))
    });
    Ok(texts.filter(|(_, value)| !value.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let primary: PrimaryDimensions = serde_json::from_str(text).expect("it can be read");
        let all = primary.into_iter();
        all.map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    }

    fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        pairs.collect()
    }

    #[test]
    fn fields_and_tags_are_read_as_the_activation_holds_them() {
        let table: [(&str, &[(&str, &str)]); 7] = [
            ("{}", &[]),
            (r#"{"primaryFields": null, "primaryTags": []}"#, &[]),
            (
                r#"{"primaryFields": [{"key": "cost", "value": "a"}],
                    "primaryTags": [{"key": "owner", "value": "team"}]}"#,
                &[("cost", "a"), ("owner", "team")],
            ),
            (
                r#"{"primaryFields": [{"key": "x", "value": "field"}],
                    "primaryTags": [{"key": "x", "value": "tag"}]}"#,
                &[("x", "tag")],
            ),
            (
                r#"{"primaryTags": [{"key": "x", "value": "1"}, {"key": "x", "value": "2"}]}"#,
                &[("x", "2")],
            ),
            (
                r#"{"primaryTags": [{"value": "no key"}, {"key": "none"}, {"key": "", "value": null},
                    {"key": "empty", "value": ""}]}"#,
                &[],
            ),
            (
                r#"{"primaryTags": [{"key": "number", "value": 5, "id": "more"}]}"#,
                &[("number", "5")],
            ),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), of(expected), "{text}");
        }
    }
}
