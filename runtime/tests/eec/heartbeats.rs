//! Heartbeats come whatever else happens, and what they are answered counts.

use std::time::Duration;

use extyped::testing::{Call, Eec, Fault};
use extyped::{Endpoint, Endpoints, FirstRuns, PollError, Status, StatusCode};
use serde_json::json;

use crate::support::{Fake, MANIFEST, MINUTE, counting, hanging_in, only, script};
use crate::widest_gap;

#[tokio::test(start_paused = true)]
async fn a_heartbeat_waits_for_nothing() {
    let well = || Fake::new(only("a", counting()));
    let mint = |fault: Fault| fault.on([Call::Mint]);
    let slow = Duration::from_secs(8);
    let cases: [(&str, Fake, Option<Fault>); 6] = [
        ("nothing", well(), None),
        (
            "a slow answer to metrics",
            well(),
            Some(mint(Fault::delay(slow))),
        ),
        ("no answer to metrics", well(), Some(mint(Fault::hang()))),
        (
            "other calls",
            well(),
            Some(Fault::hang().on([Call::Mint, Call::SelfMonitoring, Call::TimeDifference])),
        ),
        ("initialize", well().initialize_for(4 * MINUTE), None),
        (
            "a callback",
            Fake::new(only("a", hanging_in(|_| true))),
            None,
        ),
    ];
    for (what, fake, fault) in cases {
        let eec = Eec::builder(&MANIFEST).start(fake);
        if let Some(fault) = fault {
            eec.simulator().inject(fault);
        }
        eec.pass(10 * MINUTE).await;
        let gap = widest_gap(&eec);
        assert!(gap <= Duration::from_secs(50), "{what}: {gap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_buffer_holds_no_heartbeat_back_and_what_is_lost_is_counted() {
    const LINES: u64 = 20_000;
    let padding = "x".repeat(100);
    let flood = script(move |cx, _| {
        let padding = padding.clone();
        Box::pin(async move {
            for n in 0..LINES {
                let dimensions = [("n", n.to_string()), ("padding", padding.clone())];
                cx.untyped().gauge("flood", dimensions, 1)?;
            }
            Ok(Status::ok())
        })
    });
    let eec = Eec::builder(&MANIFEST).start(Fake::new(only("a", flood)));
    let busy = Fault::status(429).on([Call::Mint]);
    eec.simulator()
        .inject(busy.lasting(9 * MINUTE + MINUTE / 2));
    eec.pass(12 * MINUTE).await;
    assert!(widest_gap(&eec) <= Duration::from_secs(50));
    let status = eec.status().expect("a heartbeat");
    assert_eq!(status.code(), StatusCode::Warning);
    let dropped: u64 = status
        .message()
        .split_once(" lines dropped")
        .and_then(|(before, _)| before.rsplit(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no count in {status}"));
    assert!(dropped > 0);
    let taken = eec.simulator().totals().lines;
    assert_eq!(taken + dropped, 12 * LINES);
}

#[tokio::test(start_paused = true)]
async fn log_levels_take_effect_with_the_answer_that_asks_for_them() {
    let telling = script(|cx, _| {
        Box::pin(async move {
            let second = (cx.timestamp().as_millis() / 1_000) % 1_000;
            tracing::debug!("second {second}");
            tracing::info!("second {second} in general");
            Ok(Status::ok())
        })
    });
    let endpoint = Endpoint::new("a", telling).every(Duration::from_secs(1));
    let fake = Fake::new(Endpoints::from_iter([endpoint]));
    let eec = Eec::builder(&MANIFEST).start(fake);
    let set = |answer| eec.simulator().set_heartbeat_answer("runtime", answer);
    eec.pass(MINUTE).await;
    set(json!({"debuglevel.custom:fake": "debug"}));
    eec.pass(MINUTE).await;
    set(json!({}));
    eec.pass(MINUTE).await;
    let seconds: Vec<u64> = eec
        .log()
        .iter()
        .filter_map(|line| line.split_once("DEBUG second ")?.1.parse().ok())
        .collect();
    // Heartbeats are at seconds 0, 50, 100 and 150. What is due at the very
    // second may be before or after the answer.
    assert_eq!(
        seconds.iter().copied().find(|second| *second > 100),
        Some(101)
    );
    let (first, last) = (seconds[0], seconds[seconds.len() - 1]);
    assert!(first >= 100 && last <= 150, "{first} to {last}");
    let general = eec
        .log()
        .iter()
        .filter(|line| line.ends_with("in general"))
        .count();
    assert_eq!(general, 151, "from second 30 on, whatever is asked for");

    eec.simulator().set_heartbeat_answer("debugmode", "1");
    eec.pass(MINUTE).await;
    let calls = eec
        .log()
        .iter()
        .filter(|line| line.contains("GET http://eec.test/timediffms"))
        .count();
    assert!(calls > 0, "the runtime tells of its calls, too");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_the_eec_asks_for_is_told_once() {
    let eec = Eec::builder(&MANIFEST).start(Fake::new(only("a", counting())));
    eec.simulator()
        .set_heartbeat_answer("tasks", json!(["reload"]));
    eec.pass(5 * MINUTE).await;
    let told = eec.log();
    let told = told
        .iter()
        .filter(|line| line.contains("the task `reload`"));
    assert_eq!(told.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_is_not_understood_is_told_once_and_the_next_is_on_time() {
    let eec = Eec::builder(&MANIFEST).start(Fake::new(only("a", counting())));
    eec.pass(MINUTE).await;
    eec.simulator()
        .inject(Fault::html().on([Call::Alive]).lasting(2 * MINUTE));
    eec.pass(4 * MINUTE).await;
    let told = eec
        .log()
        .iter()
        .filter(|line| line.contains("it is no JSON"))
        .count();
    assert_eq!(told, 1);
    eec.assert_status(StatusCode::Ok);
}

#[tokio::test(start_paused = true)]
async fn the_status_is_that_of_the_moment() {
    let failing = script(|_, run| {
        Box::pin(async move {
            match run {
                1 => Err(PollError::other("out of paper")),
                _ => Ok(Status::ok()),
            }
        })
    });
    // At seconds 35, 95, 155 and 215.
    let eec = Eec::builder(&MANIFEST)
        .first_runs(FirstRuns::spread_from(30))
        .start(Fake::new(only("a", failing)));
    eec.pass(4 * MINUTE).await;
    let heartbeats = eec.simulator().heartbeats();
    let told: Vec<_> = heartbeats
        .iter()
        .map(|heartbeat| (heartbeat.at.as_secs(), heartbeat.item.status.as_str()))
        .collect();
    assert_eq!(
        told[..5],
        [
            (0, "OK"),
            (50, "OK"),
            (100, "GENERIC_ERROR"),
            (150, "GENERIC_ERROR"),
            (200, "OK")
        ]
    );
}
