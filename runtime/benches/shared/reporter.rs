//! A reporter as the generator writes it, for an entity with four dimensions
//! and eight gauges, and the values that every benchmark reports.

use extyped::__private::{Display, GaugeValue, Set};
use extyped::report::{EnabledMetrics, Recorder};
use extyped::{Kind, Manifest, Metric};

/// The metric keys; a reporter has one method for each.
pub(crate) const KEYS: [&str; 8] = [
    "lb.node.cpu",
    "lb.node.memory",
    "lb.node.connections",
    "lb.node.latency",
    "lb.node.load",
    "lb.node.queue",
    "lb.node.sessions",
    "lb.node.temperature",
];

/// The time of every line.
#[allow(dead_code, reason = "not every benchmark needs it")]
pub(crate) const TIMESTAMP: i64 = 1_700_000_000_000;

/// The dimensions of every line, key and value.
#[allow(dead_code, reason = "not every benchmark needs it")]
pub(crate) const DIMENSIONS: [(&str, &str); 4] = [
    ("device.address", "10.20.30.40"),
    ("node.name", "web-frontend-0001"),
    ("pool", "customer-facing"),
    ("region", "eu-central-1"),
];

/// Lines of one run: its time in microseconds is that of a line in nanoseconds.
#[allow(dead_code, reason = "not every benchmark needs it")]
pub(crate) const LINES: usize = 1_000;

pub(crate) static MANIFEST: Manifest = Manifest::new(
    "custom:lb",
    "1.0.0",
    &[
        Metric::new(KEYS[0], Kind::Gauge, &[]),
        Metric::new(KEYS[1], Kind::Gauge, &[]),
        Metric::new(KEYS[2], Kind::Gauge, &[]),
        Metric::new(KEYS[3], Kind::Gauge, &[]),
        Metric::new(KEYS[4], Kind::Gauge, &[]),
        Metric::new(KEYS[5], Kind::Gauge, &[]),
        Metric::new(KEYS[6], Kind::Gauge, &[]),
        Metric::new(KEYS[7], Kind::Gauge, &[]),
        Metric::new("lb.node.bytes.count", Kind::Count, &[]),
        Metric::new("lb.node.extra", Kind::Gauge, &[0]),
    ],
    &["Extra"],
);

/// A recorder that writes the timestamp, without the feature set `Extra`.
#[allow(dead_code, reason = "not every benchmark needs it")]
pub(crate) fn recorder() -> Recorder {
    let recorder = Recorder::new(&MANIFEST, EnabledMetrics::of::<&str>(&MANIFEST, &[]));
    recorder.begin(Some(TIMESTAMP));
    recorder
}

/// Measurements with as many digits as measurements have.
pub(crate) fn values() -> Vec<f64> {
    let value = |n: u32| (f64::from(n) * 0.618_033).sin().abs() * 100.0;
    (0..1_000)
        .map(|n| (value(n) * 1_000.0).round() / 1_000.0)
        .collect()
}

/// The dimensions of a node.
pub(crate) struct NodeDimensions<A, N, P, R> {
    pub(crate) device_address: A,
    pub(crate) node_name: N,
    pub(crate) pool: P,
    pub(crate) region: R,
}

/// An open reporter of a node.
#[must_use]
pub(crate) struct Node<'r>(Set<'r>);

/// What `Metrics::of(cx).node(…)` does.
#[allow(clippy::needless_pass_by_value, reason = "generated code takes it so")]
pub(crate) fn node<A: Display, N: Display, P: Display, R: Display>(
    recorder: &Recorder,
    dimensions: NodeDimensions<A, N, P, R>,
) -> Node<'_> {
    let NodeDimensions {
        device_address,
        node_name,
        pool,
        region,
    } = dimensions;
    let mut set = Set::open(recorder);
    set.dimension(",device.address=\"", &device_address);
    set.dimension(",node.name=\"", &node_name);
    set.dimension(",pool=\"", &pool);
    set.dimension(",region=\"", &region);
    Node(set)
}

/// A reporter of the one node of the benchmarks.
#[allow(dead_code, reason = "not every benchmark needs it")]
pub(crate) fn the_node(recorder: &Recorder) -> Node<'_> {
    node(
        recorder,
        NodeDimensions {
            device_address: DIMENSIONS[0].1,
            node_name: DIMENSIONS[1].1,
            pool: DIMENSIONS[2].1,
            region: DIMENSIONS[3].1,
        },
    )
}

macro_rules! gauges {
    ($($name:ident $index:literal)*) => {$(
        pub(crate) fn $name(&mut self, value: impl GaugeValue) -> &mut Self {
            self.0.gauge($index, KEYS[$index], value);
            self
        }
    )*};
}

impl<'r> Node<'r> {
    gauges!(cpu 0 memory 1 connections 2 latency 3 load 4 queue 5 sessions 6 temperature 7);

    /// The set below, for what a benchmark does beyond gauges.
    #[allow(dead_code, reason = "not every benchmark needs it")]
    pub(crate) fn set(&mut self) -> &mut Set<'r> {
        &mut self.0
    }
}
