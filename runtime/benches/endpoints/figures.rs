//! From what was seen to figures.

use std::collections::BTreeMap;
use std::fmt;

use crate::extension::Seen;
use crate::process::Usage;
use crate::settings::{INTERVAL, Settings};

/// What is required.
const JITTER_P99_MILLIS: f64 = 250.0;
/// 100 MB, the limit of the `OneAgent` for a data source.
const RSS_MIB: f64 = 95.3;

/// The figures of one run.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    polls_a_minute: f64,
    /// Polls of healthy endpoints that should have been and were not, or
    /// brought no answer.
    missed: u64,
    flaps: u64,
    /// From the moment a poll was due to the moment it began, in milliseconds.
    jitter: [f64; 3],
    usage: Usage,
    cpu_percent: f64,
    lines: u64,
    load: String,
}

/// The medians of several runs; of what must not happen, the sum.
#[derive(Debug)]
pub(crate) struct Figures {
    polls_a_minute: f64,
    missed: u64,
    flaps: u64,
    jitter_p99: f64,
    peak_rss_mib: f64,
    cpu_percent: f64,
}

impl Run {
    pub(crate) fn new(settings: &Settings, report: &str, usage: Usage, load: String) -> Self {
        let seen: Seen = serde_json::from_str(report).unwrap();
        let mut late: Vec<i64> = seen.polls.iter().map(|(_, _, late)| *late).collect();
        late.sort_unstable();
        let jitter = [0.5, 0.99, 1.0].map(|share| percentile(&late, share));
        #[allow(clippy::cast_precision_loss, reason = "figures for people")]
        let (polls, minutes, cpu) = (
            seen.polls.len() as f64,
            settings.minutes as f64,
            usage.cpu as f64,
        );
        Run {
            polls_a_minute: polls / minutes,
            missed: missed(settings, &seen) + seen.failed,
            flaps: seen.flaps,
            jitter,
            usage,
            cpu_percent: cpu / minutes / 60.0,
            lines: seen.lines,
            load,
        }
    }
}

/// Polls of healthy endpoints that should have been and were not: between the
/// ticks there were, before the first and after the last.
fn missed(settings: &Settings, seen: &Seen) -> u64 {
    let mut ticks: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    for (endpoint, tick, _) in &seen.polls {
        ticks.entry(*endpoint).or_default().push(*tick);
    }
    let start = seen
        .polls
        .iter()
        .map(|(_, tick, _)| *tick)
        .min()
        .unwrap_or_default();
    let interval = i64::try_from(INTERVAL.as_millis()).unwrap();
    let length = i64::try_from(settings.duration().as_millis()).unwrap();
    (0..settings.endpoints)
        .filter(|&endpoint| !settings.hangs(endpoint))
        .map(|endpoint| {
            let ticks = ticks.get(&endpoint).map(Vec::as_slice).unwrap_or_default();
            let first = ticks.first().copied().unwrap_or(start);
            // Without one in the first minute, that is a poll that was missed.
            let late = (first - start) / interval;
            // A tick of the last second may not have begun.
            let due = (start + length - 1_000 - first) / interval + 1;
            u64::try_from(late + due - i64::try_from(ticks.len()).unwrap()).unwrap_or_default()
        })
        .sum()
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people"
)]
fn percentile(sorted: &[i64], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default() as f64 / 1_000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

impl Figures {
    pub(crate) fn of(runs: &[Run]) -> Self {
        let median = |of: fn(&Run) -> f64| median(runs.iter().map(of).collect());
        Figures {
            polls_a_minute: median(|run| run.polls_a_minute),
            missed: runs.iter().map(|run| run.missed).sum(),
            flaps: runs.iter().map(|run| run.flaps).sum(),
            jitter_p99: median(|run| run.jitter[1]),
            peak_rss_mib: median(|run| mib(run.usage.peak_rss)),
            cpu_percent: median(|run| run.cpu_percent),
        }
    }

    pub(crate) fn keep_what_is_required(&self) -> bool {
        self.missed == 0
            && self.flaps == 0
            && self.jitter_p99 < JITTER_P99_MILLIS
            && self.peak_rss_mib < RSS_MIB
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, all] = self.jitter;
        writeln!(f, "  polls a minute      {:.0}", self.polls_a_minute)?;
        writeln!(f, "  missed, healthy     {}", self.missed)?;
        writeln!(f, "  status flaps        {}", self.flaps)?;
        writeln!(
            f,
            "  start jitter        median {half:.1} ms, p99 {most:.1} ms, max {all:.1} ms"
        )?;
        writeln!(
            f,
            "  RSS                 peak {:.1} MiB",
            mib(self.usage.peak_rss)
        )?;
        writeln!(
            f,
            "  threads, files      {}, {}",
            self.usage.threads, self.usage.open_files
        )?;
        writeln!(f, "  CPU of one core     {:.1} %", self.cpu_percent)?;
        writeln!(f, "  lines               {}", self.lines)?;
        write!(f, "  load of the machine {} at the start", self.load)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, name, ours: String, wanted, sdk| {
            writeln!(f, "{name:<24}{ours:>12}  {wanted:<12}{sdk}")
        };
        row(
            f,
            "median of the runs",
            "extyped".to_owned(),
            "required",
            "Python SDK 1.11.2",
        )?;
        row(
            f,
            "polls a minute",
            format!("{:.0}", self.polls_a_minute),
            "all",
            "5983",
        )?;
        row(f, "missed, healthy", self.missed.to_string(), "0", "")?;
        row(f, "status flaps", self.flaps.to_string(), "0", "")?;
        row(
            f,
            "start jitter p99, ms",
            format!("{:.1}", self.jitter_p99),
            "< 250",
            "queue grows",
        )?;
        row(
            f,
            "peak RSS, MiB",
            format!("{:.1}", self.peak_rss_mib),
            "< 95.3",
            "61",
        )?;
        row(
            f,
            "CPU of one core, %",
            format!("{:.1}", self.cpu_percent),
            "",
            "4.1 s in all",
        )
    }
}
