//! Gauge or count.

use crate::contract::Kind;
use crate::model::{DeclaredKind, DeclaredMetric, Text};

/// The suffix that makes a metric a count to the ingest.
pub(crate) const COUNT_SUFFIX: &str = ".count";

/// What decided the kind of a metric.
#[derive(Clone, Copy)]
pub(crate) enum KindFrom<'t> {
    /// Whether the key ends in `.count`: nothing else says anything.
    Suffix,
    /// The `type` in a declarative data source, written here.
    Declared(Text<'t>),
    /// The option `kinds`.
    Option,
}

/// Decides the kind of a metric: the option first, then a declared type, then
/// the suffix, which is all that a Python manifest has.
pub(super) fn decide<'t>(
    written: &str,
    declared: &[&DeclaredMetric<'t>],
    options: &[(String, Kind)],
) -> (Kind, KindFrom<'t>) {
    if let Some(&(_, kind)) = options.iter().find(|(key, _)| key == written) {
        return (kind, KindFrom::Option);
    }
    if let Some((kind, text)) = declared.iter().find_map(|declared| declared.kind) {
        let kind = match kind {
            DeclaredKind::Gauge => Kind::Gauge,
            DeclaredKind::Count => Kind::Count,
        };
        return (kind, KindFrom::Declared(text));
    }
    let kind = if written.ends_with(COUNT_SUFFIX) {
        Kind::Count
    } else {
        Kind::Gauge
    };
    (kind, KindFrom::Suffix)
}
