//! What the view shows of the simulated EEC, at one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use extyped_simulator::{FaultProgress, Heartbeat, MetricSummary, Simulator, Totals};
use humantime::format_duration;

use crate::simulate::subject::Metric;

/// What does not change while it runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) url: String,
    /// When the run ends by itself.
    pub(crate) limit: Option<Duration>,
    /// The metrics of the manifest.
    pub(crate) metrics: Vec<Metric>,
    /// The feature sets that are on.
    pub(crate) feature_sets: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    pub(crate) elapsed: Duration,
    pub(crate) totals: Totals,
    /// The newest heartbeat, and when it came.
    pub(crate) status: Option<(Heartbeat, Duration)>,
    pub(crate) rows: Vec<Row>,
    /// The faults, in force or to come.
    pub(crate) faults: Vec<String>,
    /// Whether connections are taken.
    pub(crate) is_up: bool,
}

/// A row of the table of metrics.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) state: State,
    pub(crate) lines: u64,
    pub(crate) series: u64,
    pub(crate) last: String,
    /// When the newest line came.
    pub(crate) at: Option<Duration>,
    pub(crate) note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It came, as the manifest has it.
    Reported,
    /// The manifest has it, and it did not come yet.
    Awaited,
    /// Its feature set is off.
    Off,
    /// It came, and the manifest does not have it.
    Unlisted,
}

impl Snapshot {
    pub(crate) fn take(simulator: &Simulator, facts: &Facts) -> Self {
        Snapshot {
            elapsed: simulator.elapsed(),
            totals: simulator.totals(),
            status: simulator
                .heartbeats()
                .pop()
                .map(|newest| (newest.item, newest.at)),
            rows: rows(facts, &simulator.metrics()),
            faults: simulator.fault_progress().iter().map(progress).collect(),
            is_up: simulator.is_up(),
        }
    }
}

/// The metrics of the manifest in its order, then what else came.
fn rows(facts: &Facts, metrics: &BTreeMap<String, MetricSummary>) -> Vec<Row> {
    let stored: BTreeMap<String, &str> = metrics
        .iter()
        .map(|(key, metric)| (metric.stored_key(key), key.as_str()))
        .collect();
    let mut shown = BTreeSet::new();
    let mut rows = Vec::with_capacity(facts.metrics.len());
    for listed in &facts.metrics {
        let is_on = listed.is_on(&facts.feature_sets);
        let off = || format!("feature set {} is off", listed.feature_sets.join(", "));
        let Some(&key) = stored.get(&listed.key) else {
            rows.push(Row {
                key: listed.key.clone(),
                state: if is_on { State::Awaited } else { State::Off },
                lines: 0,
                series: 0,
                last: String::new(),
                at: None,
                note: if is_on { String::new() } else { off() },
            });
            continue;
        };
        shown.insert(key);
        let note = match (is_on, key == listed.key) {
            (false, _) => off(),
            (true, false) => format!("reported as {key}"),
            (true, true) => String::new(),
        };
        if let Some(metric) = metrics.get(key) {
            rows.push(row(&listed.key, State::Reported, metric, note));
        }
    }
    for (key, metric) in metrics {
        if !shown.contains(key.as_str()) {
            let stored = metric.stored_key(key);
            let note = if stored == *key {
                "not in the manifest".to_owned()
            } else {
                format!("stored as {stored}")
            };
            rows.push(row(key, State::Unlisted, metric, note));
        }
    }
    rows
}

fn row(key: &str, state: State, metric: &MetricSummary, note: String) -> Row {
    Row {
        key: key.to_owned(),
        state,
        lines: metric.lines,
        series: metric.series,
        last: metric.last.to_string(),
        at: Some(metric.last_at),
        note,
    }
}

/// A fault and what is left of it.
fn progress(progress: &FaultProgress) -> String {
    let seconds = |time: Duration| {
        // Up, so that it does not say nothing is left while something is.
        let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
        format_duration(Duration::from_secs(seconds)).to_string()
    };
    let mut left = Vec::new();
    if progress.begins_in.is_zero() {
        left.extend(
            progress
                .ends_in
                .map(|time| format!("{} left", seconds(time))),
        );
    } else {
        left.push(format!("in {}", seconds(progress.begins_in)));
    }
    left.extend(
        progress
            .calls_left
            .map(|calls| format!("{calls} more of them")),
    );
    if left.is_empty() {
        progress.fault.to_string()
    } else {
        format!("{} ({})", progress.fault, left.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn metric(key: &str, feature_set: &str) -> Metric {
        Metric {
            key: key.to_owned(),
            feature_sets: vec![feature_set.to_owned()],
        }
    }

    #[tokio::test(start_paused = true)]
    async fn metrics_of_the_manifest_come_first_and_what_is_odd_is_said() {
        let simulator = Simulator::builder().token("t").data_source_id("7").build();
        let mut stream = simulator.connect().expect("it is up");
        let body =
            "b.count count,delta=2\nc.d 1\nc.d,x=1 2\nj.k count,delta=1\nr.s count,delta=1\nz.z 1";
        let head = format!(
            "POST /mint/7 HTTP/1.1\r\nhost: x\r\nauthorization: Api-Token t\r\nconnection: close\r\n\
             content-type: text/plain\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("a pipe");
        stream.write_all(body.as_bytes()).await.expect("a pipe");
        stream
            .read_to_end(&mut Vec::new())
            .await
            .expect("an answer");
        for fault in ["mint=429:90s:3x", "all=delay:1s@10s", "alive=drop"] {
            simulator.inject(fault.parse().expect("a fault"));
        }
        let facts = Facts {
            metrics: vec![
                metric("z.off", "more"),
                metric("b.count", "default"),
                metric("a.awaited", "default"),
                metric("j.k.count", "more"),
                metric("r.s.count", "on"),
                metric("c.d", "on"),
            ],
            feature_sets: vec!["on".to_owned()],
            ..Facts::default()
        };
        tokio::time::advance(Duration::from_millis(500)).await;
        let snapshot = Snapshot::take(&simulator, &facts);
        let told: Vec<_> = snapshot
            .rows
            .iter()
            .map(|row| {
                (
                    row.key.as_str(),
                    row.state,
                    row.lines,
                    row.series,
                    row.note.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("z.off", State::Off, 0, 0, "feature set more is off"),
                ("b.count", State::Reported, 1, 1, ""),
                ("a.awaited", State::Awaited, 0, 0, ""),
                (
                    "j.k.count",
                    State::Reported,
                    1,
                    1,
                    "feature set more is off"
                ),
                ("r.s.count", State::Reported, 1, 1, "reported as r.s"),
                ("c.d", State::Reported, 2, 2, ""),
                ("z.z", State::Unlisted, 1, 1, "not in the manifest"),
            ]
        );
        assert_eq!(
            snapshot.faults,
            [
                "mint=429:1m30s:3x (1m 30s left, 3 more of them)",
                "all=delay:1s@10s (in 10s)",
                "alive=drop"
            ]
        );
    }
}
