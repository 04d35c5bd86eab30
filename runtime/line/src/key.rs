//! Metric keys.

use std::borrow::Cow;

use crate::grammar::{Grammar, KeyError, cut};
use crate::limits;

/// Whether a metric key is stored as it stands.
///
/// ```
/// use extyped_line::key;
///
/// assert!(key::validate("lb.bytes.in.count").is_ok());
///
/// let error = key::validate("lb.bytes in").unwrap_err();
/// assert_eq!(error.offset(), 8);
/// assert!(error.to_string().starts_with("a metric key cannot contain ` `"));
/// ```
pub fn validate(key: &str) -> Result<(), KeyError> {
    Grammar::Metric.validate(key)
}

/// The key that the official client would write for `key`, with the limit of
/// this crate: at most [`METRIC_KEY`](limits::METRIC_KEY) characters.
///
/// `None` if there is no such key: it is empty or starts with a dot. Borrowed
/// if nothing had to be changed.
pub fn normalize(key: &str) -> Option<Cow<'_, str>> {
    normalize_to(key, limits::METRIC_KEY)
}

/// [`normalize`] with another limit, such as
/// [`CLIENT_METRIC_KEY`](limits::CLIENT_METRIC_KEY).
pub fn normalize_to(key: &str, limit: usize) -> Option<Cow<'_, str>> {
    if key.starts_with('.') {
        return None;
    }
    let normal = Grammar::Metric.normalize(cut(key, limit))?;
    Some(if normal == key {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(normal)
    })
}
