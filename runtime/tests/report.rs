//! What generated code and the runtime can rely on: which lines a report
//! becomes, and what is refused instead.

use std::time::{Duration, Instant};

use extyped::__private::{CountValue, Display, GaugeValue, Set};
use extyped::report::{CYCLE_BYTES, EnabledMetrics, Recorded, Recorder, Refusal};
use extyped::{Cumulative, Delta, Kind, Manifest, Metric, Summary};
use extyped_line::SummaryError;

static MANIFEST: Manifest = Manifest::new(
    "custom:lb",
    "1.0.0",
    &[
        Metric::new("lb.cpu", Kind::Gauge, &[]),
        Metric::new("lb.bytes.count", Kind::Count, &[]),
        Metric::new("lb.extra", Kind::Gauge, &[1]),
        Metric::new("lb.errors.count", Kind::Count, &[0]),
    ],
    &["default", "Extra"],
);

fn recorder() -> Recorder {
    Recorder::new(&MANIFEST, EnabledMetrics::all(&MANIFEST))
}

/// What generated code does for an entity with one dimension.
struct Node<'r>(Set<'r>);

impl<'r> Node<'r> {
    fn of(recorder: &'r Recorder, name: impl Display) -> Self {
        let mut set = Set::open(recorder);
        set.dimension(",node=\"", &name);
        Node(set)
    }

    fn cpu(&mut self, value: impl GaugeValue) -> &mut Self {
        self.0.gauge(0, "lb.cpu", value);
        self
    }

    fn bytes(&mut self, value: impl CountValue) -> &mut Self {
        self.0.count(1, "lb.bytes.count", value);
        self
    }
}

fn text(drained: &Recorded) -> &str {
    drained.lines.as_str()
}

fn refused(drained: &Recorded) -> Vec<(&str, Refusal, u64)> {
    drained
        .refused
        .iter()
        .map(|refused| (&*refused.metric, refused.cause, refused.count))
        .collect()
}

#[test]
fn metrics_of_an_entity_share_its_dimensions() {
    let recorder = recorder();
    recorder.begin(Some(1_700_000_000_000));
    Node::of(&recorder, r#"a "quoted" \ name"#)
        .cpu(12.5)
        .cpu(7)
        .bytes(Delta(3_u64));
    assert_eq!(
        text(&recorder.drain()),
        r#"lb.cpu,node="a \"quoted\" \\ name" gauge,12.5 1700000000000
lb.cpu,node="a \"quoted\" \\ name" gauge,7 1700000000000
lb.bytes.count,node="a \"quoted\" \\ name" count,delta=3 1700000000000
"#
    );
}

#[test]
fn a_timestamp_in_seconds_is_left_out() {
    let recorder = recorder();
    recorder.begin(Some(1_700_000_000));
    Node::of(&recorder, "a").cpu(1);
    assert_eq!(text(&recorder.drain()), "lb.cpu,node=\"a\" gauge,1\n");
}

#[test]
fn a_drained_line_does_not_come_again() {
    let recorder = recorder();
    Node::of(&recorder, "a").cpu(1);
    assert_eq!(recorder.drain().lines.len(), 1);
    assert_eq!(recorder.drain(), Recorded::default());
}

#[test]
fn entities_can_be_open_at_the_same_time() {
    let recorder = recorder();
    let mut a = Node::of(&recorder, "a");
    let mut b = Node::of(&recorder, "b");
    a.cpu(1);
    b.cpu(2);
    a.cpu(3);
    drop((a, b));
    let drained = recorder.drain();
    let mut lines: Vec<_> = drained.lines.iter().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "lb.cpu,node=\"a\" gauge,1",
            "lb.cpu,node=\"a\" gauge,3",
            "lb.cpu,node=\"b\" gauge,2"
        ]
    );
}

#[test]
fn a_running_total_becomes_the_difference_to_the_one_before() {
    let recorder = recorder();
    let mut deltas = Vec::new();
    for total in [1_000_u64, 1_250, 1_250, 40, u64::MAX] {
        Node::of(&recorder, "a").bytes(Cumulative(total));
        deltas.push(text(&recorder.drain()).to_owned());
    }
    let line = |delta: u64| format!("lb.bytes.count,node=\"a\" count,delta={delta}\n");
    // The first is the baseline; 40 is what was counted since a restart.
    let expected = [
        String::new(),
        line(250),
        line(0),
        line(40),
        line(u64::MAX - 40),
    ];
    assert_eq!(deltas, expected);
}

#[test]
fn every_entity_and_metric_has_its_own_total() {
    let recorder = recorder();
    let report = |a: u64, b: u64| {
        Node::of(&recorder, "a").bytes(Cumulative(a));
        Node::of(&recorder, "b").bytes(Cumulative(b));
    };
    report(100, 1);
    report(101, 11);
    assert_eq!(
        text(&recorder.drain()),
        "lb.bytes.count,node=\"a\" count,delta=1\nlb.bytes.count,node=\"b\" count,delta=10\n"
    );
}

#[test]
fn a_total_that_was_idle_for_more_than_an_hour_is_a_baseline_again() {
    let recorder = recorder();
    let start = Instant::now();
    let at = |minutes: u64, total: u64| {
        recorder.begin_at(None, start + Duration::from_mins(minutes));
        Node::of(&recorder, "a").bytes(Cumulative(total));
        recorder.drain().lines.len()
    };
    assert_eq!(at(0, 1), 0);
    assert_eq!(at(60, 2), 1);
    assert_eq!(at(121, 3), 0);
    assert_eq!(at(122, 4), 1);
}

#[test]
fn what_the_ingest_would_refuse_is_counted_by_metric_and_cause() {
    let recorder = recorder();
    Node::of(&recorder, "a")
        .cpu(f64::NAN)
        .cpu(f32::INFINITY)
        .cpu(Summary::new(3, 1, 4, 2))
        .cpu(Summary::new(1, 3, 4, 2))
        .bytes(Delta(f64::NEG_INFINITY))
        .bytes(Cumulative(-1));
    let drained = recorder.drain();
    assert_eq!(
        text(&drained),
        "lb.cpu,node=\"a\" gauge,min=1,max=3,sum=4,count=2\n"
    );
    assert_eq!(
        refused(&drained),
        [
            ("lb.bytes.count", Refusal::NotFinite, 1),
            ("lb.bytes.count", Refusal::NegativeTotal, 1),
            ("lb.cpu", Refusal::NotFinite, 2),
            ("lb.cpu", Refusal::Summary(SummaryError::MinAboveMax), 1),
        ]
    );
}

#[test]
fn an_entity_without_its_dimension_sends_nothing() {
    let recorder = recorder();
    Node::of(&recorder, "").cpu(1).cpu(2).bytes(Delta(3));
    let drained = recorder.drain();
    assert_eq!(text(&drained), "");
    let cause = Refusal::EmptyDimension("node");
    assert_eq!(
        refused(&drained),
        [("lb.bytes.count", cause, 1), ("lb.cpu", cause, 2)]
    );
}

#[test]
fn an_optional_dimension_is_written_once_and_only_with_a_value() {
    let recorder = recorder();
    let mut node = Node::of(&recorder, "a");
    node.0.optional(0, ",zone=\"", None::<u8>);
    node.0.optional(0, ",zone=\"", Some(""));
    node.0.optional(0, ",zone=\"", Some("x"));
    node.0.optional(0, ",zone=\"", Some("y"));
    node.0.optional(1_000, ",rack=\"", Some(1));
    node.0.optional(1_000, ",rack=\"", Some(2));
    node.cpu(1);
    drop(node);
    assert_eq!(
        text(&recorder.drain()),
        "lb.cpu,node=\"a\",zone=\"x\",rack=\"1\" gauge,1\n"
    );
}

#[test]
fn a_prefix_of_the_topology_is_checked_on_the_value() {
    let recorder = recorder();
    for name in ["lb-1", "\"q", "web-1", "lb"] {
        let mut set = Set::open(&recorder);
        set.prefixed(",node=\"", &["lb-", "\""], &name);
        set.gauge(0, "lb.cpu", 1);
    }
    let drained = recorder.drain();
    assert_eq!(
        text(&drained),
        "lb.cpu,node=\"lb-1\" gauge,1\nlb.cpu,node=\"\\\"q\" gauge,1\n"
    );
    let cause = Refusal::DimensionPrefix("node");
    assert_eq!(refused(&drained), [("lb.cpu", cause, 2)]);
}

#[test]
fn an_empty_prefix_is_that_of_every_value() {
    let recorder = recorder();
    let mut set = Set::open(&recorder);
    set.prefixed(",node=\"", &[""], &"web-1");
    set.gauge(0, "lb.cpu", 1);
    drop(set);
    assert_eq!(text(&recorder.drain()), "lb.cpu,node=\"web-1\" gauge,1\n");
}

#[test]
fn a_metric_that_is_off_sends_nothing_and_refuses_nothing() {
    let recorder = Recorder::new(&MANIFEST, EnabledMetrics::of::<&str>(&MANIFEST, &[]));
    let mut set = Set::open(&recorder);
    set.gauge(2, "lb.extra", f64::NAN);
    set.count(3, "lb.errors.count", Delta(1));
    drop(set);
    let drained = recorder.drain();
    assert_eq!(text(&drained), "lb.errors.count count,delta=1\n");
    assert!(drained.refused.is_empty());
    assert!(recorder.is_feature_set_enabled(0));
    assert!(!recorder.is_feature_set_enabled(1));
}

#[test]
fn a_line_carries_no_more_dimensions_than_the_ingest_takes() {
    let recorder = recorder();
    let mut set = Set::open(&recorder);
    for _ in 0..50 {
        set.constant(",d=\"", "v");
    }
    set.gauge(0, "lb.cpu", 1);
    set.constant(",d=\"", "v");
    set.gauge(0, "lb.cpu", 2);
    drop(set);
    let drained = recorder.drain();
    assert_eq!(drained.lines.len(), 1);
    assert_eq!(
        refused(&drained),
        [("lb.cpu", Refusal::TooManyDimensions, 1)]
    );
}

#[test]
fn a_reporter_can_be_kept_across_an_await() {
    fn is_send<T: Send>() {}
    fn is_sync<T: Sync>() {}
    is_send::<Set<'_>>();
    is_sync::<Recorder>();
}

#[test]
fn a_cycle_holds_a_bounded_number_of_bytes() {
    let recorder = recorder();
    let long = "x".repeat(200);
    let fill = |node: &mut Node<'_>, lines: usize| {
        for _ in 0..lines {
            node.cpu(1);
        }
    };
    // Two that are open at the same time share the room when they close.
    let mut a = Node::of(&recorder, &long);
    let mut b = Node::of(&recorder, &long);
    let lines = CYCLE_BYTES / 200;
    fill(&mut a, lines);
    fill(&mut b, lines);
    drop((a, b));
    let drained = recorder.drain();
    assert!(drained.lines.byte_len() <= CYCLE_BYTES);
    assert!(drained.lines.byte_len() > CYCLE_BYTES - 1_000);
    let dropped: u64 = drained.refused.iter().map(|refused| refused.count).sum();
    assert_eq!(drained.lines.len() as u64 + dropped, 2 * lines as u64);
    assert_eq!(refused(&drained), [("lb.cpu", Refusal::CycleFull, dropped)]);
    // The next cycle has all the room again.
    fill(&mut Node::of(&recorder, &long), 10);
    assert_eq!(recorder.drain().lines.len(), 10);
}

#[test]
fn a_total_that_found_no_room_is_part_of_the_next_difference() {
    let recorder = recorder();
    Node::of(&recorder, "a").bytes(Cumulative(10));
    // Long lines first, then short ones for what they leave.
    for (name, lines) in [("x".repeat(200).as_str(), CYCLE_BYTES / 200), ("a", 100)] {
        let mut filler = Node::of(&recorder, name);
        for _ in 0..lines {
            filler.cpu(1);
        }
    }
    Node::of(&recorder, "a").bytes(Cumulative(15));
    recorder.drain();
    Node::of(&recorder, "a").bytes(Cumulative(17));
    assert_eq!(
        text(&recorder.drain()),
        "lb.bytes.count,node=\"a\" count,delta=7\n"
    );
}

#[test]
fn totals_of_a_reporter_that_stays_open_are_written_in_between() {
    let recorder = recorder();
    let mut node = Node::of(&recorder, "a");
    for total in 0..1_000 {
        node.bytes(Cumulative(total));
    }
    drop(node);
    assert_eq!(recorder.drain().lines.len(), 999);
}

#[test]
fn a_dimension_that_cannot_be_formatted_refuses_its_lines() {
    struct Broken;
    impl std::fmt::Display for Broken {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("half")?;
            Err(std::fmt::Error)
        }
    }
    let recorder = recorder();
    Node::of(&recorder, Broken).cpu(1);
    let drained = recorder.drain();
    assert_eq!(text(&drained), "");
    let cause = Refusal::FailedDimension("node");
    assert_eq!(refused(&drained), [("lb.cpu", cause, 1)]);
}

#[test]
fn a_refusal_reads_as_a_sentence() {
    let recorder = recorder();
    Node::of(&recorder, "").cpu(1).cpu(2);
    assert_eq!(
        recorder.drain().refused[0].to_string(),
        "`lb.cpu` was not sent (2 times): the dimension `node` is empty, \
         and without it the value has no entity"
    );
}
