//! The task that sends the status of the extension to one sink.

use std::time::Duration;

use crate::StatusChange;
use crate::failures::{Failures, MIN_BACKOFF};
use crate::outlets::Outlets;
use crate::pump::{Pump, next_multiple, send_within};
use crate::sink::StatusRhythm;
use crate::status_report::Told;

/// How often the status is sent when nothing changes, counted from the first:
/// a slow answer does not put off the next.
const HEARTBEAT: Duration = Duration::from_secs(50);

/// How long the first status waits for the initialization. What is sent before
/// it has ended says that nothing is known yet.
const FIRST_STATUS: Duration = Duration::from_secs(1);

/// Sends the status at the start, at every heartbeat, and when it changes if
/// the sink wants that.
///
/// What changed of an endpoint since the last status that the sink took is
/// told by its self-monitoring log, too.
pub(crate) async fn send_statuses(pump: Pump, outlets: Outlets) {
    let Pump {
        outlet,
        board,
        clock,
        drain,
    } = &pump;
    let sink = outlet.sink.as_ref();
    let on_change = sink.status_rhythm() == StatusRhythm::OnChange;
    let mut changed = board.subscribe();
    let mut told = Told::default();
    let mut failures = Failures::new(format!("{}, sending statuses", sink.name()));
    tokio::select! {
        () = board.settled() => {}
        () = clock.sleep(FIRST_STATUS) => {}
        () = drain.begins() => {}
    }
    let first = clock.now();
    let mut taken = false;
    loop {
        let last = drain.has_begun();
        if last && taken && !on_change {
            // Whoever only listens for heartbeats knows that the process ends.
            return;
        }
        changed.mark_unchanged();
        let now = clock.now();
        let heartbeat = next_multiple(first, HEARTBEAT, now);
        let mut report = board.report(now);
        report.changes = told.changes(&report, now);
        let sent = send_within(sink.deadline(), sink.status(&report)).await;
        let next = match sent {
            Ok(()) => {
                taken = true;
                told.took(&report, now);
                failures.recovered(&pump);
                if last {
                    // Nobody would send its log any more.
                    return;
                }
                for log in report.changes.iter().filter_map(StatusChange::to_log) {
                    outlets.self_monitoring_log(outlet, log);
                }
                heartbeat
            }
            Err(error) => match failures.failed(&pump, &error).wait() {
                Some(wait) => heartbeat.min(clock.now() + wait),
                None => heartbeat,
            },
        };
        if last {
            // Bounded by the deadline of the shutdown.
            tokio::time::sleep(MIN_BACKOFF).await;
            continue;
        }
        let failing = failures.is_failing();
        tokio::select! {
            () = clock.sleep_until(next) => {}
            // The board lives as long as this task; and a sink that fails is
            // not asked more often because more goes wrong.
            Ok(()) = changed.changed(), if on_change && !failing => {}
            () = drain.begins() => {}
        }
    }
}
