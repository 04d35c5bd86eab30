//! Faults of callbacks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use extyped::{
    Cycle, Endpoint, Endpoints, FirstRuns, MemorySink, Schedule, Status, StatusCode, Verdict,
};

use crate::support::{
    Fake, MINUTE, Script, counting, hanging_in, minutes, only, run, script, status_of,
};

#[tokio::test(start_paused = true)]
async fn a_callback_that_hangs_is_canceled_named_and_called_again() {
    let sink = MemorySink::new();
    let fake = Fake::new(only("lb-1", hanging_in(|_| true)));
    let runtime = fake.builder().sink(sink.clone()).build().expect("complete");
    // Until the middle of the fourth run, which hangs like the others.
    let asked = 3 * MINUTE + MINUTE / 2;
    let ended = tokio::time::timeout(4 * MINUTE, runtime.run(tokio::time::sleep(asked)));
    ended.await.expect("it ends although a callback hangs");
    assert_eq!(minutes(&sink, "run.lb-1"), [0.0, 1.0, 2.0, 3.0]);
    let status = status_of(&sink, "lb-1");
    for part in ["DEVICE_CONNECTION_ERROR", "query", "its deadline is 45 s"] {
        assert!(status.contains(part), "{part}: {status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_panics_says_so_and_runs_again() {
    let runs = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&runs);
    let panics = script(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        panic!("exit 3")
    });
    let sink = Fake::new(only("a", panics)).cycles(7).await;
    assert_eq!(runs.load(Ordering::SeqCst), 7, "as often as it was due");
    assert_eq!(
        status_of(&sink, "a"),
        "GENERIC_ERROR - query panicked: exit 3: this is a mistake in the extension"
    );
}

#[tokio::test(start_paused = true)]
async fn callbacks_have_names_and_each_endpoint_its_own_runs() {
    async fn inventory(_: &Fake, cx: &Cycle<Fake>) -> Verdict {
        cx.untyped()
            .gauge("inventory", [("of", cx.endpoint_name())], 1)?;
        Err(extyped::PollError::other("no disks"))
    }
    let endpoints: Endpoints<Script> = (0..10).map(|n| (format!("e{n}"), counting())).collect();
    let fake = Fake::new(endpoints);
    let schedule = Schedule::new("inventory", MINUTE, inventory).offset(Duration::ZERO);
    fake.schedules.lock().expect("unpoisoned").push(schedule);
    let sink = MemorySink::new();
    let builder = fake.builder().first_runs(FirstRuns::spread_from(31));
    run(builder.sink(sink.clone()).cycles(1)).await;

    let at = minutes(&sink, "inventory");
    assert_eq!(at, [0.0; 10], "an offset of zero is at once, not at random");
    let executions: f64 = sink
        .self_monitoring()
        .iter()
        .filter(|line| line.contains("execution.count,callback=\"inventory\""))
        .filter_map(|line| line.rsplit_once("delta=")?.1.parse::<f64>().ok())
        .sum();
    assert!((executions - 10.0).abs() < f64::EPSILON, "{executions}");
    assert_eq!(
        status_of(&sink, "e3"),
        "WARNING - inventory: GENERIC_ERROR - no disks",
        "which callback of which endpoint"
    );
}

#[tokio::test(start_paused = true)]
async fn more_endpoints_than_threads_are_polled_at_their_pace() {
    let endpoints: Endpoints<Script> = (0..300)
        .map(|n| {
            let slow = script(|cx: &Cycle<Fake>, run| {
                Box::pin(async move {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    crate::support::report(cx, run)?;
                    Ok(Status::ok())
                })
            });
            Endpoint::new(format!("e{n}"), slow).every(Duration::from_secs(2))
        })
        .collect();
    let sink = Fake::new(endpoints).cycles(30).await;
    let every_two_seconds: Vec<f64> = (0..30).map(|n| f64::from(n) / 30.0).collect();
    for n in 0..300 {
        assert_eq!(minutes(&sink, &format!("run.e{n}")), every_two_seconds);
    }
    let status = sink.status().expect("there is one");
    assert_eq!(status.code(), StatusCode::Ok, "{status}");
}

#[tokio::test(start_paused = true)]
async fn more_hung_endpoints_than_may_run_at_once_stop_the_others_only_once() {
    let hung = (0..40).map(|n| (format!("hung-{n}"), hanging_in(|_| true)));
    let well = (0..4).map(|n| (format!("well-{n}"), counting()));
    let endpoints: Endpoints<Script> = hung.chain(well).collect();
    let sink = Fake::new(endpoints.at_once(8)).cycles(20).await;
    for n in 0..4 {
        let at = minutes(&sink, &format!("run.well-{n}"));
        // In the first minutes nobody knows yet who hangs; 40 that do take
        // eight places for 45 s each, five times over.
        let settled: Vec<f64> = at.into_iter().filter(|at| *at >= 4.0).collect();
        let every_minute: Vec<f64> = (4..=20).map(f64::from).collect();
        assert!(settled.starts_with(&every_minute[..16]), "{settled:?}");
    }
}
