//! Reporting allocates nothing once the buffers have grown: not for a line,
//! not for a set, not for a running total that was seen before.
//!
//! A test binary of its own, because counting takes the place of the global
//! allocator.

use std::net::Ipv4Addr;

use allocation_counter::measure;
use extyped::__private::Set;
use extyped::report::{EnabledMetrics, Recorder};
use extyped::{Cumulative, Delta, Kind, Manifest, Metric, Summary};

static MANIFEST: Manifest = Manifest::new(
    "custom:lb",
    "1.0.0",
    &[
        Metric::new("lb.cpu", Kind::Gauge, &[]),
        Metric::new("lb.latency", Kind::Gauge, &[]),
        Metric::new("lb.bytes.count", Kind::Count, &[]),
        Metric::new("lb.errors.count", Kind::Count, &[]),
    ],
    &[],
);

const ENTITIES: u64 = 100;

/// A cycle with values of every kind, some of which need an escape.
fn cycle(recorder: &Recorder, tick: u64) {
    recorder.begin(Some(1_700_000_000_000));
    for entity in 0..ENTITIES {
        let mut set = Set::open(recorder);
        set.dimension(",address=\"", &Ipv4Addr::LOCALHOST);
        set.dimension(",node=\"", &r#"a "quoted" näme"#);
        set.dimension(",port=\"", &entity);
        set.optional(0, ",zone=\"", Some("eu-central-1"));
        set.gauge(0, "lb.cpu", 12.345);
        set.gauge(1, "lb.latency", Summary::new(1, 3, 4, 2));
        set.count(2, "lb.bytes.count", Cumulative(tick * entity));
        set.count(3, "lb.errors.count", Delta(entity));
    }
}

#[test]
fn a_line_does_not_allocate_in_the_steady_state() {
    let recorder = Recorder::new(&MANIFEST, EnabledMetrics::all(&MANIFEST));
    // The baseline of the totals, then one cycle of every line.
    for tick in 0..2 {
        cycle(&recorder, tick);
        recorder.drain();
    }
    let allocations = measure(|| cycle(&recorder, 2));
    let lines = recorder.drain().lines.len() as u64;
    assert_eq!(lines, ENTITIES * 4);
    // The text of the last cycle went away with its lines; this is the one of
    // this cycle.
    assert_eq!(allocations.count_total, 1, "for {lines} lines");
}

#[test]
fn a_metric_that_is_off_does_not_allocate() {
    static OFF: Manifest = Manifest::new(
        "custom:lb",
        "1.0.0",
        &[Metric::new("lb.cpu", Kind::Gauge, &[0])],
        &["Extra"],
    );
    let recorder = Recorder::new(&OFF, EnabledMetrics::of::<&str>(&OFF, &[]));
    let mut set = Set::open(&recorder);
    let allocations = measure(|| {
        for value in 0..1_000 {
            set.gauge(0, "lb.cpu", value);
        }
    });
    assert_eq!(allocations.count_total, 0);
}
