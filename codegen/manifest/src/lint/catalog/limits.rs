//! `EXT017`: more of something than the platform takes.

use super::Subject;
use super::versions::needs_at_least;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::anchor;
use crate::source::Span;
use crate::yaml::{Entry, Node, NodeKind};

/// Most metrics of an extension.
const METRICS: usize = 500;

/// Most metrics of one group or subgroup of a data source.
const METRICS_OF_LEVEL: usize = 100;

/// Most dashboards of an extension.
const DASHBOARDS: usize = 10;

/// Most alerts of an extension, before and since version 1.304.
const ALERTS: (usize, usize) = (10, 100);

/// Most dimensions of one group or subgroup of a data source.
const DIMENSIONS_OF_LEVEL: usize = 25;

/// Most groups of an extension, and subgroups of a group.
const GROUPS: usize = 10;

/// Most of what belongs to a metric.
const TAGS: usize = 50;
const DIMENSIONS: usize = 80;

/// Most of what belongs to an entity type, a rule or a relationship.
const RULES: usize = 20;
const SOURCES: usize = 10;
const REQUIRED: usize = 10;
const ATTRIBUTES: usize = 100;
const MAPPING_RULES: usize = 10;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let mut limits = Limits { report };
    limits.whole(subject);
    limits.metrics(subject);
    limits.topology(subject);
    limits.levels(subject);
}

struct Limits<'r> {
    report: &'r mut Report,
}

impl Limits<'_> {
    fn at_most(&mut self, limit: usize, found: usize, what: &str, span: Span) {
        self.at_most_with(limit, found, what, span, "");
    }

    /// A limit that is written down, and not known to be enforced.
    fn advised(&mut self, limit: usize, found: usize, what: &str, span: Span) {
        let finding = too_many(limit, found, what, span, ", or merge some");
        let finding = finding.map(|finding| finding.severity(Severity::Warning));
        self.report.extend(finding);
    }

    fn at_most_with(&mut self, limit: usize, found: usize, what: &str, span: Span, more: &str) {
        self.report.extend(too_many(limit, found, what, span, more));
    }

    fn whole(&mut self, subject: &Subject<'_, '_, '_>) {
        let manifest = subject.manifest;
        let place = manifest.metrics_field.map(|field| field.key.span());
        let first = subject.meaning.metrics.first().map(|m| m.place.span());
        if let Some(place) = place.or(first) {
            let count = subject.meaning.metrics.len();
            self.at_most(METRICS, count, "metrics of the extension", place);
        }
        let lists = manifest.root.entries();
        let count_of = |key: &str| -> Option<(usize, Span)> {
            let is_list =
                |entry: &Entry<'_>| entry.name() == key && entry.value.kind() == NodeKind::Sequence;
            let entry = lists.clone().find(is_list)?;
            Some((entry.value.items().len(), entry.key.span()))
        };
        if let Some((count, place)) = count_of("dashboards") {
            self.at_most(DASHBOARDS, count, "dashboards", place);
        }
        if let Some((count, place)) = count_of("alerts") {
            if needs_at_least(subject, 304) {
                self.at_most(ALERTS.1, count, "alerts", place);
            } else {
                let more = "; with `minDynatraceVersion: \"1.304\"` the limit is 100";
                self.at_most_with(ALERTS.0, count, "alerts", place, more);
            }
        }
    }

    fn metrics(&mut self, subject: &Subject<'_, '_, '_>) {
        for entry in &subject.manifest.metrics {
            let (key, metadata) = (entry.key, &entry.metadata);
            let name = key.as_str();
            let tags = format!("tags of `{name}`");
            self.at_most(TAGS, metadata.tags.len(), &tags, key.span());
            let dimensions = format!("dimensions of `{name}`");
            self.at_most(
                DIMENSIONS,
                metadata.dimensions.len(),
                &dimensions,
                key.span(),
            );
        }
    }

    fn topology(&mut self, subject: &Subject<'_, '_, '_>) {
        let topology = &subject.manifest.topology;
        for entity in &topology.types {
            let name = entity.name.as_str();
            let rules = format!("rules of `{name}`");
            self.at_most(RULES, entity.rules.len(), &rules, entity.rules_place);
            for rule in &entity.rules {
                let place = rule.id.as_ref().map(|id| id.text.span());
                let place = place.unwrap_or_else(|| entity.name.span());
                for (limit, found, what) in [
                    (SOURCES, rule.sources.len(), "sources"),
                    (REQUIRED, rule.required.len(), "required dimensions"),
                    (ATTRIBUTES, rule.attributes.len(), "attributes"),
                ] {
                    let what = format!("{what} of a rule of `{name}`");
                    self.at_most(limit, found, &what, place);
                }
            }
        }
        for relationship in &topology.relationships {
            let sources = relationship.sources.len();
            self.at_most(
                SOURCES,
                sources,
                "sources of a relationship",
                relationship.place,
            );
            for source in &relationship.sources {
                let rules = source.mapping_rules;
                self.at_most(
                    MAPPING_RULES,
                    rules,
                    "mapping rules of a source",
                    source.place,
                );
            }
        }
    }

    fn levels(&mut self, subject: &Subject<'_, '_, '_>) {
        let levels = &subject.manifest.sources.levels;
        let groups = levels.iter().filter(|level| !level.is_subgroup);
        if let Some(first) = groups.clone().next() {
            self.advised(
                GROUPS,
                groups.count(),
                "groups of the extension",
                first.place,
            );
        }
        let mut below = vec![0; levels.len()];
        for parent in levels.iter().filter_map(|level| level.parent) {
            if let Some(below) = below.get_mut(parent) {
                *below += 1;
            }
        }
        for (level, below) in levels.iter().zip(below) {
            self.advised(GROUPS, below, "subgroups of a group", level.place);
            let what = if level.is_subgroup {
                "subgroup"
            } else {
                "group"
            };
            let metrics = format!("metrics of a {what}");
            self.at_most_with(
                METRICS_OF_LEVEL,
                level.metrics,
                &metrics,
                level.place,
                ", or split it",
            );
            let dimensions = format!("dimensions of a {what}");
            self.at_most(
                DIMENSIONS_OF_LEVEL,
                level.dimensions,
                &dimensions,
                level.place,
            );
        }
        // The tiles of a health card are the only limit inside a screen.
        let screens = subject.manifest.root.get("screens");
        for screen in screens.into_iter().flat_map(Node::items) {
            for card in screen.get("healthCards").into_iter().flat_map(Node::items) {
                let tiles = card.get("tiles").map_or(0, |tiles| tiles.items().len());
                self.at_most(6, tiles, "tiles of a health card", anchor(card));
            }
        }
    }
}

fn too_many(limit: usize, found: usize, what: &str, span: Span, more: &str) -> Option<Diagnostic> {
    (found > limit).then(|| {
        Diagnostic::new(
            &codes::TOO_MANY,
            span,
            format!("{what}: {found}, and the platform takes {limit}"),
        )
        .label(format!("{} too many", found - limit))
        .help(format!("keep the {limit} that matter most{more}"))
    })
}
