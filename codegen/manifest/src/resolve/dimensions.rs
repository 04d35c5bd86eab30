//! Lists of dimension keys: those that are declared, and what topology needs.

use crate::contract::Dimension;
use crate::model::{DeclaredMetric, MetricEntry, Supplies, Text};
use crate::source::Span;

/// The dimensions that the manifest declares for a metric in one place.
pub(crate) struct Declaration<'m, 't> {
    /// The keys, each once, in the order of the file.
    pub(crate) keys: Vec<Named<'t>>,
    /// The entry whose metadata declares them; none when a data source does.
    pub(crate) entry: Option<&'m MetricEntry<'t>>,
}

/// A dimension, and what people call it.
#[derive(Clone, Copy)]
pub(crate) struct Named<'t> {
    pub(crate) key: Text<'t>,
    pub(crate) display_name: Option<Text<'t>>,
}

/// A dimension that a topology rule mentions.
#[derive(Clone, Copy)]
pub(crate) struct Mentioned<'m> {
    pub(crate) key: &'m str,
    pub(crate) span: Span,
}

impl Declaration<'_, '_> {
    /// Whether a line with the declared dimensions has this one.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|named| *named.key == *key)
    }
}

/// The sets of dimensions that the manifest declares for a metric: one for each
/// group of a data source that has it, else the one of its metadata. A list
/// without entries declares nothing.
pub(super) fn declared<'m, 't>(
    entry: Option<&'m MetricEntry<'t>>,
    declared: &[&'m DeclaredMetric<'t>],
) -> Vec<Declaration<'m, 't>> {
    let mut described: Vec<Named<'t>> = Vec::new();
    if let Some(entry) = entry {
        described.extend(entry.metadata.dimensions.iter().map(|dimension| Named {
            key: dimension.key,
            display_name: dimension.display_name,
        }));
    }
    let mut declarations: Vec<Declaration<'m, 't>> = Vec::new();
    for metric in declared
        .iter()
        .filter(|metric| !metric.dimensions.is_empty())
    {
        let own = metric.dimensions.iter().map(|dimension| Named {
            key: dimension.key,
            display_name: described
                .iter()
                .find(|named| *named.key == *dimension.key)
                .and_then(|named| named.display_name),
        });
        // The metadata may describe dimensions that the source adds by itself.
        let mut keys: Vec<Named<'t>> = own.collect();
        keys.extend_from_slice(&described);
        let keys = distinct(keys);
        declarations.push(Declaration { keys, entry: None });
    }
    if declarations.is_empty() && !described.is_empty() {
        declarations.push(Declaration {
            keys: distinct(described),
            entry,
        });
    }
    declarations
}

fn distinct(keys: Vec<Named<'_>>) -> Vec<Named<'_>> {
    let mut list: Vec<Named<'_>> = Vec::new();
    for named in keys {
        if !list.iter().any(|known| *known.key == *named.key) {
            list.push(named);
        }
    }
    list
}

/// Whether the platform supplies a dimension, or the data source does: such a
/// key may be written but never has to be.
pub(crate) fn is_supplied(key: &str, supplies: Supplies) -> bool {
    key.starts_with("dt.") || supplies.contains(key)
}

/// Appends what is not there yet.
pub(super) fn unite<'m>(list: &mut Vec<Mentioned<'m>>, more: &[Mentioned<'m>]) {
    for mentioned in more {
        if !list.iter().any(|known| known.key == mentioned.key) {
            list.push(*mentioned);
        }
    }
}

/// Keeps what is in both.
pub(super) fn intersect(list: &mut Vec<Mentioned<'_>>, other: &[Mentioned<'_>]) {
    list.retain(|mentioned| other.iter().any(|known| known.key == mentioned.key));
}

/// Whether two lists without duplicates have the same keys in whatever order.
pub(super) fn same_keys(a: &[&str], b: &[&str]) -> bool {
    a.len() == b.len() && a.iter().all(|key| b.contains(key))
}

/// Adds the optional dimensions of one set to those of another, and the display
/// names that it lacks.
pub(super) fn absorb(into: &mut Vec<Dimension>, from: Vec<Dimension>) {
    for dimension in from {
        match into.iter_mut().find(|known| known.key == dimension.key) {
            Some(known) => {
                known.display_name = known.display_name.take().or(dimension.display_name);
            }
            None => into.push(dimension),
        }
    }
}
