//! Faults in what is reported.

use std::time::Duration;

use extyped::{Activation, Clock, Cumulative, Cycle, MemorySink, Runtime, Status};
use extyped_line::{Line, limits};

use crate::support::{Doing, Fake, NOON, Script, minutes, only, run, script, status_of};
use crate::{DiskDimensions, MANIFEST, Metrics};

/// Polls endpoints that report as the manifest of these tests says.
async fn reported(endpoints: extyped::Endpoints<Script>, cycles: u64) -> MemorySink {
    let sink = MemorySink::new();
    let builder = Runtime::builder(Fake::new(endpoints), &MANIFEST)
        .activation(Activation::new(()))
        .clock(Clock::starting_at(NOON))
        .sink(sink.clone());
    run(builder.cycles(cycles)).await;
    sink
}

/// An endpoint that reports this once a minute, and is well.
fn reporting(report: impl Fn(&Cycle<Fake>, u32) + Send + Sync + 'static) -> Script {
    script(move |cx, run| {
        report(cx, run);
        Box::pin(std::future::ready(Ok(Status::ok())))
    })
}

#[tokio::test(start_paused = true)]
async fn no_value_breaks_or_forges_a_line() {
    const FORGED: &str = "x\"\nforged.metric,path=\"y\" gauge,1";
    let hostile = reporting(|cx, _| {
        for path in [FORGED, "C:\\x \"quoted\"", "\r\n", "\u{0}", "a,b=c d"] {
            Metrics::of(cx).disk(DiskDimensions { path }).used(1);
        }
        for value in [f64::NAN, f64::INFINITY] {
            Metrics::of(cx)
                .disk(DiskDimensions { path: "C:" })
                .used(value);
        }
        let untyped = cx.untyped();
        assert!(untyped.gauge("1 bad key!", [("path", "/")], 1).is_err());
        assert!(untyped.gauge("disk.free", [("a b", "/")], 1).is_err());
        assert!(
            untyped
                .gauge("disk.free", [("path", "/")], f64::NAN)
                .is_err()
        );
        assert!(untyped.gauge("disk.free", [("path", FORGED)], 1).is_ok());
    });
    let sink = reported(only("nas-1", hostile), 1).await;
    let lines = sink.lines();
    for line in &lines {
        let parsed = Line::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_ne!(parsed.key, "forged.metric");
    }
    assert_eq!(lines.len(), 6, "each value is one line: {lines:#?}");
    assert_eq!(
        status_of(&sink, "nas-1"),
        "WARNING - 2 values not sent: disk.used (2, the number is NaN or infinite)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_long_line_is_sent_and_one_too_long_costs_only_itself() {
    let long = reporting(|cx, _| {
        for dimensions in [0, 10, 49] {
            let key = |n: usize| (format!("d{n}"), "v".repeat(240));
            let all: Vec<_> = (0..dimensions).map(key).collect();
            cx.untyped()
                .gauge("long.line", all, 1)
                .expect("up to 50 dimensions fit");
        }
        let too_many = (0..=limits::DIMENSIONS).map(|n| (format!("d{n}"), "v"));
        let error = cx.untyped().gauge("long.line", too_many, 1);
        let text = error.expect_err("more do not").to_string();
        assert!(text.contains("at most 50 dimensions"), "{text}");
        cx.untyped()
            .gauge("after.it", [("a", "b")], 1)
            .expect("the rest of the cycle goes on");
    });
    let sink = reported(only("nas-1", long), 1).await;
    let lengths: Vec<usize> = sink.lines_of("long.line").iter().map(String::len).collect();
    assert_eq!(lengths.len(), 3);
    assert!(lengths.iter().any(|length| *length > 12_000), "{lengths:?}");
    assert_eq!(sink.lines_of("after.it").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_report_at_once_do_not_take_each_others_dimensions() {
    let devices = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
    let endpoints = devices.map(|device| {
        let reporting = script(move |cx: &Cycle<Fake>, _| -> Doing<'_> {
            Box::pin(async move {
                let path = cx.endpoint_name().to_owned();
                for n in 0..3 {
                    Metrics::of(cx).disk(DiskDimensions { path: &path }).used(n);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Ok(Status::ok())
            })
        });
        (device, reporting)
    });
    let sink = reported(endpoints.into_iter().collect(), 1).await;
    let lines = sink.lines_of("disk.used");
    for device in devices {
        let own = format!("path=\"{device}\"");
        let of_it = lines.iter().filter(|line| line.contains(&own));
        assert_eq!(of_it.count(), 3, "{device}: {lines:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_task_of_the_extension_reports_has_the_time_of_its_cycle() {
    let tasks = script(|cx: &Cycle<Fake>, _| -> Doing<'_> {
        Box::pin(async move {
            let mut tasks = tokio::task::JoinSet::new();
            for n in 0..3_u64 {
                let cx = cx.clone();
                tasks.spawn(async move {
                    tokio::time::sleep(Duration::from_secs(n * 7)).await;
                    Metrics::of(&cx).disk(DiskDimensions { path: n }).used(n);
                });
            }
            while tasks.join_next().await.is_some() {}
            Ok(Status::ok())
        })
    });
    let sink = reported(only("nas-1", tasks), 2).await;
    assert_eq!(minutes(&sink, "disk.used"), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
}

#[tokio::test(start_paused = true)]
async fn a_running_total_is_sent_as_what_was_added() {
    // It is reset after the third.
    const TOTALS: [u64; 6] = [100, 130, 131, 5, 5, 9];
    let counter = reporting(|cx, run| {
        Metrics::of(cx)
            .disk(DiskDimensions { path: "/" })
            .reads_count(Cumulative(TOTALS[run as usize]));
    });
    let sink = reported(only("nas-1", counter), TOTALS.len() as u64).await;
    assert_eq!(
        sink.values_of("disk.reads.count"),
        [30.0, 1.0, 5.0, 0.0, 4.0],
        "31 before the reset and 9 after it, not the sum of the totals"
    );
}
