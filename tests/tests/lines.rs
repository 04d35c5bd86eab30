//! What the generated reporters send.

use extyped::report::{EnabledMetrics, Recorder};
use extyped::{Cumulative, Delta};
use extyped_tests::{inferred, values};

fn sent(recorder: &Recorder) -> Vec<String> {
    let lines = recorder.drain().lines;
    lines.as_str().lines().map(ToOwned::to_owned).collect()
}

#[test]
fn a_reporter_sends_its_dimensions_with_every_metric() {
    let manifest = &inferred::MANIFEST;
    let recorder = Recorder::new(manifest, EnabledMetrics::all(manifest));
    let metrics = inferred::Metrics::of(&recorder);
    metrics
        .node(inferred::NodeDimensions {
            device_address: std::net::Ipv4Addr::LOCALHOST,
            node_name: "web \"1\"",
        })
        .with_zone("a")
        // The first value holds.
        .with_zone(Some("b"))
        .with_firmware(None::<String>)
        .cpu(12.5)
        .bytes_in_count(Delta(7));
    assert_eq!(
        sent(&recorder),
        [
            r#"lb.node.cpu,device.address="127.0.0.1",node.name="web \"1\"",zone="a" gauge,12.5"#,
            r#"lb.node.bytes.in.count,device.address="127.0.0.1",node.name="web \"1\"",zone="a" count,delta=7"#,
        ]
    );
}

#[test]
fn a_running_total_is_sent_as_its_growth() {
    let manifest = &inferred::MANIFEST;
    let recorder = Recorder::new(manifest, EnabledMetrics::all(manifest));
    for total in [100_u64, 130] {
        inferred::Metrics::of(&recorder)
            .node(inferred::NodeDimensions {
                device_address: "d",
                node_name: 1,
            })
            .bytes_out_count(Cumulative(total));
    }
    assert_eq!(
        sent(&recorder),
        [r#"lb.node.bytes.out.count,device.address="d",node.name="1" count,delta=30"#]
    );
}

#[test]
fn a_feature_set_that_is_off_sends_nothing() {
    let manifest = &inferred::MANIFEST;
    let none: [&str; 0] = [];
    let recorder = Recorder::new(manifest, EnabledMetrics::of(manifest, &none));
    let metrics = inferred::Metrics::of(&recorder);
    assert!(metrics.is_enabled(inferred::FeatureSet::Default));
    assert!(!metrics.is_enabled(inferred::FeatureSet::Traffic));
    metrics
        .node(inferred::NodeDimensions {
            device_address: "d",
            node_name: "n",
        })
        .cpu(1)
        .bytes_in_count(Delta(1));
    assert_eq!(
        sent(&recorder),
        [r#"lb.node.cpu,device.address="d",node.name="n" gauge,1"#]
    );
}

#[test]
fn what_the_topology_asks_of_a_value_is_met() {
    let manifest = &values::MANIFEST;
    let recorder = Recorder::new(manifest, EnabledMetrics::all(manifest));
    let metrics = values::Metrics::of(&recorder);
    let master = |cluster| {
        metrics
            .default(values::DefaultDimensions { host: "h", cluster })
            .load(1);
    };
    master("c-1");
    // Does not begin as the topology asks: it would attach to nothing.
    master("d-1");
    for state in [
        values::WorkerState::Up,
        values::WorkerState::Value200,
        values::WorkerState::NotReady,
    ] {
        metrics
            .worker(values::WorkerDimensions { host: "h", state })
            .load(2);
    }
    let outcome = recorder.drain();
    assert_eq!(outcome.refused.len(), 1);
    let lines: Vec<_> = outcome.lines.as_str().lines().collect();
    assert_eq!(
        lines,
        [
            r#"farm.load,role="master",host="h",cluster="c-1" gauge,1"#,
            r#"farm.load,host="h",state="UP" gauge,2"#,
            r#"farm.load,host="h",state="200" gauge,2"#,
            r#"farm.load,host="h",state="not \"ready\"" gauge,2"#,
        ]
    );
}
