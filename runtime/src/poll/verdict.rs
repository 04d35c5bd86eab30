//! From what happened in a cycle to the status of its endpoint.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::board::Posted;
use crate::report::Refused;
use crate::{Status, StatusCode, text};

/// How many refused metrics the status names; the rest is counted.
const NAMED: usize = 3;

/// What happened in a cycle besides what the callback said of it.
#[derive(Debug, Default)]
pub(super) struct Happened<'a> {
    pub(super) callback: &'a str,
    pub(super) elapsed: Duration,
    pub(super) interval: Duration,
    /// How long it waited for its turn.
    pub(super) waited: Duration,
    /// Ticks that passed while it ran, and in all.
    pub(super) skipped: u32,
    pub(super) skipped_in_all: u64,
    pub(super) refused: &'a [Refused],
    /// When it is polled next, if that is not an interval away.
    pub(super) next_in: Option<Duration>,
}

/// The status of a callback that did not come back in time.
pub(super) fn late(callback: &str, age: Duration, deadline: Duration, kept: usize) -> Posted {
    let why = "the endpoint is slow, or the deadline too short (see `Endpoint::deadline`)";
    Posted {
        status: Status::new(
            StatusCode::DeviceConnectionError,
            format!(
                "{callback} hung and was canceled after {}, its deadline is {}; {} reported before \
                 that {} kept: {why}",
                text::duration(age),
                text::duration(deadline),
                text::count(kept as u64, "line"),
                if kept == 1 { "was" } else { "were" },
            ),
        ),
        gist: Status::new(
            StatusCode::DeviceConnectionError,
            format!("{callback} hung and was canceled"),
        ),
    }
}

/// The status of a callback that still runs although its next tick has come.
pub(crate) fn overdue(
    callback: &str,
    age: Duration,
    interval: Duration,
    deadline: Duration,
) -> Posted {
    Posted {
        status: Status::new(
            StatusCode::GenericError,
            format!(
                "{callback} has been running for {}, longer than its interval of {}; it is canceled \
                 at its deadline of {}",
                text::duration(age),
                text::duration(interval),
                text::duration(deadline),
            ),
        ),
        gist: Status::new(StatusCode::GenericError, overrun(callback)),
    }
}

/// The status of a callback that runs on although it was canceled.
pub(super) fn blocking(callback: &str, age: Duration, deadline: Duration) -> Posted {
    Posted {
        status: Status::new(
            StatusCode::GenericError,
            format!(
                "{callback} has been running for {}, its deadline is {}, and it cannot be canceled \
                 because it blocks its thread; it is not called again until it is done: the \
                 extension must use tokio::task::spawn_blocking for calls that wait",
                text::duration(age),
                text::duration(deadline),
            ),
        ),
        gist: Status::new(
            StatusCode::GenericError,
            format!("{callback} blocks its thread"),
        ),
    }
}

pub(super) fn panicked(callback: &str, words: &str) -> Status {
    Status::new(
        StatusCode::GenericError,
        format!("{callback} panicked: {words}: this is a mistake in the extension"),
    )
}

fn overrun(callback: &str) -> String {
    format!("{callback} takes longer than its interval")
}

/// Adds to what the callback said whatever else the operator has to know. What
/// it said stays in front.
pub(super) fn complete(said: &Posted, happened: &Happened<'_>) -> Posted {
    let mut code = said.status.code();
    let mut parts = Parts::of(&said.status);
    let mut gist = Parts::of(&said.gist);
    if happened.elapsed > happened.interval {
        if !code.is_error() {
            code = StatusCode::GenericError;
        }
        parts.push(format!(
            "{} took {}, longer than its interval of {}: poll less often, or give it less to do",
            happened.callback,
            text::duration(happened.elapsed),
            text::duration(happened.interval),
        ));
        gist.push(overrun(happened.callback));
    }
    if happened.waited > happened.interval {
        code = at_least_warning(code);
        parts.push(format!(
            "waited {} because as many endpoints as may be were being polled: allow more at once, or \
             poll less often",
            text::duration(happened.waited),
        ));
        gist.push("waited for its turn".to_owned());
    }
    if happened.skipped > 0 {
        code = at_least_warning(code);
        parts.push(format!(
            "{} skipped, {} since the start",
            text::count(happened.skipped.into(), "tick"),
            happened.skipped_in_all,
        ));
    }
    if !happened.refused.is_empty() {
        code = at_least_warning(code);
        let by_metric = by_metric(happened.refused);
        parts.push(refused(&by_metric));
        for metric in by_metric.keys().take(NAMED) {
            gist.push(format!("{metric} not sent"));
        }
    }
    if let Some(next) = happened.next_in {
        parts.push(format!(
            "polled again in {} instead of {}",
            text::duration(next),
            text::duration(happened.interval),
        ));
    }
    Posted {
        status: parts.with(code),
        gist: gist.with(code),
    }
}

/// The sentences of a status.
struct Parts(Vec<String>);

impl Parts {
    fn of(status: &Status) -> Self {
        let message = status.message();
        Parts(Vec::from_iter(
            (!message.is_empty()).then(|| message.to_owned()),
        ))
    }

    fn push(&mut self, part: String) {
        self.0.push(part);
    }

    fn with(self, code: StatusCode) -> Status {
        Status::new(code, self.0.join("; "))
    }
}

fn at_least_warning(code: StatusCode) -> StatusCode {
    match code {
        StatusCode::Ok => StatusCode::Warning,
        worse => worse,
    }
}

/// How many values of each metric were refused, and why first: the log has all
/// causes.
fn by_metric(all: &[Refused]) -> BTreeMap<&str, (u64, String)> {
    let mut by_metric: BTreeMap<&str, (u64, String)> = BTreeMap::new();
    for refused in all {
        let (count, _) = by_metric
            .entry(&refused.metric)
            .or_insert_with(|| (0, refused.cause.to_string()));
        *count += refused.count;
    }
    by_metric
}

/// `5 values not sent: lb.cpu (3, the number is NaN or infinite), …`
fn refused(by_metric: &BTreeMap<&str, (u64, String)>) -> String {
    let total: u64 = by_metric.values().map(|(count, _)| count).sum();
    let named: Vec<String> = by_metric
        .iter()
        .take(NAMED)
        .map(|(metric, (count, cause))| format!("{metric} ({count}, {cause})"))
        .collect();
    let mut text = format!(
        "{} not sent: {}",
        text::count(total, "value"),
        named.join(", ")
    );
    if by_metric.len() > NAMED {
        // Writing to a string cannot fail.
        let _ = write!(text, " and {} more", by_metric.len() - NAMED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{EnabledMetrics, Recorder, Set};
    use crate::{Kind, Manifest, Metric};

    static MANIFEST: Manifest = Manifest::new(
        "custom:x",
        "1.0.0",
        &[Metric::new("lb.cpu", Kind::Gauge, &[])],
        &[],
    );

    fn happened() -> Happened<'static> {
        Happened {
            callback: "query",
            elapsed: Duration::from_secs(1),
            interval: Duration::from_mins(1),
            ..Happened::default()
        }
    }

    fn complete(said: &Status, happened: &Happened<'_>) -> Status {
        super::complete(&said.clone().into(), happened).status
    }

    #[test]
    fn a_cycle_without_incident_is_what_the_callback_said() {
        let status = Status::warning("fan 2 is slow");
        assert_eq!(complete(&status, &happened()), status);
        assert_eq!(complete(&Status::ok(), &happened()), Status::ok());
    }

    #[test]
    fn a_run_longer_than_its_interval_is_an_error_that_names_both_durations() {
        let long = Happened {
            elapsed: Duration::from_secs(75),
            skipped: 1,
            skipped_in_all: 3,
            ..happened()
        };
        assert_eq!(
            complete(&Status::ok(), &long).to_string(),
            "GENERIC_ERROR - query took 75 s, longer than its interval of 60 s: poll less often, or \
             give it less to do; 1 tick skipped, 3 since the start"
        );
        let broken = Status::new(StatusCode::DeviceConnectionError, "refused");
        assert_eq!(
            complete(&broken, &long).code(),
            StatusCode::DeviceConnectionError
        );
    }

    #[test]
    fn refused_values_are_a_warning_that_counts_them_by_metric() {
        let recorder = Recorder::new(&MANIFEST, EnabledMetrics::all(&MANIFEST));
        recorder.begin(None);
        let mut set = Set::open(&recorder);
        set.gauge(0, "lb.cpu", f64::NAN);
        set.gauge(0, "lb.cpu", f64::INFINITY);
        drop(set);
        let refused = recorder.drain().refused;
        let status = complete(
            &Status::ok(),
            &Happened {
                refused: &refused,
                ..happened()
            },
        );
        assert_eq!(
            status.to_string(),
            "WARNING - 2 values not sent: lb.cpu (2, the number is NaN or infinite)"
        );
    }

    #[test]
    fn a_hang_names_the_callback_its_age_and_its_deadline() {
        let secs = Duration::from_secs;
        let table = [
            (
                overdue("query", secs(75), secs(60), secs(180)),
                "GENERIC_ERROR - query has been running for 75 s, longer than its interval of 60 s; \
                 it is canceled at its deadline of 3 min",
            ),
            (
                late("inventory", secs(46), secs(45), 1),
                "DEVICE_CONNECTION_ERROR - inventory hung and was canceled after 46 s, its deadline \
                 is 45 s; 1 line reported before that was kept: the endpoint is slow, or the \
                 deadline too short (see `Endpoint::deadline`)",
            ),
            (
                blocking("query", secs(106), secs(45)),
                "GENERIC_ERROR - query has been running for 106 s, its deadline is 45 s, and it \
                 cannot be canceled because it blocks its thread; it is not called again until it \
                 is done: the extension must use tokio::task::spawn_blocking for calls that wait",
            ),
        ];
        for (posted, text) in table {
            assert_eq!(posted.status.to_string(), text);
        }
    }

    #[test]
    fn ages_and_totals_are_not_the_gist() {
        let posted = |age: u64, skipped_in_all| {
            let said = late(
                "query",
                Duration::from_secs(age),
                Duration::from_secs(45),
                3,
            );
            let happened = Happened {
                elapsed: Duration::from_secs(age),
                skipped: 1,
                skipped_in_all,
                ..happened()
            };
            super::complete(&said, &happened)
        };
        let (before, after) = (posted(70, 1), posted(71, 2));
        assert_ne!(before.status, after.status);
        assert_eq!(before.gist, after.gist);
        let running = |age| {
            let minute = Duration::from_mins(1);
            overdue("query", Duration::from_secs(age), minute, minute * 3)
        };
        assert_eq!(running(75).gist, running(125).gist);
    }

    #[test]
    fn a_stretched_interval_is_told() {
        let limited = Happened {
            next_in: Some(Duration::from_mins(4)),
            ..happened()
        };
        assert_eq!(
            complete(&Status::warning("429"), &limited).message(),
            "429; polled again in 4 min instead of 60 s"
        );
    }
}
