//! Before polling, and after it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use extyped::{
    Builder, Cycle, Endpoints, MemorySink, PollError, Runtime, Schedule, Status, StatusCode,
};
use tokio::time::Instant;

use crate::support::{Fake, MANIFEST, MINUTE, counting, hanging_in, minutes, only, run};

#[tokio::test(start_paused = true)]
async fn nothing_is_polled_until_initialize_works_and_it_is_tried_every_minute() {
    let fake = Fake::new(only("a", counting())).initialize_with(|run| match run {
        0 => Err(PollError::other("no license server")),
        1 => panic!("none at all"),
        _ => Ok(Status::ok()),
    });
    let sink = fake.cycles(1).await;
    assert_eq!(minutes(&sink, "run.a"), [2.0]);
    let mut statuses: Vec<String> = sink
        .reports()
        .iter()
        .filter_map(|report| Some(report.status()?.to_string()))
        .collect();
    statuses.dedup();
    assert_eq!(
        statuses,
        [
            "GENERIC_ERROR - no license server",
            "GENERIC_ERROR - initialize panicked: none at all: this is a mistake in the extension",
            "OK - Endpoints OK: 1 WARNING: 0 ERROR: 0",
        ],
        "and never OK before that"
    );
}

/// When reports came, in seconds, and what they said. Of those that say the
/// same only the first.
async fn told(builder: Builder<Fake>, for_seconds: u64) -> Vec<(u64, String)> {
    let sink = MemorySink::new();
    let runtime = builder.sink(sink.clone()).build().expect("complete");
    let begun = Instant::now();
    let watch = async {
        let mut told: Vec<(u64, String)> = Vec::new();
        let all = sink.wait_for(|sink| {
            let reports = sink.reports();
            if let Some(report) = reports.last() {
                let status = report.status().map(ToString::to_string);
                let text = status.unwrap_or_else(|| "nothing".to_owned());
                if told.last().is_none_or(|(_, last)| *last != text) {
                    told.push((begun.elapsed().as_secs(), text));
                }
            }
            false
        });
        let _ = tokio::time::timeout(Duration::from_secs(for_seconds), all).await;
        told
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async {
        let _ = stopped.await;
    };
    let watch = async {
        let told = watch.await;
        drop(stop);
        told
    };
    let (told, _) = tokio::join!(watch, runtime.run(stopped));
    told
}

#[tokio::test(start_paused = true)]
async fn heartbeats_do_not_wait_for_a_long_initialize_and_claim_nothing() {
    let fake = Fake::new(only("a", counting())).initialize_for(Duration::from_secs(20));
    assert_eq!(
        told(fake.builder(), 40).await,
        [
            (1, "nothing".to_owned()),
            (20, "OK - Endpoints OK: 1 WARNING: 0 ERROR: 0".to_owned()),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_initialize_that_takes_long_is_told_and_canceled_at_its_deadline() {
    let fake = Fake::new(only("a", counting())).initialize_for(10 * MINUTE);
    let told = told(fake.builder(), 320).await;
    let running = |seconds: u64| {
        let text = format!(
            "WARNING - initialize has been running for {seconds} s; nothing is polled before it is \
             done, and it is canceled at its deadline of 5 min"
        );
        (seconds, text)
    };
    assert_eq!(
        told[..3],
        [(1, "nothing".to_owned()), running(51), running(101)]
    );
    let (second, last) = told.last().expect("there are some");
    assert_eq!(
        (*second, last.as_str()),
        (
            300,
            "GENERIC_ERROR - initialize hung and was canceled at its deadline of 5 min"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_said_first_of_a_quick_initialize_is_how_it_ended() {
    let well = || Fake::new(only("a", hanging_in(|_| true)));
    assert_eq!(told(well().builder(), 20).await, [(0, "OK".to_owned())]);
    let failing = well().initialize_with(|_| Err(PollError::other("no license server")));
    assert_eq!(
        told(failing.builder(), 20).await,
        [(0, "GENERIC_ERROR - no license server".to_owned())],
        "and never OK before it"
    );
    let empty = Fake::new(Endpoints::default());
    let first = told(empty.builder(), 20).await;
    assert!(
        first[0]
            .1
            .starts_with("INVALID_CONFIG_ERROR - there is nothing to poll"),
        "{first:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_cannot_be_gathered_say_why() {
    type Make = fn() -> Fake;
    let cases: [(Make, StatusCode, &str); 4] = [
        (
            || Fake::new(Endpoints::default()),
            StatusCode::InvalidConfigError,
            "names no endpoint",
        ),
        (
            || Fake::making(|| panic!("index 5 of 3")),
            StatusCode::GenericError,
            "endpoints panicked: index 5 of 3",
        ),
        (
            || with_schedule("query", MINUTE),
            StatusCode::GenericError,
            "two callbacks are called `query`",
        ),
        (
            || with_schedule("inventory", Duration::from_millis(10)),
            StatusCode::GenericError,
            "schedule `inventory`: an interval of 10 ms is too short",
        ),
    ];
    for (fake, code, text) in cases {
        let sink = MemorySink::new();
        let runtime = fake()
            .builder()
            .sink(sink.clone())
            .build()
            .expect("complete");
        runtime
            .run(sink.wait_for(|sink| sink.status().is_some()))
            .await;
        let status = sink.status().expect("waited for");
        assert_eq!(status.code(), code);
        assert!(status.message().contains(text), "{status}");
    }
}

fn with_schedule(name: &'static str, interval: Duration) -> Fake {
    let fake = Fake::new(only("a", counting()));
    let nothing = |_: &Fake, _: &Cycle<Fake>| std::future::ready(Ok(Status::ok()));
    let schedule = Schedule::new(name, interval, nothing);
    fake.schedules
        .lock()
        .expect("nobody panicked")
        .push(schedule);
    fake
}

#[tokio::test(start_paused = true)]
async fn shutdown_cancels_what_runs_keeps_what_it_reported_and_calls_the_extension() {
    let fake = Fake::new(only("a", hanging_in(|_| true)));
    let shut_down = Arc::clone(&fake.shut_down);
    let sink = MemorySink::new();
    let runtime = fake.builder().sink(sink.clone()).build().expect("complete");
    let finished = runtime
        .run(tokio::time::sleep(Duration::from_secs(10)))
        .await;
    assert_eq!(sink.values_of("run.a"), [0.0]);
    assert_eq!(shut_down.load(Ordering::SeqCst), 1);
    assert!(finished.unsent.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_fastcheck_runs_alone() {
    let sink = MemorySink::new();
    let builder = Fake::new(only("a", counting())).builder();
    let runtime = builder.sink(sink.clone()).build().expect("complete");
    let finished = runtime.fastcheck().await;
    assert_eq!(finished.status, Some(Status::ok()));
    assert_eq!(sink.status(), Some(Status::ok()));
    assert!(sink.lines().is_empty(), "nothing is polled");
}

#[tokio::test]
async fn a_runtime_without_an_activation_says_what_is_missing() {
    let error = Runtime::builder(Fake::new(only("a", counting())), &MANIFEST)
        .build()
        .expect_err("incomplete");
    assert!(error.to_string().contains("activation("), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_run_of_some_cycles_ends_by_itself_with_the_status_of_the_extension() {
    let finished = run(Fake::new(only("a", counting())).builder().cycles(2)).await;
    assert_eq!(
        finished.status.map(|status| status.to_string()).as_deref(),
        Some("OK - Endpoints OK: 1 WARNING: 0 ERROR: 0")
    );
}
