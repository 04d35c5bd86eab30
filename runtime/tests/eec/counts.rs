//! Counts whose totals the EEC turns into differences.

use std::time::Duration;

use extyped::testing::{Call, Eec, Fault, Value};
use extyped::{
    Cumulative, Cycle, DataSourceOptions, Endpoints, Extension, Kind, Manifest, Metric,
    RegisteredCount, Status, StatusCode, Verdict,
};
use serde_json::json;

use crate::calls;
use crate::support::MINUTE;

static MANIFEST: Manifest = Manifest::new(
    "custom:pages",
    "1.0.0",
    &[
        Metric::new("pages.count", Kind::Count, &[]),
        Metric::new("jams.count", Kind::Count, &[]),
    ],
    &[],
);

/// A printer that prints a hundred pages a minute and jams once.
struct Printer {
    signals: bool,
}

impl Extension for Printer {
    type Config = ();
    type Endpoint = ();

    fn endpoints(&self, (): &()) -> Endpoints<()> {
        Endpoints::one(())
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let minute = (cx.timestamp().as_millis() - 1_800_000_000_000) / 60_000;
        let minute = minute.unsigned_abs();
        let recorder: &extyped::Recorder = cx.as_ref();
        let mut set = extyped::report::Set::open(recorder);
        set.dimension(",tray=\"", &"upper");
        set.count(0, "pages.count", Cumulative(5_000 + minute * 100));
        set.count(1, "jams.count", Cumulative(3 + minute));
        if self.signals {
            cx.signal_counts(["pages.count"]);
        }
        Ok(Status::ok())
    }

    fn data_source(&self, (): &()) -> DataSourceOptions {
        DataSourceOptions::new().register(RegisteredCount::list("pages.count", ["tray"]))
    }
}

#[tokio::test(start_paused = true)]
async fn a_registered_count_is_sent_as_its_total_and_others_as_differences() {
    let eec = Eec::builder(&MANIFEST).start(Printer { signals: false });
    eec.pass(3 * MINUTE).await;
    let registered = eec.simulator().registered_counts();
    assert_eq!(
        json!(registered),
        json!({"pages.count": {"aggregation_mode": "include_list", "dimensions_list": ["tray"]}})
    );
    let pages = eec.assert_metric("pages.count").times(3).every(MINUTE);
    let totals = [5_000.0, 5_100.0, 5_200.0].map(Value::Total);
    for (line, total) in pages.lines().iter().zip(totals) {
        assert_eq!(line.item.value, total);
    }
    let jams = eec.assert_metric("jams.count").times(2);
    assert_eq!(jams.lines()[0].item.value, Value::Delta(1.0));
    assert!(!calls(&eec).contains(&Call::CountSignal));
    eec.assert_nothing_invalid();
}

#[tokio::test(start_paused = true)]
async fn the_signal_follows_what_the_cycle_reported() {
    let eec = Eec::builder(&MANIFEST).start(Printer { signals: true });
    eec.pass(3 * MINUTE).await;
    let of_counts: Vec<_> = calls(&eec)
        .into_iter()
        .filter(|call| matches!(call, Call::Mint | Call::CountSignal))
        .collect();
    assert_eq!(of_counts, [Call::Mint, Call::CountSignal].repeat(3));
    let requests = eec.simulator().requests();
    let signal = requests
        .iter()
        .find(|request| request.call == Some(Call::CountSignal))
        .expect("there are three");
    assert_eq!(signal.at.as_secs(), 30, "at once");
    assert_eq!(
        signal.text(),
        r#"{"filter_dimensions":{},"metric_keys":["pages.count"]}"#
    );
}

#[tokio::test(start_paused = true)]
async fn an_eec_that_was_started_again_is_told_again() {
    // Heartbeats are at seconds 150, 200 and 250, other calls at 240.
    for (begins, takes) in [(190, 20), (205, 40), (190, 200)] {
        let eec = Eec::builder(&MANIFEST).start(Printer { signals: false });
        eec.pass(Duration::from_secs(begins)).await;
        let restart = Fault::restart().lasting(Duration::from_secs(takes));
        eec.simulator().inject(restart);
        assert!(eec.simulator().registered_counts().is_empty());
        eec.pass(8 * MINUTE).await;
        let registered = eec.simulator().registered_counts();
        assert!(registered.contains_key("pages.count"), "{begins}, {takes}");
        eec.assert_metric("pages.count").every(MINUTE);
    }
}

#[tokio::test(start_paused = true)]
async fn a_registration_that_is_refused_is_told_and_tried_again() {
    let eec = Eec::builder(&MANIFEST).start(Printer { signals: false });
    let broken = Fault::status(500).on([Call::CountRegistration]);
    eec.simulator().inject(broken.lasting(2 * MINUTE));
    eec.pass(MINUTE).await;
    let status = eec.status().expect("a heartbeat").to_string();
    assert!(
        status.contains("pages.count cannot be registered"),
        "{status}"
    );
    eec.pass(3 * MINUTE).await;
    assert_eq!(eec.simulator().registered_counts().len(), 1);
    eec.assert_status(StatusCode::Ok);
}
