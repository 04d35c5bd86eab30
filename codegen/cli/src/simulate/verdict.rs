//! Whether what had to hold did.

use std::fmt::Write as _;

use extyped_simulator::{Severity, Simulator};

use super::args::SimulateArgs;
use super::child::{CAN_BE_ASKED, exit, is_end_by};
use super::entry::{counted, one_line};
use super::expect::Expectations;
use super::session::{Ended, Killed, Why};
use super::subject::Subject;

/// Most metrics that one sentence names.
const NAMED: usize = 8;

/// What a run is judged by.
pub(crate) struct Judged<'a> {
    pub(crate) args: &'a SimulateArgs,
    pub(crate) subject: &'a Subject,
    /// The feature sets that are on.
    pub(crate) feature_sets: &'a [String],
    pub(crate) simulator: &'a Simulator,
    pub(crate) expectations: &'a Expectations,
    pub(crate) ended: &'a Ended,
}

impl Judged<'_> {
    /// A sentence for each thing that did not hold; none if all is well.
    pub(crate) fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        failures.extend(self.process().or_else(|| self.left()));
        failures.extend(self.fastcheck());
        failures.extend(self.expectations.unmet(self.simulator));
        failures.extend(self.not_covered());
        failures.extend(self.status());
        failures.extend(self.forbidden());
        failures
    }

    /// The extension failed.
    fn process(&self) -> Option<String> {
        let ended = self.ended;
        let status = ended.exit?;
        match ended.killed {
            None | Some(Killed::Left) => {}
            Some(Killed::Late) => return Some(self.late("the extension")),
            Some(Killed::AskedAgain) => {
                return Some("the extension was killed before it had ended".to_owned());
            }
        }
        let told = exit(status);
        let after = ended.after.as_secs_f64();
        match ended.why {
            Why::ByItself if status.code().is_none() => {
                Some(format!("the extension was {told} after {after:.1} s"))
            }
            Why::ByItself if self.args.fastcheck && status.success() => None,
            Why::ByItself if status.success() => Some(format!(
                "the extension ended by itself after {after:.1} s, with {told}: it has to run \
                 until it is asked to end"
            )),
            Why::ByItself => Some(format!(
                "the extension ended by itself after {after:.1} s, with {told}"
            )),
            // Before what is said of its end: it was to end without being asked.
            Why::Time if self.args.fastcheck => {
                Some("the fastcheck did not end in time".to_owned())
            }
            // It had no say in how it ended.
            Why::Time | Why::Asked | Why::Unread if !CAN_BE_ASKED => None,
            // It does not handle the signal it was sent, which costs what it
            // had buffered but is no fault of the run.
            Why::Time | Why::Asked | Why::Unread if is_end_by(status, self.args.signal) => None,
            Why::Time | Why::Asked | Why::Unread if status.code().is_none() => Some(format!(
                "the extension was asked to end with {} and {told}",
                self.args.signal.name()
            )),
            Why::Time | Why::Asked | Why::Unread if status.success() => None,
            Why::Time | Why::Asked | Why::Unread => Some(format!(
                "the extension was asked to end and did so with {told}"
            )),
        }
    }

    /// How the first process ended says nothing of an extension behind it.
    fn left(&self) -> Option<String> {
        let is_left = self.ended.killed == Some(Killed::Left);
        is_left.then(|| self.late("what the command started"))
    }

    fn late(&self, who: &str) -> String {
        format!(
            "{who} did not end within {} of {} and was killed",
            humantime::format_duration(self.args.grace),
            self.args.signal.name()
        )
    }

    fn fastcheck(&self) -> Option<String> {
        if !self.args.fastcheck {
            return None;
        }
        match self.simulator.status() {
            None => Some("the fastcheck told no status".to_owned()),
            Some(status) if status.is_error() => Some(format!(
                "the fastcheck found {}: {}",
                status.status,
                one_line(&status.message)
            )),
            Some(_) => None,
        }
    }

    fn not_covered(&self) -> Option<String> {
        if !self.args.must.expect_all {
            return None;
        }
        let missing = never_reported(self.subject, self.feature_sets, self.simulator);
        if missing.is_empty() {
            return None;
        }
        let mut named = missing
            .iter()
            .take(NAMED)
            .map(|key| format!("`{key}`"))
            .collect::<Vec<_>>()
            .join(", ");
        if missing.len() > NAMED {
            let _ = write!(named, " and {} more", missing.len() - NAMED);
        }
        Some(format!(
            "{} of the manifest did not come: {named}",
            counted(missing.len() as u64, "metric")
        ))
    }

    fn status(&self) -> Option<String> {
        let expected = self.args.must.expect_status.as_ref()?;
        let heartbeats = self.simulator.totals().heartbeats;
        let early = match heartbeats {
            0 | 1 => "; a status is told every 50 s, so let it run for a minute",
            _ => "",
        };
        match self.simulator.status() {
            None => Some(format!("expected the status {expected}: no heartbeat came")),
            Some(found) if found.status == *expected => None,
            Some(found) if found.status.is_empty() => Some(format!(
                "expected the status {expected}: the extension had none yet{early}"
            )),
            Some(found) => Some(format!(
                "expected the status {expected}: it is {}, {}{early}",
                found.status,
                if found.message.is_empty() {
                    "without a message".to_owned()
                } else {
                    format!("\"{}\"", one_line(&found.message))
                }
            )),
        }
    }

    fn forbidden(&self) -> Vec<String> {
        let mut failures = Vec::new();
        let invalid = self.simulator.totals().invalid;
        if self.args.must.forbid_invalid && invalid > 0 {
            failures.push(format!(
                "{invalid} invalid: an EEC or the ingest would refuse that"
            ));
        }
        let remarks = self.simulator.findings();
        let remarks = remarks
            .iter()
            .filter(|finding| finding.severity == Severity::Remark)
            .count();
        if self.args.must.forbid_remarks && remarks > 0 {
            failures.push(format!(
                "{}: it is taken but hardly meant",
                counted(remarks as u64, "remark")
            ));
        }
        failures
    }
}

/// The metrics of the manifest that are on and did not come.
pub(crate) fn never_reported(
    subject: &Subject,
    feature_sets: &[String],
    simulator: &Simulator,
) -> Vec<String> {
    let reported = stored_keys(simulator);
    subject
        .metrics
        .iter()
        .filter(|metric| metric.is_on(feature_sets) && !reported.contains(&metric.key))
        .map(|metric| metric.key.clone())
        .collect()
}

/// The keys under which what came is stored.
fn stored_keys(simulator: &Simulator) -> std::collections::BTreeSet<String> {
    simulator
        .metrics()
        .iter()
        .map(|(key, metric)| metric.stored_key(key))
        .collect()
}
