//! Faults of the Extension Execution Controller (EEC), and of the way to it.
//! What heartbeats and log levels have to do with it is in `tests/eec`.

use std::time::Duration;

use extyped::testing::{Call, Eec, Fault, Request};
use extyped::{
    Cycle, DropCause, Finished, LogEvent, PollError, Severity, Status, StatusCode, Tally,
};
use tokio::time::Instant;

use crate::support::{Fake, MANIFEST, MINUTE, Script, only, script};

const SECOND: Duration = Duration::from_secs(1);

/// An endpoint that does this when it is polled, and is well.
fn reporting(report: impl Fn(&Cycle<Fake>, u32) + Send + Sync + 'static) -> Script {
    script(move |cx, run| {
        report(cx, run);
        Box::pin(std::future::ready(Ok(Status::ok())))
    })
}

/// Adds one to each of so many series, which are told apart by the run.
fn ones(cx: &Cycle<Fake>, run: u32, series: u32) {
    for n in 0..series {
        let id = format!("{run}-{n}");
        let counted = cx.untyped().count("done.count", [("id", id)], 1);
        counted.expect("a line");
    }
}

fn start(endpoint: Script) -> Eec {
    Eec::builder(&MANIFEST).start(Fake::new(only("db-1", endpoint)))
}

fn requests(eec: &Eec, call: Call) -> Vec<Request> {
    let all = eec.simulator().requests();
    all.into_iter()
        .filter(|request| request.call == Some(call))
        .collect()
}

fn tally<'f>(finished: &'f Finished, stream: &str) -> &'f Tally {
    let mut tallies = finished.tallies.iter();
    tallies
        .find(|tally| tally.stream() == stream)
        .expect("every stream has one")
}

/// Every one that was reported so often arrived, and none twice.
fn assert_once(eec: &Eec, count: usize) {
    let lines = eec.assert_metric("done.count").times(count as u64);
    let mut ids: Vec<_> = lines
        .lines()
        .iter()
        .map(|line| line.item.dimension("id"))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[tokio::test(start_paused = true)]
async fn metrics_that_are_not_taken_are_kept_within_bounds_and_told() {
    // Ten megabytes each minute, of which sixteen are kept.
    let flood = reporting(|cx, run| {
        let filling = "x".repeat(240);
        let fillings: Vec<_> = (0..45).map(|n| format!("filling.f{n}")).collect();
        for n in 0..900 {
            let id = format!("{run}-{n}");
            let fillings = fillings.iter().map(|key| (key.as_str(), filling.as_str()));
            let dimensions = fillings.chain([("id", id.as_str())]);
            let counted = cx.untyped().count("done.count", dimensions, 1);
            counted.expect("a line");
        }
    });
    let eec = start(flood);
    let simulator = eec.simulator();
    simulator.inject(Fault::drop().on([Call::Mint]).lasting(2 * MINUTE));
    simulator.inject(
        Fault::status(503)
            .with_html_body()
            .on([Call::Mint])
            .after(2 * MINUTE)
            .lasting(2 * MINUTE),
    );
    eec.pass(4 * MINUTE).await;
    let status = eec.status().expect("it has been polled").to_string();
    for part in [
        "EEC, sending metrics",
        "dropped since the start",
        "the oldest first",
    ] {
        assert!(status.contains(part), "{part}: {status}");
    }
    assert!(eec.log().iter().any(|line| line.contains("dropped since")));

    eec.pass(4 * MINUTE).await;
    let taken = simulator.totals().lines;
    let finished = eec.stop().await;
    let metrics = tally(&finished, "metrics");
    let dropped = metrics.dropped();
    assert!(dropped.by(DropCause::BufferFull) > 0, "{metrics:?}");
    assert_eq!(dropped.total(), dropped.by(DropCause::BufferFull));
    assert_eq!(
        metrics.given(),
        metrics.accepted() + dropped.total() + metrics.waiting()
    );
    assert!(taken > 0 && taken <= metrics.accepted());
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_429_is_no_success_and_its_wait_is_heeded() {
    let eec = start(reporting(|cx, run| ones(cx, run, 200)));
    let limited = Fault::status(429).retry_after(20 * SECOND).on([Call::Mint]);
    eec.simulator().inject(limited.lasting(2 * MINUTE));
    eec.pass(MINUTE + 50 * SECOND).await;
    assert_eq!(eec.simulator().totals().lines, 0);
    let status = eec.status().expect("a heartbeat").to_string();
    assert!(status.contains("the EEC answers 429"), "{status}");

    eec.pass(MINUTE).await;
    let tried: Vec<_> = requests(&eec, Call::Mint)
        .iter()
        .map(|request| request.at)
        .collect();
    let refused = tried.windows(2).filter(|pair| pair[1] < 2 * MINUTE);
    assert!(refused.clone().count() > 1, "{tried:?}");
    let shortest = refused.map(|pair| pair[1].saturating_sub(pair[0])).min();
    assert!(shortest >= Some(20 * SECOND), "{tried:?}");
    assert_once(&eec, 400);
    assert_eq!(tally(&eec.stop().await, "metrics").dropped().total(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_asks_for_no_wait_is_not_asked_without_end() {
    let eec = start(reporting(|cx, run| ones(cx, run, 1)));
    let impatient = Fault::status(429).retry_after(Duration::ZERO);
    let impatient = impatient.on([Call::Mint, Call::Alive]).lasting(3 * MINUTE);
    eec.simulator().inject(impatient);
    eec.pass(3 * MINUTE).await;
    for call in [Call::Mint, Call::Alive] {
        let tries = requests(&eec, call).len();
        assert!((5..20).contains(&tries), "{call}: {tries}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_small_log_events_fit_the_requests_that_carry_them() {
    let eec = start(reporting(|cx, run| {
        if run == 0 {
            for n in 0..14_000 {
                cx.log(LogEvent::new(Severity::Info, format!("\"{n}\"")));
            }
        }
    }));
    eec.pass(2 * MINUTE).await;
    let finished = eec.stop().await;
    let logs = tally(&finished, "log events");
    assert_eq!(logs.accepted(), 14_000, "{logs}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_good_is_not_told_for_ever() {
    let eec = start(reporting(|cx, run| {
        if run == 0 {
            cx.event(extyped::Event::new(extyped::EventType::CustomInfo, "once"));
        }
    }));
    eec.simulator()
        .inject(Fault::status(400).on([Call::Events]).times(1));
    eec.pass(2 * MINUTE).await;
    let status = eec.status().expect("a heartbeat").to_string();
    assert!(
        status.contains("EEC, sending events: GENERIC_ERROR"),
        "{status}"
    );
    eec.pass(12 * MINUTE).await;
    eec.assert_status(StatusCode::Ok);
}

/// The metrics of the first poll take three requests of five seconds each. Lets
/// the third fail.
async fn fail_a_later_request(eec: &Eec, fault: Fault) {
    let simulator = eec.simulator();
    simulator.inject(Fault::delay(5 * SECOND).on([Call::Mint]));
    simulator.wait_until(|eec| eec.totals().lines > 0).await;
    // The second is on its way and has met its fault already.
    simulator.inject(fault.on([Call::Mint]).times(1));
}

#[tokio::test(start_paused = true)]
async fn of_several_batches_only_the_one_that_failed_is_sent_again() {
    let eec = start(reporting(|cx, run| ones(cx, run, 2_500)));
    fail_a_later_request(&eec, Fault::status(503)).await;
    eec.pass(MINUTE / 2).await;

    let sent = requests(&eec, Call::Mint);
    let statuses: Vec<_> = sent.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [202, 202, 503, 202].map(Some));
    assert_eq!(sent[2].body, sent[3].body, "the same bytes once more");
    assert_once(&eec, 2_500);
}

#[tokio::test(start_paused = true)]
async fn log_events_survive_a_failed_request_and_the_end_of_the_process() {
    let eec = start(reporting(|cx, run| {
        for n in 0..7 {
            cx.log(LogEvent::new(Severity::Info, format!("{run}-{n}")));
        }
    }));
    eec.simulator()
        .inject(Fault::status(503).on([Call::Logs]).times(1));
    // The second run is at a minute and a half, and its log events wait.
    eec.pass(MINUTE + 40 * SECOND).await;
    let contents = |eec: &extyped::testing::Simulator| -> Vec<String> {
        let logs = eec.logs();
        logs.iter()
            .map(|log| log.item["content"].to_string())
            .collect()
    };
    let simulator = eec.simulator().clone();
    assert_eq!(contents(&simulator).len(), 7, "in spite of the 503");
    assert_eq!(requests(&eec, Call::Logs).len(), 2);
    eec.stop().await;
    let expected = (0..2).flat_map(|run| (0..7).map(move |n| format!("\"{run}-{n}\"")));
    assert_eq!(contents(&simulator), expected.collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn an_item_that_no_request_can_hold_costs_only_itself() {
    let eec = start(reporting(|cx, _| {
        cx.log(LogEvent::new(Severity::Info, "before"));
        cx.log(LogEvent::new(Severity::Info, "x".repeat(6_000_000)));
        cx.log(LogEvent::new(Severity::Info, "after"));
        ones(cx, 0, 3);
    }));
    eec.pass(MINUTE + 20 * SECOND).await;
    let logs = eec.simulator().logs();
    let contents: Vec<_> = logs.iter().map(|log| log.item["content"].clone()).collect();
    assert_eq!(contents, ["before", "after"]);
    assert_once(&eec, 3);
    let finished = eec.stop().await;
    assert_eq!(tally(&finished, "log events").dropped().total(), 1);
    let status = finished.status.expect("a status").to_string();
    assert!(status.contains("1 log event dropped"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_every_request_of_several_counts() {
    let eec = start(reporting(|cx, run| {
        if run == 0 {
            ones(cx, run, 2_500);
        }
    }));
    fail_a_later_request(&eec, Fault::status(400)).await;
    eec.pass(MINUTE).await;
    let statuses: Vec<_> = requests(&eec, Call::Mint)
        .iter()
        .map(|r| r.status)
        .collect();
    assert_eq!(statuses, [202, 202, 400].map(Some));
    let status = eec.status().expect("a heartbeat").to_string();
    assert!(status.contains("500 that EEC refused for good"), "{status}");
    let finished = eec.stop().await;
    let metrics = tally(&finished, "metrics");
    assert_eq!(metrics.dropped().by(DropCause::Refused), 500);
    assert_eq!(metrics.accepted(), 2_000);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_claimed_before_initialize_has_ended() {
    let fake = Fake::new(only("db-1", reporting(|_, _| {})))
        .initialize_for(20 * SECOND)
        .initialize_with(|_| Err(PollError::other("no license")));
    let eec = Eec::builder(&MANIFEST).start(fake);
    let began = Instant::now();
    eec.pass(2 * MINUTE).await;
    let beats = eec.simulator().heartbeats();
    let said: Vec<_> = beats.iter().map(|beat| beat.item.status.as_str()).collect();
    assert_eq!(
        said,
        ["", "GENERIC_ERROR", "GENERIC_ERROR"],
        "{:?}",
        began.elapsed()
    );
    eec.assert_status(StatusCode::GenericError);
}
