//! What is known when an assertion fails, and what of it is worth saying.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::report::EnabledMetrics;
use crate::suggest::closest;
use crate::{Kind, Manifest, Metric, text};

/// How many metrics a message names.
const NAMED: usize = 10;

/// What came so far.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) manifest: &'static Manifest,
    /// The feature sets that are on besides `default`.
    pub(super) feature_sets: Vec<String>,
    /// How many lines there were of each metric.
    pub(super) reported: BTreeMap<String, u64>,
    /// Since the start.
    pub(super) elapsed: Duration,
    /// When the last heartbeat came and what it said.
    pub(super) heartbeat: Option<(Duration, Option<String>)>,
    /// Why the extension ended by itself.
    pub(super) ended: Option<String>,
}

impl Facts {
    /// Why there may be no line of this metric.
    pub(super) fn missing(&self, key: &str) -> String {
        let mut first = format!("`{key}` was not reported");
        match self.metric(key) {
            None => {
                first += ", and the manifest does not have it";
                first += &self.meant(key);
            }
            Some((index, metric)) if !self.enabled().metric(index) => {
                first = format!("{first}: {}", self.off(metric));
            }
            Some((_, metric)) => first += hint(metric),
        }
        let mut told = vec![first];
        told.extend(self.reported_metrics());
        told.push(self.last_words());
        told.join("\n")
    }

    /// That the manifest does not have this metric, if it is so.
    pub(super) fn not_of_the_manifest(&self, key: &str) -> Option<String> {
        if self.metric(key).is_some() {
            return None;
        }
        let meant = self.meant(key);
        Some(format!("the manifest does not have `{key}`{meant}"))
    }

    /// Which metrics are on and were not reported, if there are any.
    pub(super) fn uncovered(&self) -> Option<String> {
        let enabled = self.enabled();
        let metrics = self.manifest.metrics.iter().enumerate();
        let (on, off): (Vec<_>, Vec<_>) = metrics.partition(|(index, _)| enabled.metric(*index));
        let missing: Vec<&Metric> = on
            .iter()
            .map(|(_, metric)| *metric)
            .filter(|metric| !self.reported.contains_key(metric.key))
            .collect();
        if missing.is_empty() {
            return None;
        }
        let mut told = vec![format!(
            "of {} that are on, {} never reported:",
            text::count(on.len() as u64, "metric"),
            match missing.len() {
                1 => "1 was".to_owned(),
                n => format!("{n} were"),
            }
        )];
        let missing = missing.into_iter();
        told.extend(missing.map(|metric| format!("  {}{}", metric.key, hint(metric))));
        let off = off.into_iter();
        told.extend(
            off.map(|(_, metric)| format!("not asked of `{}`: {}", metric.key, self.off(metric))),
        );
        told.extend(self.unlisted());
        told.push(self.last_words());
        Some(told.join("\n"))
    }

    /// The last status, and whether the extension still runs.
    pub(super) fn last_words(&self) -> String {
        if let Some(why) = &self.ended {
            return format!("the extension has ended: {why}");
        }
        match &self.heartbeat {
            None if self.elapsed.is_zero() => {
                "no time has passed yet: let some, with `pass(…).await`".to_owned()
            }
            None => format!("there was no heartbeat in {}", text::duration(self.elapsed)),
            Some((at, None)) => format!(
                "the last heartbeat, after {}, said nothing: the extension is still initializing",
                text::duration(*at)
            ),
            Some((at, Some(status))) => format!(
                "the last status, after {} of {}: {status}",
                text::duration(*at),
                text::duration(self.elapsed)
            ),
        }
    }

    fn metric(&self, key: &str) -> Option<(usize, &'static Metric)> {
        let mut metrics = self.manifest.metrics.iter().enumerate();
        metrics.find(|(_, metric)| metric.key == key)
    }

    fn enabled(&self) -> EnabledMetrics {
        EnabledMetrics::of(self.manifest, &self.feature_sets)
    }

    /// The metric, reported or of the manifest, that `key` is a slip for.
    fn meant(&self, key: &str) -> String {
        let reported = self.reported.keys().map(String::as_str);
        let of_manifest = self.manifest.metrics.iter().map(|metric| metric.key);
        match closest(key, reported.chain(of_manifest)) {
            Some(close) => format!(": did you mean `{close}`?"),
            None => String::new(),
        }
    }

    /// Why a metric is off.
    fn off(&self, metric: &Metric) -> String {
        let sets = metric.feature_sets.iter();
        let names: Vec<String> = sets
            .filter_map(|&set| self.manifest.feature_sets.get(set))
            .map(|name| format!("`{name}`"))
            .collect();
        match names.as_slice() {
            [one] => format!("the feature set {one} is off"),
            several => format!("the feature sets {} are off", several.join(", ")),
        }
    }

    fn reported_metrics(&self) -> Vec<String> {
        if self.reported.is_empty() {
            return vec!["no metric was reported at all".to_owned()];
        }
        let mut told = vec!["reported were:".to_owned()];
        let some = self.reported.iter().take(NAMED);
        told.extend(some.map(|(key, lines)| format!("  {key}, {}", text::count(*lines, "line"))));
        if self.reported.len() > NAMED {
            told.push(format!("  and {} more", self.reported.len() - NAMED));
        }
        told
    }

    /// What was reported and the manifest does not have: most likely what is
    /// missing, under a wrong name.
    fn unlisted(&self) -> Option<String> {
        let reported = self.reported.keys().map(String::as_str);
        let unlisted: Vec<&str> = reported.filter(|key| self.metric(key).is_none()).collect();
        (!unlisted.is_empty())
            .then(|| format!("reported, but not in the manifest: {}", unlisted.join(", ")))
    }
}

/// Why a metric that is on may not be there yet.
fn hint(metric: &Metric) -> &'static str {
    match metric.kind {
        Kind::Gauge => "",
        Kind::Count => "; of a `Cumulative` nothing is sent before the second poll",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static MANIFEST: Manifest = Manifest::new(
        "custom:lb",
        "1.0.0",
        &[
            Metric::new("lb.cpu", Kind::Gauge, &[0]),
            Metric::new("lb.memory", Kind::Gauge, &[0]),
            Metric::new("lb.bytes.count", Kind::Count, &[1]),
            Metric::new("lb.health", Kind::Gauge, &[2]),
        ],
        &["default", "Traffic", "Pools"],
    );

    fn facts(feature_sets: &[&str], reported: &[(&str, u64)]) -> Facts {
        Facts {
            manifest: &MANIFEST,
            feature_sets: feature_sets.iter().map(|&set| set.to_owned()).collect(),
            reported: reported
                .iter()
                .map(|(key, lines)| ((*key).to_owned(), *lines))
                .collect(),
            elapsed: Duration::from_mins(4),
            heartbeat: Some((Duration::from_secs(200), Some("OK".to_owned()))),
            ended: None,
        }
    }

    #[test]
    fn a_metric_that_is_missing_is_told_with_what_was_there() {
        let facts = facts(&["Traffic"], &[("lb.cpu", 4), ("lb.memry", 1)]);
        assert_eq!(
            facts.missing("lb.memory"),
            "`lb.memory` was not reported\n\
             reported were:\n  lb.cpu, 4 lines\n  lb.memry, 1 line\n\
             the last status, after 200 s of 4 min: OK"
        );
        let first = |key: &str| facts.missing(key).lines().next().map(str::to_owned);
        for (key, told) in [
            (
                "lb.cpuu",
                "`lb.cpuu` was not reported, and the manifest does not have it: did you mean `lb.cpu`?",
            ),
            (
                "zzz",
                "`zzz` was not reported, and the manifest does not have it",
            ),
            (
                "lb.health",
                "`lb.health` was not reported: the feature set `Pools` is off",
            ),
            (
                "lb.bytes.count",
                "`lb.bytes.count` was not reported; of a `Cumulative` nothing is sent before the second poll",
            ),
        ] {
            assert_eq!(first(key).as_deref(), Some(told));
        }
    }

    #[test]
    fn all_is_covered_when_what_is_on_was_reported() {
        let reported = [("lb.cpu", 1), ("lb.memory", 1), ("lb.bytes.count", 1)];
        assert_eq!(facts(&["Traffic"], &reported).uncovered(), None);
        assert!(
            facts(&["Traffic", "Pools"], &reported)
                .uncovered()
                .is_some()
        );
    }

    #[test]
    fn what_is_not_covered_is_told_with_why_and_with_what_came_instead() {
        let facts = facts(&["Traffic"], &[("lb.cpu", 1), ("lb.memry", 1)]);
        assert_eq!(
            facts.uncovered().as_deref(),
            Some(
                "of 3 metrics that are on, 2 were never reported:\n  lb.memory\n  lb.bytes.count; of \
                 a `Cumulative` nothing is sent before the second poll\n\
                 not asked of `lb.health`: the feature set `Pools` is off\n\
                 reported, but not in the manifest: lb.memry\n\
                 the last status, after 200 s of 4 min: OK"
            )
        );
    }

    #[test]
    fn where_nothing_came_the_state_of_the_extension_is_told() {
        let mut facts = facts(&[], &[]);
        assert!(
            facts
                .missing("lb.cpu")
                .contains("\nno metric was reported at all\n")
        );
        facts.heartbeat = Some((Duration::from_secs(50), None));
        assert!(facts.last_words().contains("still initializing"));
        facts.heartbeat = None;
        assert_eq!(facts.last_words(), "there was no heartbeat in 4 min");
        facts.elapsed = Duration::ZERO;
        assert!(facts.last_words().contains("no time has passed"));
        facts.ended = Some("no configuration".to_owned());
        assert_eq!(
            facts.last_words(),
            "the extension has ended: no configuration"
        );
    }

    #[test]
    fn a_key_that_is_not_of_the_manifest_is_told() {
        let facts = facts(&[], &[]);
        assert_eq!(facts.not_of_the_manifest("lb.cpu"), None);
        assert_eq!(
            facts.not_of_the_manifest("lb.cpus").as_deref(),
            Some("the manifest does not have `lb.cpus`: did you mean `lb.cpu`?")
        );
    }
}
