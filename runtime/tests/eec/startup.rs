//! What the EEC is asked before anything is polled, and what comes of the
//! answers.

use extyped::testing::{Call, Eec, Fault};
use extyped::{Cycle, Endpoints, Extension, Setup, Status, StatusCode, Verdict};
use serde_json::json;

use crate::support::{Fake, MANIFEST, MINUTE, counting, only};
use crate::{calls, widest_gap};

/// Has a configuration that can be wrong.
struct Configured;

#[derive(serde::Deserialize)]
struct Config {
    port: u16,
}

impl Extension for Configured {
    type Config = Config;
    type Endpoint = u16;

    fn endpoints(&self, config: &Config) -> Endpoints<u16> {
        Endpoints::one(config.port)
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        cx.untyped().gauge("port", [("a", "b")], *cx.endpoint())?;
        Ok(Status::ok())
    }

    async fn fastcheck(&self, cx: &Setup<Self>) -> Verdict {
        Ok(match cx.config().port {
            80 => Status::new(StatusCode::DeviceConnectionError, "no answer on port 80"),
            _ => Status::ok(),
        })
    }
}

fn configured(port: &str) -> extyped::testing::Builder {
    let port: serde_json::Value = port.parse().expect("JSON");
    Eec::builder(&MANIFEST).config(json!({ "port": port }))
}

#[tokio::test(start_paused = true)]
async fn the_eec_is_asked_before_anything_is_sent() {
    let eec = configured("443").start(Configured);
    eec.pass(MINUTE).await;
    assert_eq!(
        calls(&eec)[..3],
        [Call::UserConfig, Call::ExtensionConfig, Call::FeatureSets]
    );
    assert_eq!(eec.assert_metric("port").values(), [443.0]);
    eec.assert_nothing_invalid();
}

#[tokio::test(start_paused = true)]
async fn an_eec_that_is_not_there_yet_is_waited_for_and_one_that_refuses_is_not() {
    let eec = configured("443").start(Configured);
    eec.simulator().inject(Fault::refuse().lasting(MINUTE / 2));
    eec.pass(2 * MINUTE).await;
    eec.assert_metric("port");

    let eec = configured("443").start(Configured);
    let unknown = Fault::status(404).on([Call::UserConfig]);
    eec.simulator().inject(unknown);
    eec.pass(MINUTE / 60).await;
    assert_eq!(calls(&eec), [Call::UserConfig]);
    let why = eec.ended().expect("the EEC starts it again");
    assert!(
        why.starts_with("there is no monitoring configuration to run with: the EEC answers 404"),
        "{why}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_the_manifest_that_is_installed_the_one_that_was_compiled_in_is_used() {
    let eec = configured("443").start(Configured);
    let unknown = Fault::status(404).on([Call::ExtensionConfig, Call::FeatureSets]);
    eec.simulator().inject(unknown);
    eec.pass(2 * MINUTE).await;
    eec.assert_metric("port").times(2);
    eec.assert_status(StatusCode::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_not_needed_holds_no_heartbeat_back() {
    for fault in [Fault::status(503), Fault::hang()] {
        let eec = configured("443").start(Configured);
        let optional = fault.on([Call::ExtensionConfig, Call::FeatureSets]);
        eec.simulator().inject(optional);
        eec.pass(MINUTE / 10).await;
        assert_eq!(eec.simulator().heartbeats().len(), 1);
    }
}

/// Panics in what it is asked for before it runs.
struct Broken {
    in_spool: bool,
}

impl Extension for Broken {
    type Config = Config;
    type Endpoint = u16;

    fn endpoints(&self, config: &Config) -> Endpoints<u16> {
        Endpoints::one(config.port)
    }

    async fn query(&self, _: &Cycle<Self>) -> Verdict {
        Ok(Status::ok())
    }

    fn data_source(&self, _: &Config) -> extyped::DataSourceOptions {
        assert!(self.in_spool, "no options");
        extyped::DataSourceOptions::new()
    }

    fn spool(&self, _: &Config) -> Option<extyped::Spool> {
        panic!("no folder")
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_what_is_asked_of_an_extension_is_its_status() {
    for (in_spool, told) in [
        (false, "`http` or `data_source` panicked: no options"),
        (true, "spool panicked: no folder"),
    ] {
        let eec = configured("443").start(Broken { in_spool });
        eec.pass(2 * MINUTE).await;
        let status = eec.status().expect("heartbeats go on").to_string();
        assert!(status.contains(told), "{status}");
        assert!(widest_gap(&eec).as_secs() <= 50);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_activation_is_told_at_every_heartbeat_and_nothing_is_polled() {
    let eec = configured(r#""https""#).start(Configured);
    eec.pass(10 * MINUTE).await;
    assert_eq!(widest_gap(&eec).as_secs(), 50);
    let heartbeats = eec.simulator().heartbeats();
    assert_eq!(heartbeats.len(), 13);
    for heartbeat in heartbeats {
        assert_eq!(heartbeat.item.status, "INVALID_CONFIG_ERROR");
        let told = &heartbeat.item.message;
        assert!(
            told.contains("pythonRemote.port: a text where a whole number is expected"),
            "{told}"
        );
    }
    assert_eq!(eec.simulator().totals().lines, 0);
    eec.assert_nothing_invalid();
    let finished = eec.stop().await;
    let status = finished.status.map(|status| status.code());
    assert_eq!(status, Some(StatusCode::InvalidConfigError));
}

#[tokio::test(start_paused = true)]
async fn a_fastcheck_sends_its_status_and_nothing_else() {
    for (port, code, message) in [
        ("443", StatusCode::Ok, ""),
        (
            "80",
            StatusCode::DeviceConnectionError,
            "no answer on port 80",
        ),
        (
            "-1",
            StatusCode::InvalidConfigError,
            "the activation, line 1 column",
        ),
    ] {
        let eec = configured(port).fastcheck(Configured).await;
        assert_eq!(
            calls(&eec),
            [
                Call::UserConfig,
                Call::ExtensionConfig,
                Call::FeatureSets,
                Call::Alive
            ],
            "{port}"
        );
        let status = eec.status().expect("it is sent");
        assert_eq!(status.code(), code);
        assert!(status.message().starts_with(message), "{status}");
        assert_eq!(eec.stop().await.status, Some(status));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_whose_clock_differs_has_its_time_in_every_line() {
    let eec = Eec::builder(&MANIFEST).start(Fake::new(only("a", counting())));
    let begun = 1_800_000_000_000;
    eec.simulator().set_cluster_diff(-37_000);
    eec.pass(3 * MINUTE).await;
    let run = eec.assert_metric("run.a").every(MINUTE);
    // At second 30 of the minutes of the cluster.
    assert_eq!(run.lines()[0].item.timestamp, Some(begun - 30_000));
    eec.assert_nothing_invalid();
}

#[tokio::test(start_paused = true)]
async fn a_cluster_time_that_is_not_told_at_first_does_not_hold_polling_back() {
    let eec = Eec::builder(&MANIFEST).start(Fake::new(only("a", counting())));
    let broken = Fault::status(500).on([Call::TimeDifference]);
    eec.simulator().inject(broken.lasting(MINUTE / 2));
    eec.simulator().set_cluster_diff(3_000);
    eec.pass(3 * MINUTE).await;
    eec.assert_metric("run.a").times(3).every(MINUTE);
}
