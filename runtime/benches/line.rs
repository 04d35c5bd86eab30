//! What a line costs. Each run writes 1,000 lines: its time in microseconds is
//! the time of a line in nanoseconds. CONTRIBUTING.md tells how to read it; the
//! same line in other libraries is measured in `benches/peers`.

use divan::{Bencher, black_box};
use extyped::Cumulative;

#[path = "shared/reporter.rs"]
mod reporter;

use reporter::{DIMENSIONS, KEYS, LINES, TIMESTAMP, recorder, the_node, values};

fn main() {
    divan::main();
}

/// Nothing can be faster: a ready prefix is copied and a number formatted.
#[divan::bench]
fn floor(bencher: Bencher) {
    let prefixes = KEYS.map(|key| {
        let dimensions: String = DIMENSIONS
            .iter()
            .flat_map(|(key, value)| [",", key, "=\"", value, "\""])
            .collect();
        format!("{key}{dimensions} gauge,")
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

/// The usual way: one set of dimensions, all metrics of the entity.
#[divan::bench]
fn set_reused_for_8_metrics(bencher: Bencher) {
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

/// The most expensive way: the dimensions are escaped again for each line.
#[divan::bench]
fn fresh_set_for_each_metric(bencher: Bencher) {
    let recorder = recorder();
    let values = values();
    bencher.bench_local(|| {
        for value in black_box(&values) {
            the_node(black_box(&recorder)).cpu(*value);
        }
        recorder.drain().lines.len()
    });
}

/// Integers need no float formatting.
#[divan::bench]
fn integers(bencher: Bencher) {
    let recorder = recorder();
    bencher.bench_local(|| {
        let mut node = the_node(black_box(&recorder));
        for value in 0..LINES as u64 {
            node.cpu(black_box(value * 1_000));
        }
        drop(node);
        recorder.drain().lines.len()
    });
}

/// A running total of 1,000 entities each: remembered, subtracted, written.
#[divan::bench]
fn running_total_of_an_entity(bencher: Bencher) {
    let recorder = recorder();
    let mut total = 0_u64;
    bencher.bench_local(|| {
        total += 1_500;
        for entity in 0..LINES {
            let mut node = the_node(black_box(&recorder));
            node.set().dimension(",port=\"", &entity);
            node.set()
                .count(8, "lb.node.bytes.count", Cumulative(total));
        }
        recorder.drain().lines.len()
    });
}

/// A metric that the activation does not ask for.
#[divan::bench]
fn metric_that_is_off(bencher: Bencher) {
    let recorder = recorder();
    let mut node = the_node(&recorder);
    bencher.bench_local(|| {
        for value in 0..LINES as u64 {
            node.set().gauge(9, "lb.node.extra", black_box(value));
        }
    });
}
