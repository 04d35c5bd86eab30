//! Ticks, deadlines, overlap, panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use extyped::{
    Activation, Clock, Cycle, Endpoint, Endpoints, MemorySink, Schedule, Status, StatusCode,
    Verdict,
};

use crate::support::{
    Fake, MINUTE, NOON, Script, answering, counting, hanging_in, minutes, only, report, run,
    script, status_of,
};

#[tokio::test(start_paused = true)]
async fn a_hung_endpoint_costs_its_own_cycle_and_nothing_else() {
    let endpoints = [("hung", hanging_in(|run| run == 1)), ("well", counting())];
    let sink = Fake::new(endpoints.into_iter().collect()).cycles(4).await;
    assert_eq!(minutes(&sink, "run.well"), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(
        minutes(&sink, "run.hung"),
        [0.0, 1.0, 2.0, 3.0],
        "it is polled again at its next tick"
    );
    assert_eq!(status_of(&sink, "hung"), "OK");
}

#[tokio::test(start_paused = true)]
async fn hung_endpoints_by_the_hundred_do_not_stop_the_others() {
    let hung = (0..200).map(|n| (format!("hung-{n}"), hanging_in(|_| true)));
    let endpoints = hung.chain([("well".to_owned(), counting())]).collect();
    let sink = Fake::new(endpoints).cycles(3).await;
    assert_eq!(minutes(&sink, "run.well"), [0.0, 1.0, 2.0]);
}

#[tokio::test(start_paused = true)]
async fn a_query_that_misses_its_deadline_is_canceled_and_what_it_reported_is_kept() {
    let sink = Fake::new(only("lb-1", hanging_in(|_| true)))
        .cycles(1)
        .await;
    assert_eq!(sink.values_of("run.lb-1"), [0.0]);
    assert_eq!(
        status_of(&sink, "lb-1"),
        "DEVICE_CONNECTION_ERROR - query hung and was canceled after 45 s, its deadline is 45 s; \
         1 line reported before that was kept: the endpoint is slow, or the deadline too short (see \
         `Endpoint::deadline`)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_longer_than_its_interval_is_an_error_skips_ticks_and_never_overlaps() {
    let running = Arc::new(AtomicU32::new(0));
    let most = Arc::new(AtomicU32::new(0));
    let (now, peak) = (Arc::clone(&running), Arc::clone(&most));
    let slow = script(move |cx, run| {
        let (now, peak) = (Arc::clone(&now), Arc::clone(&peak));
        Box::pin(async move {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            report(cx, run)?;
            tokio::time::sleep(Duration::from_secs(75)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(Status::ok())
        })
    });
    let endpoint = Endpoint::new("slow", slow).deadline(3 * MINUTE);
    let sink = Fake::new(Endpoints::from_iter([endpoint])).cycles(3).await;
    assert_eq!(minutes(&sink, "run.slow"), [0.0, 2.0, 4.0]);
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert_eq!(
        status_of(&sink, "slow"),
        "GENERIC_ERROR - query took 75 s, longer than its interval of 60 s: poll less often, or give \
         it less to do; 1 tick skipped, 3 since the start"
    );
}

#[tokio::test(start_paused = true)]
async fn timestamps_are_those_of_the_ticks_however_late_the_report() {
    let late = script(|cx, run| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(u64::from(run) * 9_700)).await;
            report(cx, run)?;
            Ok(Status::ok())
        })
    });
    let sink = Fake::new(only("late", late)).cycles(5).await;
    assert_eq!(minutes(&sink, "run.late"), [0.0, 1.0, 2.0, 3.0, 4.0]);
}

#[tokio::test(start_paused = true)]
async fn timestamps_are_in_the_time_of_the_cluster() {
    let clock = Clock::starting_at(NOON);
    clock.set_cluster_offset(120_000);
    let sink = MemorySink::new();
    let fake = Fake::new(only("a", counting()));
    run(fake.builder().clock(clock).sink(sink.clone()).cycles(2)).await;
    assert_eq!(minutes(&sink, "run.a"), [2.0, 3.0]);
}

#[tokio::test(start_paused = true)]
async fn each_endpoint_has_its_own_interval() {
    let endpoints = [
        Endpoint::new("often", counting()).every(Duration::from_secs(15)),
        Endpoint::new("rarely", counting()).every(2 * MINUTE),
    ];
    let sink = Fake::new(endpoints.into_iter().collect()).cycles(3).await;
    assert_eq!(minutes(&sink, "run.often"), [0.0, 0.25, 0.5]);
    assert_eq!(minutes(&sink, "run.rarely"), [0.0, 2.0, 4.0]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_becomes_a_status_that_names_the_callback_and_the_next_cycle_runs() {
    let panicking = script(|cx, run| {
        Box::pin(async move {
            report(cx, run)?;
            assert!(run != 0, "node 3 is gone");
            Ok(Status::ok())
        })
    });
    let fake = Fake::new(only("a", panicking));
    let sink = fake.cycles(2).await;
    assert_eq!(
        sink.values_of("run.a"),
        [0.0, 1.0],
        "reported before it, kept"
    );
    let first = sink
        .reports()
        .iter()
        .find_map(|report| report.endpoint("a"));
    assert_eq!(
        first.map(|status| status.to_string()).as_deref(),
        Some("GENERIC_ERROR - query panicked: node 3 is gone: this is a mistake in the extension")
    );
    assert_eq!(status_of(&sink, "a"), "OK");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_lost_to_a_panic_outside_its_query_is_in_the_status() {
    struct Sour;
    impl Drop for Sour {
        fn drop(&mut self) {
            panic!("in the value of the endpoint");
        }
    }
    let sour = Sour;
    let endpoint = script(move |_, _| {
        let _held = &sour;
        Box::pin(async { Ok(Status::ok()) })
    });
    let endpoints = [("sour", endpoint), ("well", counting())];
    let builder = Fake::new(endpoints.into_iter().collect()).builder();
    let finished = run(builder.cycles(1)).await;
    let status = finished.status.expect("it has run").to_string();
    assert!(
        status.contains("polling: GENERIC_ERROR - a task that polls an endpoint panicked"),
        "{status}"
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_are_polled_at_once_than_the_limit_says() {
    let running = Arc::new(AtomicU32::new(0));
    let most = Arc::new(AtomicU32::new(0));
    let endpoints: Endpoints<Script> = (0..6)
        .map(|n| {
            let (now, peak) = (Arc::clone(&running), Arc::clone(&most));
            let busy = script(move |cx, run| {
                let (now, peak) = (Arc::clone(&now), Arc::clone(&peak));
                Box::pin(async move {
                    peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_secs(10)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                    report(cx, run)?;
                    Ok(Status::ok())
                })
            });
            (format!("e{n}"), busy)
        })
        .collect();
    let sink = Fake::new(endpoints.at_once(2)).cycles(1).await;
    assert_eq!(most.load(Ordering::SeqCst), 2);
    assert_eq!(sink.lines().len(), 6, "all had their turn");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_waits_for_its_turn_past_its_tick_says_so() {
    let hung = hanging_in(|_| true);
    let endpoints = [
        Endpoint::new("hung", hung).every(10 * MINUTE),
        Endpoint::new("waits", counting()),
    ];
    let endpoints = Endpoints::from_iter(endpoints).at_once(1);
    let sink = Fake::new(endpoints).cycles(1).await;
    assert_eq!(
        status_of(&sink, "waits"),
        "WARNING - waited 450 s because as many endpoints as may be were being polled: allow more at \
         once, or poll less often; 7 ticks skipped, 7 since the start"
    );
}

#[tokio::test(start_paused = true)]
async fn an_interval_under_a_second_is_refused_and_the_others_are_polled() {
    let endpoints = [
        Endpoint::new("frantic", counting()).every(Duration::from_millis(999)),
        Endpoint::new("calm", counting()),
    ];
    let sink = Fake::new(endpoints.into_iter().collect()).cycles(2).await;
    assert_eq!(sink.lines_of("run.frantic").len(), 0);
    assert_eq!(sink.lines_of("run.calm").len(), 2);
    assert_eq!(
        status_of(&sink, "frantic"),
        "INVALID_CONFIG_ERROR - an interval of 999 ms is too short: it must be at least 1 s"
    );
}

#[tokio::test(start_paused = true)]
async fn of_two_endpoints_with_one_name_the_second_is_not_polled_and_says_why() {
    let endpoints = [("a", counting()), ("a", counting())];
    let sink = Fake::new(endpoints.into_iter().collect()).cycles(1).await;
    assert_eq!(sink.lines().len(), 1);
    let status = sink.status().expect("there is one");
    assert_eq!(status.code(), StatusCode::Warning);
    assert!(
        status
            .message()
            .contains("another endpoint has the same name"),
        "{status}"
    );
}

#[tokio::test(start_paused = true)]
async fn schedules_run_beside_query_for_each_endpoint_at_their_own_pace() {
    async fn inventory(_: &Fake, cx: &Cycle<Fake>) -> Verdict {
        let key = format!("inventory.{}", cx.endpoint_name());
        cx.untyped().gauge(&key, [("a", "b")], 1)?;
        Ok(Status::warning("disk 2 is new"))
    }
    let endpoints = [("a", counting()), ("b", hanging_in(|_| true))];
    let fake = Fake::new(endpoints.into_iter().collect());
    let schedule = Schedule::new("inventory", 5 * MINUTE, inventory);
    fake.schedules
        .lock()
        .expect("nobody panicked")
        .push(schedule);
    let sink = fake.cycles(2).await;
    assert_eq!(minutes(&sink, "inventory.a"), [0.0, 5.0]);
    assert_eq!(
        minutes(&sink, "inventory.b"),
        [0.0, 5.0],
        "although its query hangs"
    );
    assert_eq!(
        status_of(&sink, "a"),
        "WARNING - inventory: WARNING - disk 2 is new"
    );
}

#[tokio::test(start_paused = true)]
async fn feature_sets_follow_the_activation_and_default_is_always_on() {
    async fn enabled(activation: Activation<()>) -> String {
        let asking = script(|cx, _| {
            let on = ["default", "Advanced", "Unknown"].map(|name| cx.is_enabled(name));
            Box::pin(async move { Ok(Status::warning(format!("{on:?}"))) })
        });
        let sink = MemorySink::new();
        let builder = Fake::new(only("a", asking)).builder();
        run(builder.activation(activation).sink(sink.clone()).cycles(1)).await;
        status_of(&sink, "a")
    }
    let names = |names: &[&'static str]| Activation::new(()).with_feature_sets(names.to_vec());
    assert_eq!(enabled(names(&[])).await, "WARNING - [true, false, false]");
    assert_eq!(
        enabled(names(&["Advanced"])).await,
        "WARNING - [true, true, false]"
    );
    assert_eq!(
        enabled(Activation::new(())).await,
        "WARNING - [true, true, false]",
        "all are on if the activation does not speak of them"
    );
}

#[tokio::test(start_paused = true)]
async fn the_feature_sets_of_what_is_installed_count_not_those_of_the_manifest() {
    let asking = script(|cx, _| {
        let on = ["Advanced", "Newer", "Off"].map(|name| cx.is_enabled(name));
        Box::pin(async move {
            let recorder: &extyped::Recorder = cx.as_ref();
            extyped::report::Set::open(recorder).gauge(0, "fake.value", 1);
            Ok(Status::warning(format!("{on:?}")))
        })
    });
    let installed = [("Newer", vec![]), ("Off", vec!["fake.value".to_owned()])];
    let installed = installed.map(|(set, keys)| (set.to_owned(), keys));
    let sink = MemorySink::new();
    let builder = Fake::new(only("a", asking)).builder();
    let builder = builder
        .activation(Activation::new(()).with_feature_sets(["Newer"]))
        .installed_feature_sets(installed.into_iter().collect());
    run(builder.sink(sink.clone()).cycles(1)).await;
    assert_eq!(status_of(&sink, "a"), "WARNING - [false, true, false]");
    assert!(sink.lines().is_empty(), "the metric has moved to `Off`");
    let status = sink.status().expect("it has run").to_string();
    assert!(
        !status.contains("feature set"),
        "`Newer` is known: {status}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_misspelt_feature_set_of_the_activation_is_in_the_status() {
    let builder = Fake::new(only("a", counting())).builder();
    let activation = Activation::new(()).with_feature_sets(["advanced"]);
    let finished = run(builder.activation(activation).cycles(1)).await;
    let status = finished.status.expect("it has run").to_string();
    assert!(status.starts_with("WARNING - "), "{status}");
    assert!(status.contains("did you mean `Advanced`?"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_author_ends_the_cycle_with_its_own_words() {
    let failing = answering(|_| Err(extyped::PollError::other("the cluster has no leader")));
    let sink = Fake::new(only("a", failing)).cycles(1).await;
    assert_eq!(
        status_of(&sink, "a"),
        "GENERIC_ERROR - the cluster has no leader"
    );
}
