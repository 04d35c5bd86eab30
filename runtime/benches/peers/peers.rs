//! The line of `benches/line.rs`, written by this and by other libraries. Each
//! run writes 1,000 lines with four dimensions, one `f64` and a timestamp: its
//! time in microseconds is the time of a line in nanoseconds.
//!
//! Peers are called the way that is fastest for them: buffers are kept, and
//! what can be built once is built outside the loop.

use std::fmt::Write as _;
use std::io;
use std::sync::Mutex;

use cadence::{Gauged, MetricSink, StatsdClient};
use divan::{Bencher, black_box};
use opentelemetry::KeyValue;
use opentelemetry_dynatrace::transform::{DimensionSet, MetricKey, MetricLine};
use opentelemetry_sdk::metrics::sdk_api::{Number, NumberKind};
use questdb::ingress::{Buffer, ProtocolVersion, TimestampNanos};

#[path = "../shared/reporter.rs"]
mod reporter;

use reporter::{DIMENSIONS, KEYS, TIMESTAMP, recorder, the_node, values};

fn main() {
    divan::main();
}

#[divan::bench]
fn extyped_set_reused_for_8_metrics(bencher: Bencher) {
    let recorder = recorder();
    let values = values();
    bencher.bench_local(|| {
        for values in black_box(&values).as_chunks::<8>().0 {
            the_node(black_box(&recorder))
                .cpu(values[0])
                .memory(values[1])
                .connections(values[2])
                .latency(values[3])
                .load(values[4])
                .queue(values[5])
                .sessions(values[6])
                .temperature(values[7]);
        }
        recorder.drain().lines.len()
    });
}

#[divan::bench]
fn extyped_fresh_set_for_each_metric(bencher: Bencher) {
    let recorder = recorder();
    let values = values();
    bencher.bench_local(|| {
        for value in black_box(&values) {
            the_node(black_box(&recorder)).cpu(*value);
        }
        recorder.drain().lines.len()
    });
}

/// The floor: a ready prefix is copied and a number formatted.
#[divan::bench]
fn floor(bencher: Bencher) {
    let prefixes = KEYS.map(|key| {
        let mut prefix = key.to_owned();
        for (key, value) in DIMENSIONS {
            prefix.extend([",", key, "=\"", value, "\""]);
        }
        prefix + " gauge,"
    });
    let ending = format!(" {TIMESTAMP}\n");
    let values = values();
    let mut out = String::new();
    bencher.bench_local(|| {
        out.clear();
        for values in values.chunks(KEYS.len()) {
            for (prefix, value) in prefixes.iter().zip(values) {
                out.push_str(black_box(prefix));
                out.push_str(zmij::Buffer::new().format(*black_box(value)));
                out.push_str(black_box(&ending));
            }
        }
        out.len()
    });
}

/// The standard library, without any escaping.
#[divan::bench]
fn std_write(bencher: Bencher) {
    let values = values();
    let [a, b, c, d] = DIMENSIONS;
    let mut out = String::new();
    bencher.bench_local(|| {
        out.clear();
        for value in black_box(&values) {
            writeln!(
                out,
                "{},{}=\"{}\",{}=\"{}\",{}=\"{}\",{}=\"{}\" gauge,{value} {TIMESTAMP}",
                black_box(KEYS[0]),
                a.0,
                a.1,
                b.0,
                b.1,
                c.0,
                c.1,
                d.0,
                d.1,
            )
            .unwrap();
        }
        out.len()
    });
}

/// The text protocol of QuestDB, which is InfluxDB's.
#[divan::bench]
fn questdb_buffer(bencher: Bencher) {
    let values = values();
    let mut buffer = Buffer::new(ProtocolVersion::V1);
    // Names of the same length: a dot cannot stand in them.
    let table = KEYS[0].replace('.', "_");
    let symbols = DIMENSIONS.map(|(key, value)| (key.replace('.', "_"), value));
    bencher.bench_local(|| {
        buffer.clear();
        for value in black_box(&values) {
            let mut row = buffer.table(black_box(table.as_str())).unwrap();
            for (key, value) in &symbols {
                row = row.symbol(key.as_str(), value).unwrap();
            }
            row.column_f64("gauge", *value)
                .unwrap()
                .at(TimestampNanos::new(TIMESTAMP * 1_000_000))
                .unwrap();
        }
        buffer.len()
    });
}

/// Keeps lines where a benchmark can take them away.
struct Kept(Mutex<String>);

impl MetricSink for &'static Kept {
    fn emit(&self, line: &str) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap();
        kept.push_str(line);
        kept.push('\n');
        Ok(line.len())
    }
}

#[divan::bench]
fn cadence_gauge(bencher: Bencher) {
    let kept: &'static Kept = Box::leak(Box::new(Kept(Mutex::default())));
    let client = StatsdClient::from_sink("lb", kept);
    let values = values();
    bencher.bench_local(|| {
        kept.0.lock().unwrap().clear();
        for value in black_box(&values) {
            let mut line = client.gauge_with_tags(black_box("node.cpu"), *value);
            for (key, value) in DIMENSIONS {
                line = line.with_tag(key, value);
            }
            line.send();
        }
        kept.0.lock().unwrap().len()
    });
}

/// The other writer of this protocol in Rust.
#[divan::bench]
fn opentelemetry_dynatrace(bencher: Bencher) {
    let values = values();
    let mut out = String::new();
    bencher.bench_local(|| {
        out.clear();
        for value in black_box(&values) {
            let dimensions: DimensionSet = DIMENSIONS
                .iter()
                .map(|(key, value)| KeyValue::new(*key, *value))
                .collect();
            let line = MetricLine::new(MetricKey::new(black_box(KEYS[0])), NumberKind::F64)
                .dimensions(Some(dimensions))
                .gauge(Some(Number::from(*value)))
                .timestamp(Some(TIMESTAMP as u64));
            writeln!(out, "{line}").unwrap();
        }
        out.len()
    });
}
