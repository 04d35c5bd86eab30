//! What a value has to be, beyond its kind.

use serde_json::Value;

use crate::pattern::Pattern;

/// A rule of a property, and what the author says when it is broken.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// What is asked for.
    pub rule: Rule,
    /// The author's words for it.
    pub message: Option<String>,
}

/// What is asked of a value.
#[derive(Debug, Clone)]
pub enum Rule {
    /// How many characters a text has, counted as UTF-16 does.
    Length {
        /// At least.
        min: Option<u64>,
        /// At most.
        max: Option<u64>,
    },
    /// How large a number is.
    Range {
        /// At least.
        min: Option<f64>,
        /// At most.
        max: Option<f64>,
    },
    /// How many items a list has: `minObjects`, in older schemas `minItems`.
    Items {
        /// At least.
        min: Option<u64>,
        /// At most.
        max: Option<u64>,
    },
    /// A pattern that is found in the text.
    Pattern(Pattern),
    /// A text or list that is not empty.
    NotEmpty,
    /// A text that is more than white space.
    NotBlank,
    /// A text without white space at its ends.
    Trimmed,
    /// A text without white space.
    NoWhitespace,
    /// A text that is a regular expression.
    Regex,
    /// A list of which no two items are equal in these fields; in all, if none
    /// is named.
    Unique(Vec<String>),
}

impl Constraint {
    /// Reads an entry of `constraints`; none that is not known.
    ///
    /// The keys decide as much as `type`: public schemas write `RANGE` with
    /// lengths, and both `min` and `minimum`.
    pub(crate) fn read(raw: &Value) -> Option<Constraint> {
        let number = |names: [&str; 2]| names.iter().find_map(|name| raw.get(*name)?.as_f64());
        let length = |name: &str| raw.get(name).and_then(Value::as_u64);
        let rule = match raw.get("type")?.as_str()? {
            "LENGTH" | "RANGE" => {
                let (min, max) = (length("minLength"), length("maxLength"));
                if min.or(max).is_some() {
                    Rule::Length { min, max }
                } else {
                    Rule::Range {
                        min: number(["minimum", "min"]),
                        max: number(["maximum", "max"]),
                    }
                }
            }
            "PATTERN" => Rule::Pattern(Pattern::new(raw.get("pattern")?.as_str()?)),
            "NOT_EMPTY" => Rule::NotEmpty,
            "NOT_BLANK" => Rule::NotBlank,
            "TRIMMED" => Rule::Trimmed,
            "NO_WHITESPACE" => Rule::NoWhitespace,
            "REGEX" => Rule::Regex,
            "UNIQUE" => {
                let fields = raw.get("uniqueProperties").and_then(Value::as_array);
                let fields = fields.into_iter().flatten().filter_map(Value::as_str);
                Rule::Unique(fields.map(str::to_owned).collect())
            }
            _ => return None,
        };
        let message = raw.get("customMessage").and_then(Value::as_str);
        Some(Constraint {
            rule,
            message: message.filter(|it| !it.is_empty()).map(str::to_owned),
        })
    }

    /// The limits of a list, which stand beside `constraints`.
    pub(crate) fn of_items(raw: &Value) -> Option<Constraint> {
        let number = |names: [&str; 2]| names.iter().find_map(|name| raw.get(*name)?.as_u64());
        let min = number(["minObjects", "minItems"]);
        let max = number(["maxObjects", "maxItems"]);
        min.or(max)?;
        Some(Constraint {
            rule: Rule::Items { min, max },
            message: None,
        })
    }

    /// How a value breaks the rule, in words that go after the name of the
    /// field. What the rule does not speak of, it does not refuse.
    pub fn broken_by(&self, value: &Value) -> Option<String> {
        let told = self.rule.broken_by(value)?;
        Some(match &self.message {
            Some(message) => format!("{told}: {message}"),
            None => told,
        })
    }
}

impl Rule {
    /// As the schema calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Rule::Length { .. } => "LENGTH",
            Rule::Range { .. } => "RANGE",
            Rule::Items { .. } => "ITEMS",
            Rule::Pattern(_) => "PATTERN",
            Rule::NotEmpty => "NOT_EMPTY",
            Rule::NotBlank => "NOT_BLANK",
            Rule::Trimmed => "TRIMMED",
            Rule::NoWhitespace => "NO_WHITESPACE",
            Rule::Regex => "REGEX",
            Rule::Unique(_) => "UNIQUE",
        }
    }

    fn broken_by(&self, value: &Value) -> Option<String> {
        let text = value.as_str();
        let told = match self {
            Rule::Length { min, max } => {
                let length = text?.encode_utf16().count() as u64;
                let (few, many) = outside(length, *min, *max);
                match (few, many) {
                    (Some(min), _) => format!("has to have at least {}", count(min, "character")),
                    (_, Some(max)) => format!("has to have at most {}", count(max, "character")),
                    _ => return None,
                }
            }
            Rule::Items { min, max } => {
                let length = value.as_array()?.len() as u64;
                match outside(length, *min, *max) {
                    (Some(min), _) => format!("has to have at least {}", count(min, "item")),
                    (_, Some(max)) => format!("has to have at most {}", count(max, "item")),
                    _ => return None,
                }
            }
            Rule::Range { min, max } => {
                let number = value.as_f64()?;
                match outside(number, *min, *max) {
                    (Some(min), _) => format!("has to be at least {min}"),
                    (_, Some(max)) => format!("has to be at most {max}"),
                    _ => return None,
                }
            }
            Rule::Pattern(pattern) => {
                if pattern.is_match(text?) {
                    return None;
                }
                format!("does not match the pattern {}", pattern.as_str())
            }
            Rule::NotEmpty => {
                let is_empty = match value {
                    Value::String(text) => text.is_empty(),
                    Value::Array(items) => items.is_empty(),
                    _ => false,
                };
                is_empty.then(|| "is empty".to_owned())?
            }
            Rule::NotBlank => text?.trim().is_empty().then(|| "is blank".to_owned())?,
            Rule::Trimmed => {
                let text = text?;
                (text.trim().len() != text.len())
                    .then(|| "begins or ends with white space".to_owned())?
            }
            Rule::NoWhitespace => text?
                .contains(char::is_whitespace)
                .then(|| "has white space in it".to_owned())?,
            Rule::Regex => {
                if Pattern::new(text?).is_understood() {
                    return None;
                }
                "is no regular expression".to_owned()
            }
            Rule::Unique(fields) => {
                let items = value.as_array()?;
                let key = |item: &Value| -> Vec<Value> {
                    if fields.is_empty() {
                        return vec![item.clone()];
                    }
                    let parts = fields.iter();
                    parts
                        .map(|field| item.get(field).cloned().unwrap_or_default())
                        .collect()
                };
                let twin = twins(items, key)?;
                let place = format!("has the items {} and {}, which are equal", twin.0, twin.1);
                if fields.is_empty() {
                    place
                } else {
                    format!("{place} in {}", fields.join(", "))
                }
            }
        };
        Some(told)
    }
}

/// The first two items with the same key, counted from 0 as paths do.
pub(crate) fn twins<'v, K: PartialEq>(
    items: &'v [Value],
    key: impl Fn(&'v Value) -> K,
) -> Option<(usize, usize)> {
    let keys: Vec<K> = items.iter().map(key).collect();
    keys.iter().enumerate().find_map(|(second, own)| {
        let first = keys.iter().take(second).position(|other| other == own)?;
        Some((first, second))
    })
}

/// The limits that a value is below and above.
fn outside<T: PartialOrd + Copy>(
    value: T,
    min: Option<T>,
    max: Option<T>,
) -> (Option<T>, Option<T>) {
    (
        min.filter(|min| value < *min),
        max.filter(|max| value > *max),
    )
}

fn count(number: u64, thing: &str) -> String {
    if number == 1 {
        format!("{number} {thing}")
    } else {
        format!("{number} {thing}s")
    }
}
