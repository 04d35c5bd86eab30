//! Which metrics there are: the union of everything that names one.

use extyped_line::key;

use super::dimensions::{self, Declaration};
use super::kinds::{self, COUNT_SUFFIX, KindFrom};
use super::matching::{self, Match};
use crate::contract::{Kind, Overrides};
use crate::model::{
    CALCULATED_PREFIX, DeclaredMetric, FeatureSetEntry, Manifest, MetricEntry, Supplies, Text,
};
use crate::order::{Numbers, order_by, sort_texts};
use crate::source::offset;

/// A metric and everything the manifest says of it.
pub(crate) struct Metric<'m, 't> {
    /// The key as the ingest stores it.
    pub(crate) key: String,
    /// The key as it is written where the kind was decided.
    pub(crate) written: &'t str,
    /// The place that comes first in the file.
    pub(crate) place: Text<'t>,
    /// The entry of `metrics`.
    pub(crate) entry: Option<&'m MetricEntry<'t>>,
    /// The feature sets of `python` that list it.
    pub(crate) listed: Vec<Listing<'m, 't>>,
    /// Its places in declarative data sources.
    pub(crate) declared: Vec<&'m DeclaredMetric<'t>>,
    /// Which payload it takes.
    pub(crate) kind: Kind,
    /// What decided that.
    pub(crate) kind_from: KindFrom<'t>,
    /// The sets of dimensions that the manifest declares for it.
    pub(crate) declarations: Vec<Declaration<'m, 't>>,
    /// The entity types whose rules select it by its key.
    pub(crate) matches: Vec<Match<'m, 't>>,
}

impl<'m, 't> Metric<'m, 't> {
    /// Whether a line with the dimensions that are declared in one place creates
    /// an entity of the type. What is not declared is inferred from what types
    /// need.
    pub(crate) fn covers(&self, matched: &Match<'m, 't>) -> bool {
        let declarations = &self.declarations;
        declarations.is_empty()
            || declarations
                .iter()
                .any(|declaration| matched.missing(declaration).is_empty())
    }
}

/// A metric in the list of a feature set.
#[derive(Clone, Copy)]
pub(crate) struct Listing<'m, 't> {
    pub(crate) set: &'m FeatureSetEntry<'t>,
    pub(crate) key: Text<'t>,
}

/// The places of one key as it is written.
#[derive(Default)]
struct Places<'m, 't> {
    entry: Option<&'m MetricEntry<'t>>,
    listed: Vec<Listing<'m, 't>>,
    declared: Vec<&'m DeclaredMetric<'t>>,
}

/// Collects the metrics of a manifest.
pub(super) fn collect<'m, 't>(
    manifest: &'m Manifest<'t>,
    overrides: &Overrides,
) -> Vec<Metric<'m, 't>> {
    let mut places = gather(manifest);
    let mut keys = std::mem::take(&mut places.written);
    sort_texts(&mut keys);
    // Keys without the suffix first, for they may take the places of the longer
    // key along.
    let (suffixed, others): (Vec<_>, Vec<_>) = keys
        .into_iter()
        .map(|(key, _)| key)
        .partition(|key| key.ends_with(COUNT_SUFFIX));
    let mut metrics = Vec::new();
    for written in others.into_iter().chain(suffixed) {
        let Some(mut own) = places.remove(written) else {
            continue;
        };
        let (kind, kind_from) = kinds::decide(written, &own.declared, &overrides.kinds);
        let (stored, other) = stored_key(manifest, written, kind, &mut places);
        own.merge(other);
        let Some(place) = own.first() else { continue };
        if key::validate(&stored).is_err() {
            continue;
        }
        let supplies = own
            .declared
            .first()
            .map_or(Supplies::NOTHING, |declared| declared.supplies);
        let matches = matching::find(&manifest.topology.types, &[written, &stored], supplies);
        let declarations = dimensions::declared(own.entry, &own.declared);
        metrics.push(Metric {
            key: stored,
            written,
            place,
            entry: own.entry,
            listed: own.listed,
            declared: own.declared,
            kind,
            kind_from,
            declarations,
            matches,
        });
    }
    order_by(&mut metrics, |metric| metric.place.span().order());
    metrics
}

/// The key under which the ingest stores a metric. It appends the suffix to a
/// count that lacks it, so if anything in the manifest uses the longer key, the
/// author knows, and both keys are one metric.
fn stored_key<'m, 't>(
    manifest: &'m Manifest<'t>,
    written: &'t str,
    kind: Kind,
    places: &mut Gathered<'m, 't>,
) -> (String, Option<Places<'m, 't>>) {
    if kind == Kind::Gauge || written.ends_with(COUNT_SUFFIX) {
        return (written.to_owned(), None);
    }
    let suffixed = format!("{written}{COUNT_SUFFIX}");
    let partner = places.remove(&suffixed);
    if partner.is_some() || !manifest.mentions.of(&suffixed).is_empty() {
        (suffixed, partner)
    } else {
        (written.to_owned(), None)
    }
}

/// The places of all keys.
#[derive(Default)]
struct Gathered<'m, 't> {
    keys: Numbers<'t>,
    /// By the number of the key; none of those that have been taken.
    places: Vec<Option<Places<'m, 't>>>,
    /// The keys with their numbers.
    written: Vec<(&'t str, u32)>,
}

impl<'m, 't> Gathered<'m, 't> {
    fn of(&mut self, key: &'t str) -> &mut Places<'m, 't> {
        let at = self.keys.give(key);
        if at == self.places.len() {
            self.places.push(None);
            self.written.push((key, offset(at)));
        }
        self.places[at].get_or_insert_default()
    }

    fn remove(&mut self, key: &str) -> Option<Places<'m, 't>> {
        self.keys.of(key).and_then(|at| self.places[at].take())
    }
}

fn gather<'m, 't>(manifest: &'m Manifest<'t>) -> Gathered<'m, 't> {
    let mut places = Gathered::default();
    let mut of = |key: Text<'t>, add: &dyn Fn(&mut Places<'m, 't>)| {
        if !key.starts_with(CALCULATED_PREFIX) {
            add(places.of(key.as_str()));
        }
    };
    for entry in &manifest.metrics {
        of(entry.key, &|places| {
            places.entry.get_or_insert(entry);
        });
    }
    for set in manifest.feature_sets() {
        for &key in &set.metrics {
            of(key, &|places| places.listed.push(Listing { set, key }));
        }
    }
    for declared in &manifest.sources.metrics {
        of(declared.key, &|places| places.declared.push(declared));
    }
    places
}

impl<'m, 't> Places<'m, 't> {
    /// The place that comes first in the file.
    fn first(&self) -> Option<Text<'t>> {
        let mut first = self.entry.map(|entry| entry.key);
        let mut consider = |key: Text<'t>| {
            if first.is_none_or(|first| key.span() < first.span()) {
                first = Some(key);
            }
        };
        for listing in &self.listed {
            consider(listing.key);
        }
        for declared in &self.declared {
            consider(declared.key);
        }
        first
    }

    /// Takes over the places of the stored key. Its metadata is the one that
    /// the platform finds.
    fn merge(&mut self, stored: Option<Places<'m, 't>>) {
        let Some(stored) = stored else { return };
        self.entry = stored.entry.or(self.entry);
        self.listed.extend(stored.listed);
        self.declared.extend(stored.declared);
    }
}
