//! What the languages of screens, alerts and dashboards refer to: metric
//! selectors, entity selectors and queries. None is understood further than it
//! takes to find the names in it.

mod entity;
mod metric;
mod query;

pub(crate) use self::entity::entity_types;
pub(crate) use self::metric::metric_keys;
pub(crate) use self::query::{queried_entity_types, queried_keys, variables};

/// What may stand in a key without quotes.
fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}
