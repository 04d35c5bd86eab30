//! What a reference shows, in which order: the same for every format.

use std::collections::{BTreeMap, BTreeSet};

use crate::outline::{Dimension, EntityType, Metric, Outline};

/// A reference before it is written.
pub(super) struct View<'o> {
    pub(super) outline: &'o Outline,
    pub(super) entities: Vec<Entity<'o>>,
    /// The metrics that are reported, each in one group.
    pub(super) groups: Vec<Group<'o>>,
    pub(super) calculated: Vec<&'o Metric>,
    pub(super) dimensions: Vec<DimensionUse<'o>>,
    pub(super) feature_sets: Vec<FeatureSetUse<'o>>,
}

/// An entity type and where to read of it.
pub(super) struct Entity<'o> {
    pub(super) kind: &'o EntityType,
    pub(super) anchor: String,
    /// Its relationships, seen from it.
    pub(super) relations: Vec<String>,
    /// The group of its own metrics, as an index.
    pub(super) group: Option<usize>,
    /// The groups of other entities some of whose metrics are its own too, and
    /// how many.
    pub(super) others: Vec<(usize, usize)>,
}

/// The metrics whose dimensions are there for the same entities.
pub(super) struct Group<'o> {
    pub(super) title: String,
    pub(super) anchor: String,
    /// The name of the entity type.
    entity: Option<&'o str>,
    /// What else all of its metrics, or some of them, are of.
    pub(super) also: Vec<String>,
    /// Dimensions that all of its metrics have on every line.
    pub(super) shared: Vec<&'o Dimension>,
    /// Dimensions that all of its metrics have, on some lines.
    pub(super) sometimes: Vec<&'o Dimension>,
    pub(super) sections: Vec<Section<'o>>,
}

/// The metrics of a group that the same feature sets turn on.
pub(super) struct Section<'o> {
    pub(super) title: String,
    /// Whether there is no feature set that could turn them off.
    pub(super) is_always_on: bool,
    pub(super) metrics: Vec<&'o Metric>,
}

/// A dimension, and what has it.
pub(super) struct DimensionUse<'o> {
    pub(super) key: &'o str,
    pub(super) display_name: Option<&'o str>,
    pub(super) metrics: usize,
    /// Whether it may be missing on some lines.
    pub(super) is_optional: bool,
}

/// A feature set, and what it turns on.
pub(super) struct FeatureSetUse<'o> {
    pub(super) name: &'o str,
    pub(super) metrics: Vec<&'o Metric>,
}

/// Whether a character shows as itself and steers nothing: no control character
/// and no mark that turns the direction of what follows.
pub(super) fn is_visible(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a metric is called where there is no feature set to turn it off.
pub(super) const ALWAYS_ON: &str = "Always on";

impl<'o> View<'o> {
    pub(super) fn new(outline: &'o Outline) -> Self {
        let mut anchors = Anchors::default();
        let (calculated, reported): (Vec<_>, Vec<_>) = outline
            .metrics
            .iter()
            .partition(|metric| metric.selector.is_some() || metric.kind == "calculated");
        let groups = groups(outline, &reported, &mut anchors);
        let entities = outline
            .types
            .iter()
            .filter(|kind| kind.is_enabled)
            .map(|kind| Entity {
                kind,
                anchor: anchors.take("entity", &kind.name),
                relations: relations(outline, &kind.name),
                group: groups
                    .iter()
                    .position(|group| group.entity == Some(&*kind.name)),
                others: groups
                    .iter()
                    .enumerate()
                    .filter(|(_, group)| group.entity != Some(&*kind.name))
                    .map(|(at, group)| (at, group.count_of(&kind.name)))
                    .filter(|&(_, count)| count > 0)
                    .collect(),
            })
            .collect();
        View {
            outline,
            entities,
            groups,
            calculated,
            dimensions: dimensions(&reported),
            feature_sets: outline
                .feature_sets
                .iter()
                .map(|name| FeatureSetUse {
                    name,
                    metrics: reported
                        .iter()
                        .copied()
                        .filter(|metric| metric.feature_sets.contains(name))
                        .collect(),
                })
                .collect(),
        }
    }

    /// What there is, in one line: "39 metrics of 4 entity types in 3 feature
    /// sets".
    pub(super) fn summary(&self) -> String {
        let count = |count: usize, what: &str| {
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {what}{plural}")
        };
        let metrics: usize = self.groups.iter().map(Group::len).sum();
        let entities = match self.entities.len() {
            0 => String::new(),
            number => format!(" of {}", count(number, "entity type")),
        };
        let sets = match self.feature_sets.len() {
            0 => String::new(),
            number => format!(" in {}", count(number, "feature set")),
        };
        format!("{}{entities}{sets}", count(metrics, "metric"))
    }

    /// Who made it and what it needs.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let outline = self.outline;
        [
            ("Version", Some(outline.version.clone())),
            ("Author", outline.author.clone()),
            ("Data source", Some(outline.sources.join(", "))),
            ("Needs Dynatrace", outline.platform.clone()),
            ("Needs EEC", outline.controller.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .collect()
    }
}

impl<'o> Group<'o> {
    pub(super) fn metrics(&self) -> impl Iterator<Item = &'o Metric> {
        self.sections
            .iter()
            .flat_map(|section| section.metrics.iter().copied())
    }

    /// Whether its metrics differ in nothing but themselves.
    pub(super) fn is_uniform(&self) -> bool {
        self.metrics()
            .all(|metric| self.further(metric).next().is_none())
    }

    /// The dimensions of a metric besides those that all of them have.
    pub(super) fn further(
        &self,
        metric: &'o Metric,
    ) -> impl Iterator<Item = (&'o Dimension, bool)> {
        let is_shared = |key: &str| {
            let mut shared = self.shared.iter().chain(&self.sometimes);
            shared.any(|shared| shared.key == key)
        };
        dimensions_of(metric)
            .into_iter()
            .filter(move |(dimension, _)| !is_shared(&dimension.key))
    }

    /// How many of its metrics make entities of this type.
    fn count_of(&self, name: &str) -> usize {
        self.metrics()
            .filter(|metric| metric.entity_types.iter().any(|kind| kind == name))
            .count()
    }

    pub(super) fn len(&self) -> usize {
        self.sections
            .iter()
            .map(|section| section.metrics.len())
            .sum()
    }
}

/// The dimensions of a metric, each once; one that some way to report it lacks
/// is optional.
pub(super) fn dimensions_of(metric: &Metric) -> Vec<(&Dimension, bool)> {
    let mut dimensions: Vec<(&Dimension, bool)> = Vec::new();
    for dimension in metric.sets.iter().flatten() {
        if dimensions
            .iter()
            .any(|(known, _)| known.key == dimension.key)
        {
            continue;
        }
        let is_always = metric.sets.iter().all(|set| {
            let mut set = set.iter();
            set.any(|other| other.key == dimension.key && other.is_required)
        });
        dimensions.push((dimension, is_always));
    }
    dimensions
}

fn groups<'o>(
    outline: &'o Outline,
    reported: &[&'o Metric],
    anchors: &mut Anchors,
) -> Vec<Group<'o>> {
    let mut groups: Vec<(Option<&'o str>, Vec<&'o Metric>)> = Vec::new();
    for &metric in reported {
        let main = main_type(outline, metric);
        match groups.iter_mut().find(|(known, _)| *known == main) {
            Some((_, metrics)) => metrics.push(metric),
            None => groups.push((main, vec![metric])),
        }
    }
    // As the entities; what belongs to none comes last.
    groups.sort_by_key(|(entity, _)| {
        let place = outline
            .types
            .iter()
            .position(|kind| Some(&*kind.name) == *entity);
        place.unwrap_or(usize::MAX)
    });
    let only = groups.len() == 1;
    groups
        .into_iter()
        .map(|(entity, metrics)| {
            let title = match entity {
                None if only => "All metrics".to_owned(),
                None => "Of no entity".to_owned(),
                Some(name) => title(outline, name),
            };
            let (shared, sometimes) = shared(&metrics);
            Group {
                anchor: anchors.take("metrics", &title),
                title,
                entity,
                also: also(outline, entity, &metrics),
                shared,
                sometimes,
                sections: sections(outline, &metrics),
            }
        })
        .collect()
}

/// The entity type that a metric is told under: the one that its dimensions are
/// there for, else the one that asks for most of them.
fn main_type<'o>(outline: &Outline, metric: &'o Metric) -> Option<&'o str> {
    let placeholders = |name: &&String| {
        let kind = outline.types.iter().find(|kind| kind.name == **name)?;
        kind.rules
            .iter()
            .map(|rule| rule.id.matches('{').count())
            .max()
    };
    let most = metric.entity_types.iter().max_by_key(placeholders);
    metric.main_type.as_ref().or(most).map(String::as_str)
}

/// `Cluster`, and `some: Node`.
fn also(outline: &Outline, entity: Option<&str>, metrics: &[&Metric]) -> Vec<String> {
    let mut also = Vec::new();
    for kind in outline
        .types
        .iter()
        .filter(|kind| Some(&*kind.name) != entity)
    {
        let count = metrics
            .iter()
            .filter(|it| it.entity_types.contains(&kind.name))
            .count();
        let title = title(outline, &kind.name);
        if count == metrics.len() {
            also.push(title);
        } else if count > 0 {
            also.push(format!("{title} ({count} of {})", metrics.len()));
        }
    }
    also
}

/// What people call an entity type.
fn title(outline: &Outline, name: &str) -> String {
    let kind = outline.types.iter().find(|kind| kind.name == name);
    let display = kind.and_then(|kind| kind.display_name.as_deref());
    display.unwrap_or(name).to_owned()
}

/// The dimensions that all of the metrics have: on every line, and on some.
fn shared<'o>(metrics: &[&'o Metric]) -> (Vec<&'o Dimension>, Vec<&'o Dimension>) {
    let all: Vec<_> = metrics.iter().map(|metric| dimensions_of(metric)).collect();
    let [first, rest @ ..] = all.as_slice() else {
        return (Vec::new(), Vec::new());
    };
    let (mut always, mut sometimes) = (Vec::new(), Vec::new());
    for &(dimension, is_always) in first {
        let mut of_others = rest.iter().map(|others| {
            let mut others = others.iter();
            others
                .find(|(other, _)| other.key == dimension.key)
                .map(|it| it.1)
        });
        match of_others.try_fold(is_always, |all, it| Some(all && it?)) {
            Some(true) => always.push(dimension),
            Some(false) => sometimes.push(dimension),
            None => {}
        }
    }
    (always, sometimes)
}

fn sections<'o>(outline: &Outline, metrics: &[&'o Metric]) -> Vec<Section<'o>> {
    let mut sections: Vec<Section<'o>> = Vec::new();
    for &metric in metrics {
        let title = if metric.feature_sets.is_empty() {
            ALWAYS_ON.to_owned()
        } else {
            metric.feature_sets.join(", ")
        };
        match sections.iter_mut().find(|section| section.title == title) {
            Some(section) => section.metrics.push(metric),
            None => sections.push(Section {
                is_always_on: metric.feature_sets.is_empty(),
                title,
                metrics: vec![metric],
            }),
        }
    }
    let place = |section: &Section<'_>| {
        let mut sets = outline.feature_sets.iter();
        let first = section
            .metrics
            .first()
            .and_then(|metric| metric.feature_sets.first());
        // Always on comes first.
        first.map(|first| sets.position(|set| set == first))
    };
    sections.sort_by_key(place);
    sections
}

/// What a relationship means, seen from the type it starts at and from the
/// other one.
const RELATIONS: [(&str, &str, &str); 6] = [
    ("CALLS", "calls", "is called by"),
    ("CHILD_OF", "is a child of", "is the parent of"),
    ("INSTANCE_OF", "is an instance of", "has the instance"),
    ("PART_OF", "is part of", "contains"),
    ("RUNS_ON", "runs on", "runs"),
    ("SAME_AS", "is the same as", "is the same as"),
];

/// `runs on` for `RUNS_ON`; what is not known in small letters.
pub(super) fn relation_words(kind: &str, is_from: bool) -> String {
    let known = RELATIONS.iter().find(|(name, ..)| *name == kind);
    match known {
        Some((_, from, _)) if is_from => (*from).to_owned(),
        Some((_, _, to)) => (*to).to_owned(),
        None => kind.to_lowercase().replace('_', " "),
    }
}

fn relations(outline: &Outline, name: &str) -> Vec<String> {
    let title = |name: &str| title(outline, name);
    let mut relations: Vec<(String, Vec<String>)> = Vec::new();
    for relation in &outline.relations {
        let is_from = relation.from == name;
        let other = match (is_from, relation.to == name) {
            (true, _) => &relation.to,
            (false, true) => &relation.from,
            (false, false) => continue,
        };
        let words = relation_words(&relation.kind, is_from);
        match relations.iter_mut().find(|(known, _)| *known == words) {
            Some((_, others)) => others.push(title(other)),
            None => relations.push((words, vec![title(other)])),
        }
    }
    relations
        .into_iter()
        .map(|(words, others)| format!("{words} {}", others.join(", ")))
        .collect()
}

fn dimensions<'o>(reported: &[&'o Metric]) -> Vec<DimensionUse<'o>> {
    let mut uses: BTreeMap<&str, DimensionUse<'o>> = BTreeMap::new();
    for metric in reported {
        for (dimension, is_always) in dimensions_of(metric) {
            let entry = uses.entry(&dimension.key).or_insert(DimensionUse {
                key: &dimension.key,
                display_name: None,
                metrics: 0,
                is_optional: false,
            });
            entry.metrics += 1;
            entry.is_optional |= !is_always;
            let name = dimension.display_name.as_deref();
            entry.display_name = entry.display_name.or(name);
        }
    }
    uses.into_values().collect()
}

/// Names for places in the page, none of them twice.
#[derive(Default)]
struct Anchors(BTreeSet<String>);

impl Anchors {
    fn take(&mut self, prefix: &str, text: &str) -> String {
        let letters = text.chars().map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase(),
            _ => '-',
        });
        let name = format!("{prefix}-{}", letters.take(60).collect::<String>());
        let mut anchor = name.clone();
        let mut number = 2;
        while !self.0.insert(anchor.clone()) {
            anchor = format!("{name}-{number}");
            number += 1;
        }
        anchor
    }
}
