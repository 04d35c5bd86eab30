//! Dimension keys. For their values see [`value`](crate::value).

use std::borrow::Cow;

use crate::grammar::{Grammar, KeyError, cut};
use crate::limits;

/// Whether a dimension key is stored as it stands.
///
/// ```
/// use extyped_line::dimension;
///
/// assert!(dimension::validate_key("device.address").is_ok());
///
/// let error = dimension::validate_key("deviceAddress").unwrap_err();
/// assert_eq!(error.offset(), 6);
/// assert!(error.to_string().starts_with("a dimension key cannot contain `A`"));
/// ```
pub fn validate_key(key: &str) -> Result<(), KeyError> {
    Grammar::Dimension.validate(key)
}

/// The key that the official client would write for `key`: in lower case, and
/// at most [`DIMENSION_KEY`](limits::DIMENSION_KEY) characters.
///
/// `None` if there is no such key: it is empty or all dots. Borrowed if
/// nothing had to be changed.
pub fn normalize_key(key: &str) -> Option<Cow<'_, str>> {
    let lower = cut(key, limits::DIMENSION_KEY).to_lowercase();
    let normal = Grammar::Dimension.normalize(&lower)?;
    Some(if normal == key {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(normal)
    })
}
