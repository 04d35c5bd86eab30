//! The extension under an Extension Execution Controller of its own, against a
//! load balancer on this machine. No test waits: the clock is paused.

mod api;

use std::fs;
use std::path::Path;
use std::time::Duration;

use extyped::testing::{Builder, Call, Eec, Fault};
use extyped::{Activation, StatusCode};
use serde_json::json;

use self::api::Api;
use super::*;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// The extension with one load balancer to poll.
fn polling(api: &Api) -> Builder {
    let config = json!({"hosts": [api.host()], "api_token": api::TOKEN});
    Eec::builder(&MANIFEST).config(config)
}

const EXTENSION: LoadBalancer = LoadBalancer { scheme: "http" };

#[tokio::test(start_paused = true)]
async fn every_metric_is_reported_for_its_entity() {
    let api = Api::start().await;
    let eec = polling(&api).start(EXTENSION);
    eec.pass(5 * MINUTE).await;

    let host = api.host();
    eec.assert_metric("lb.device.connections")
        .dimension("device.address", &host)
        .times(5);
    eec.assert_metric("lb.node.cpu")
        .dimension("device.address", &host)
        .dimension("node.name", "node-b")
        .times(5);
    let health = eec.assert_metric("lb.pool.health");
    assert_eq!(health.dimension("pool.name", "web").values(), [75.0; 5]);
    eec.assert_all_metrics_covered();
    eec.assert_nothing_invalid();
    eec.assert_status(StatusCode::Ok);
}

#[tokio::test(start_paused = true)]
async fn bytes_are_sent_as_what_was_added_since_the_last_poll() {
    let api = Api::start().await;
    let eec = polling(&api).start(EXTENSION);
    eec.pass(4 * MINUTE).await;
    // The first poll only remembers the total.
    let bytes = eec.assert_metric("lb.node.bytes.in.count").times(2 * 3);
    assert_eq!(bytes.values(), [1_500.0; 6]);
}

#[tokio::test(start_paused = true)]
async fn a_feature_set_that_is_off_sends_nothing() {
    let api = Api::start().await;
    let eec = polling(&api).feature_sets(["Traffic"]).start(EXTENSION);
    eec.pass(5 * MINUTE).await;
    eec.assert_no_metric("lb.pool.health");
    eec.assert_all_metrics_covered();
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_is_a_status_and_an_event_of_that_load_balancer() {
    let api = Api::start().await;
    let config = json!({"hosts": [api.host()], "api_token": "an older one"});
    let eec = Eec::builder(&MANIFEST).config(config).start(EXTENSION);
    eec.pass(10 * MINUTE).await;
    let status = eec.status().expect("a heartbeat").to_string();
    assert!(status.contains("AUTHENTICATION_ERROR"), "{status}");
    let events = eec.simulator().events();
    assert_eq!(events.len(), 1, "one for the fault, not one for each poll");
    let title = format!("Endpoint refuses the credentials: {}", api.host());
    assert_eq!(events[0].item["title"], title);
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_hangs_is_polled_again_when_it_is_back() {
    let api = Api::start().await;
    let eec = polling(&api).start(EXTENSION);
    eec.pass(10 * MINUTE).await;
    api.hang(true);
    eec.pass(3 * MINUTE).await;
    let status = eec.status().expect("a heartbeat").to_string();
    assert!(status.contains("DEVICE_CONNECTION_ERROR"), "{status}");
    api.hang(false);
    eec.pass(10 * MINUTE).await;
    eec.assert_status(StatusCode::Ok);
    eec.assert_metric("lb.device.connections").times(20);
}

#[tokio::test(start_paused = true)]
async fn a_day_on_which_the_eec_fails_in_every_way_loses_nothing() {
    let api = Api::start().await;
    let eec = polling(&api).start(EXTENSION);
    let simulator = eec.simulator();
    let slow = Fault::delay(Duration::from_secs(8)).on([Call::Mint]);
    let busy = Fault::status(429).retry_after(MINUTE).on([Call::Mint]);
    let off_the_minute = Duration::from_secs(10);
    for (hour, fault) in [
        (1, Fault::restart()),
        (2, Fault::restart().lasting(MINUTE)),
        (3, busy.lasting(5 * MINUTE)),
        (4, slow.lasting(HOUR)),
        (6, Fault::refuse().lasting(10 * MINUTE)),
    ] {
        simulator.inject(fault.after(hour * HOUR + off_the_minute));
    }
    eec.pass(24 * HOUR).await;

    eec.assert_metric("lb.device.connections")
        .times(24 * 60)
        .every(MINUTE);
    let bytes = eec.assert_metric("lb.node.bytes.in.count");
    let bytes = bytes.dimension("node.name", "node-a").every(MINUTE);
    // Of every poll but the first: none is lost, and none came twice.
    assert_eq!(bytes.values(), [1_500.0; 24 * 60 - 1]);
    eec.assert_all_metrics_covered();
    eec.assert_nothing_invalid();
    eec.assert_status(StatusCode::Ok);

    // While the EEC is there it hears of the extension every 50 seconds.
    let outages = [(2 * HOUR, MINUTE), (6 * HOUR, 10 * MINUTE)];
    for pair in simulator.heartbeats().windows(2) {
        let (one, next) = (pair[0].at, pair[1].at);
        let away = outages.iter().map(|(begin, time)| {
            let begin = *begin + off_the_minute;
            next.min(begin + *time).saturating_sub(one.max(begin))
        });
        let gap = next.saturating_sub(one).saturating_sub(away.sum());
        assert!(gap <= Duration::from_secs(50), "{gap:?} after {one:?}");
    }
}

#[test]
fn the_activation_beside_this_example_is_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let secrets = folder.path().join("secrets.json");
    fs::write(&secrets, r#"{"api_token": "t"}"#).expect("it can be written");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("activation.json");
    let activation =
        Activation::<activation::Remote>::from_files(&path, Some(&secrets)).expect("it is sound");
    let extension = LoadBalancer { scheme: "https" };
    assert_eq!(extension.endpoints(activation.config()).len(), 2);
}
