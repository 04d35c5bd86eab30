//! When runs begin, which minute they are of, and what is said of them while
//! they last.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use extyped::{
    Clock, Cumulative, Cycle, Delta, Endpoint, Endpoints, FirstRuns, MemorySink, Schedule, Status,
    StatusCode, Verdict,
};

use crate::support::{
    Fake, MINUTE, NOON, Script, counting, hanging_in, minutes, only, report, run, script,
};

/// Seconds after noon at which the lines of a metric say they were taken.
fn seconds(sink: &MemorySink, key: &str) -> Vec<f64> {
    let at = minutes(sink, key);
    // Whole milliseconds, whatever a minute is in binary.
    at.iter()
        .map(|at| (at * 60_000.0).round() / 1_000.0)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_single_endpoint_begins_at_a_random_second_of_the_clusters_minute() {
    let clock = Clock::starting_at(NOON);
    // The cluster is at 12:00:50.
    clock.set_cluster_offset(50_000);
    let sink = MemorySink::new();
    let builder = Fake::new(only("a", counting())).builder();
    let builder = builder.first_runs(FirstRuns::spread_from(7)).clock(clock);
    run(builder.sink(sink.clone()).cycles(3)).await;
    assert_eq!(seconds(&sink, "run.a"), [72.0, 132.0, 192.0]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_endpoints_begin_evenly_within_a_minute_and_keep_their_distance() {
    let endpoints: Endpoints<Script> = (0..1_000).map(|n| (format!("e{n}"), counting())).collect();
    let sink = MemorySink::new();
    let builder = Fake::new(endpoints).builder();
    let builder = builder.first_runs(FirstRuns::spread_from(23));
    run(builder.sink(sink.clone()).cycles(2)).await;
    let mut by_second: BTreeMap<u64, u32> = BTreeMap::new();
    for n in 0..1_000 {
        for at in seconds(&sink, &format!("run.e{n}")) {
            *by_second
                .entry(Duration::from_secs_f64(at).as_secs())
                .or_default() += 1;
        }
    }
    let expected = (5..55).chain(65..115).map(|second| (second, 20)).collect();
    assert_eq!(by_second, expected, "20 in each of the 50 seconds, twice");
}

#[tokio::test(start_paused = true)]
async fn an_offset_of_the_author_is_kept_and_zero_is_one() {
    async fn early(_: &Fake, cx: &Cycle<Fake>) -> Verdict {
        cx.untyped().gauge("early", [("a", "b")], 1)?;
        Ok(Status::ok())
    }
    async fn later(_: &Fake, cx: &Cycle<Fake>) -> Verdict {
        cx.untyped().gauge("later", [("a", "b")], 1)?;
        Ok(Status::ok())
    }
    let fake = |first_runs| async move {
        let fake = Fake::new(only("a", counting()));
        fake.schedules.lock().expect("nobody panicked").extend([
            Schedule::new("early", MINUTE, early).offset(Duration::ZERO),
            Schedule::new("later", MINUTE / 3, later).offset(Duration::from_secs(3)),
        ]);
        let sink = MemorySink::new();
        let builder = fake.builder().first_runs(first_runs).sink(sink.clone());
        run(builder.cycles(2)).await;
        sink
    };
    let sink = fake(FirstRuns::spread_from(0)).await;
    assert_eq!(seconds(&sink, "early"), [0.0, 60.0]);
    assert_eq!(seconds(&sink, "later"), [3.0, 23.0]);
    let sink = fake(FirstRuns::at_once()).await;
    assert_eq!(seconds(&sink, "later"), [0.0, 20.0], "in development");
}

#[tokio::test(start_paused = true)]
async fn a_day_with_a_cluster_time_that_wanders_has_a_tick_in_each_of_its_minutes() {
    const DAY: u64 = 24 * 60;
    let clock = Clock::starting_at(NOON);
    let cluster = clock.clone();
    // Ticks at the very end of a minute, where milliseconds decide.
    cluster.set_cluster_offset(59_990);
    let wandering = script(move |cx, run| {
        let off = 59_990 + i64::from(run % 41) - 20;
        cluster.set_cluster_offset(if run % 97 == 50 { 3_600_000 } else { off });
        Box::pin(async move {
            report(cx, run)?;
            Ok(Status::ok())
        })
    });
    let sink = MemorySink::new();
    let builder = Fake::new(only("a", wandering)).builder().clock(clock);
    run(builder.sink(sink.clone()).cycles(DAY)).await;
    let told: Vec<u64> = minutes(&sink, "run.a")
        .iter()
        .map(|at| Duration::from_secs_f64(at * 60.0).as_secs() / 60)
        .collect();
    assert_eq!(told, (0..DAY).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn all_lines_of_a_run_carry_its_tick_also_from_other_tasks_and_threads() {
    let spreading = script(|cx, run| {
        let (task, thread) = (cx.clone(), cx.clone());
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(20)).await;
            report(cx, run)?;
            let recorder: &extyped::Recorder = cx.as_ref();
            let mut set = extyped::report::Set::open(recorder);
            set.gauge(0, "typed.value", 1);
            set.count(0, "typed.delta.count", Delta(1));
            set.count(0, "typed.total.count", Cumulative(run));
            drop(set);
            let task = tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(10)).await;
                task.untyped().count("from.task.count", [("a", "b")], 1)
            });
            task.await.expect("it does not panic")?;
            let thread =
                std::thread::spawn(move || thread.untyped().gauge("from.thread", [("a", "b")], 1));
            thread.join().expect("it does not panic")?;
            Ok(Status::ok())
        })
    });
    let sink = Fake::new(only("a", spreading)).cycles(2).await;
    for key in [
        "run.a",
        "typed.value",
        "typed.delta.count",
        "from.task.count",
        "from.thread",
    ] {
        assert_eq!(minutes(&sink, key), [0.0, 1.0], "{key}");
    }
    assert_eq!(
        minutes(&sink, "typed.total.count"),
        [1.0],
        "the first is a baseline"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_passes_its_interval_is_an_error_in_the_heartbeats_before_it_ends() {
    let endpoint = Endpoint::new("slow", hanging_in(|_| true)).deadline(4 * MINUTE);
    let well = Endpoint::new("well", counting());
    let sink = MemorySink::new();
    let builder = Fake::new(Endpoints::from_iter([endpoint, well])).builder();
    run(builder.sink(sink.clone()).cycles(1)).await;
    let mut told: Vec<String> = sink
        .reports()
        .iter()
        .filter_map(|report| Some(report.endpoint("slow")?.to_string()))
        .collect();
    told.dedup();
    let running = |seconds: u64| {
        format!(
            "GENERIC_ERROR - query has been running for {seconds} s, longer than its interval of \
             60 s; it is canceled at its deadline of 4 min"
        )
    };
    assert_eq!(told[..3], [running(100), running(150), running(200)]);
    assert!(
        told[3].starts_with(
            "DEVICE_CONNECTION_ERROR - query hung and was canceled after 4 min, its deadline is 4 min"
        ),
        "{told:?}"
    );
    let news: usize = sink
        .reports()
        .iter()
        .map(|report| report.changes().len())
        .sum();
    assert_eq!(news, 2, "that it is late, and that it was canceled");
}

#[tokio::test(start_paused = true)]
async fn the_statuses_of_healthy_endpoints_do_not_flap_while_others_hang() {
    let hung = (0..30).map(|n| (format!("hung-{n}"), hanging_in(|_| true)));
    let well = (0..70).map(|n| (format!("well-{n}"), counting()));
    let sink = MemorySink::new();
    let builder = Fake::new(hung.chain(well).collect()).builder();
    let builder = builder.first_runs(FirstRuns::spread_from(1));
    run(builder.sink(sink.clone()).cycles(10)).await;
    for n in 0..70 {
        let name = format!("well-{n}");
        let told = minutes(&sink, &format!("run.{name}"));
        assert!(
            told.windows(2)
                .all(|pair| (pair[1] - pair[0] - 1.0).abs() < 1e-9),
            "{name}: {told:?}"
        );
        for report in sink.reports() {
            let status = report.endpoint(&name);
            assert!(status.is_none_or(|status| status == Status::ok()), "{name}");
        }
    }
    let changes: Vec<String> = sink
        .reports()
        .iter()
        .flat_map(|report| {
            report
                .changes()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(changes.len(), 30, "each hung one once, and never again");
    assert!(changes.iter().all(|change| change.contains("[INITIAL]")));
}

#[tokio::test(start_paused = true)]
async fn a_poll_of_several_devices_reports_the_status_of_each() {
    let down = || Status::new(StatusCode::DeviceConnectionError, "refused");
    let gateway = script(move |cx, run| {
        Box::pin(async move {
            cx.endpoint_status("10.0.0.1", Status::ok());
            if run < 2 {
                cx.endpoint_status("10.0.0.2", down());
            }
            if run == 1 {
                return Err(extyped::PollError::other("lost it halfway"));
            }
            Ok(Status::ok())
        })
    });
    let sink = Fake::new(Endpoints::one(gateway)).cycles(3).await;
    let mut told: Vec<String> = sink
        .reports()
        .iter()
        .filter_map(|report| Some(report.status()?.to_string()))
        .filter(|text| text.contains("Endpoints"))
        .collect();
    told.dedup();
    assert_eq!(
        told,
        [
            "WARNING - Endpoints OK: 1 WARNING: 0 ERROR: 1 Unhealthy endpoints: \
             10.0.0.2 - DEVICE_CONNECTION_ERROR refused",
            "WARNING - Endpoints OK: 1 WARNING: 0 ERROR: 1 Unhealthy endpoints: \
             10.0.0.2 - DEVICE_CONNECTION_ERROR refused\n\
             query: GENERIC_ERROR - lost it halfway",
            "OK - Endpoints OK: 1 WARNING: 0 ERROR: 0",
        ]
    );
}

/// A generator of numbers that are always the same for a seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// Counts down when the run that holds it ends, however it does.
struct Done(Arc<AtomicU32>);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_runs_take_no_two_overlap_and_each_is_at_a_tick_of_its_own() {
    for seed in 0..20 {
        let mut numbers = Numbers(seed);
        let takes: Vec<Duration> = (0..20)
            .map(|_| match numbers.below(4) {
                0 => Duration::ZERO,
                1 => MINUTE * 9,
                _ => Duration::from_millis(numbers.below(200_000)),
            })
            .collect();
        let running = Arc::new(AtomicU32::new(0));
        let now = Arc::clone(&running);
        let erratic = script(move |cx, run| {
            let now = Arc::clone(&now);
            let take = takes[run as usize];
            Box::pin(async move {
                assert_eq!(now.fetch_add(1, Ordering::SeqCst), 0, "an overlap");
                let _done = Done(Arc::clone(&now));
                report(cx, run)?;
                tokio::time::sleep(take).await;
                Ok(Status::ok())
            })
        });
        let endpoint = Endpoint::new("a", erratic).deadline(MINUTE * 3);
        let sink = MemorySink::new();
        let builder = Fake::new(Endpoints::from_iter([endpoint])).builder();
        let builder = builder.first_runs(FirstRuns::spread_from(seed));
        run(builder.sink(sink.clone()).cycles(20)).await;
        let at = seconds(&sink, "run.a");
        assert_eq!(at.len(), 20, "seed {seed}");
        let mut gaps = at.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(
            gaps.all(|gap| gap >= 60.0 && gap % 60.0 == 0.0),
            "seed {seed}: {at:?}"
        );
        let panicked = sink.reports().iter().any(|report| {
            report
                .endpoint("a")
                .is_some_and(|status| status.message().contains("overlap"))
        });
        assert!(!panicked, "seed {seed}");
    }
}
