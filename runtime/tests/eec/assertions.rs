//! What an author reads when an assertion fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use extyped::testing::{Call, Eec, Fault};
use extyped::{
    Cycle, Delta, Endpoint, Endpoints, Extension, Kind, Manifest, Metric, PollError, Status,
    StatusCode, Verdict,
};
use serde_json::json;

use crate::support::MINUTE;

static MANIFEST: Manifest = Manifest::new(
    "com.example.fans",
    "1.0.0",
    &[
        Metric::new("fan.speed", Kind::Gauge, &[0]),
        Metric::new("fan.starts.count", Kind::Count, &[0]),
        Metric::new("fan.noise", Kind::Gauge, &[1]),
    ],
    &["default", "Acoustics"],
);

/// Reports what its configuration says.
struct Fans;

#[derive(serde::Deserialize)]
struct Config {
    fans: Vec<String>,
}

impl Extension for Fans {
    type Config = Config;
    type Endpoint = String;

    fn endpoints(&self, config: &Config) -> Endpoints<String> {
        let fans = config.fans.iter();
        fans.map(|fan| Endpoint::new(fan, fan.clone())).collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let fan = cx.endpoint();
        if fan == "stuck" {
            return Err(PollError::other("it does not turn"));
        }
        let recorder: &extyped::Recorder = cx.as_ref();
        let mut set = extyped::report::Set::open(recorder);
        set.dimension(",fan=\"", fan);
        set.gauge(0, "fan.speed", 1_200);
        if fan == "left" {
            set.count(1, "fan.starts.count", Delta(1));
        }
        set.gauge(2, "fan.noise", 40);
        Ok(Status::ok())
    }
}

fn fans(fans: &[&str]) -> Eec {
    let config = json!({ "fans": fans });
    Eec::builder(&MANIFEST).config(config).start(Fans)
}

/// What is said by an assertion that fails.
#[track_caller]
fn message<T>(assertion: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(assertion)) else {
        panic!("the assertion holds");
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().expect("a text")).to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_reported_can_be_asked_for() {
    let eec = fans(&["left", "right"]);
    eec.pass(3 * MINUTE).await;
    let speed = eec.assert_metric("fan.speed").times(6).every(MINUTE);
    assert_eq!(speed.values(), [1_200.0; 6]);
    let left = eec.assert_metric("fan.speed").dimension("fan", "left");
    assert_eq!(left.times(3).lines()[0].item.key, "fan.speed");
    eec.assert_all_metrics_covered();
    eec.assert_nothing_invalid();
    eec.assert_status(StatusCode::Ok);
    let finished = eec.stop().await;
    assert!(finished.unsent.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_metric_that_is_missing_is_told_with_what_was_near() {
    let eec = fans(&["right"]);
    eec.pass(2 * MINUTE).await;
    assert_eq!(
        message(|| eec.assert_metric("fan.sped")),
        "`fan.sped` was not reported, and the manifest does not have it: did you mean \
         `fan.speed`?\n\
         reported were:\n  fan.noise, 2 lines\n  fan.speed, 2 lines\n\
         the last status, after 100 s of 2 min: OK - Endpoints OK: 1 WARNING: 0 ERROR: 0"
    );
    assert_eq!(
        message(|| eec.assert_all_metrics_covered()),
        "of 3 metrics that are on, 1 was never reported:\n  fan.starts.count; of a `Cumulative` \
         nothing is sent before the second poll\n\
         the last status, after 100 s of 2 min: OK - Endpoints OK: 1 WARNING: 0 ERROR: 0"
    );
}

#[tokio::test(start_paused = true)]
async fn lines_that_are_too_few_are_told_with_their_series_and_their_times() {
    let eec = fans(&["left", "right"]);
    eec.pass(3 * MINUTE).await;
    let speed = || eec.assert_metric("fan.speed");
    assert_eq!(
        message(|| speed().dimension("fan", "middle")),
        "`fan.speed` was reported, but never with fan=\"middle\"; it came with:\n  \
         fan=\"left\": 3 lines, after 30 s to 150 s\n  \
         fan=\"right\": 3 lines, after 30 s to 150 s"
    );
    let told = message(|| speed().dimension("fan", "left").times(4));
    assert!(
        told.starts_with(
            "`fan.speed` with fan=\"left\": 3 lines instead of 4\n  fan=\"left\": 3 lines, after \
             30 s to 150 s\nthe last status, after 150 s of 3 min: OK"
        ),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_minute_without_a_value_and_one_with_two_are_found() {
    let eec = fans(&["left"]);
    eec.pass(2 * MINUTE).await;
    // What is refused for good is not sent again.
    eec.simulator()
        .inject(Fault::status(400).on([Call::Mint]).lasting(MINUTE));
    eec.pass(3 * MINUTE).await;
    let told = message(|| eec.assert_metric("fan.speed").every(MINUTE));
    assert!(
        told.starts_with(
            "`fan.speed` is not there every 60 s: after 2027-01-15T08:01:30Z comes \
             2027-01-15T08:03:30Z, fan=\"left\"\n"
        ),
        "{told}"
    );
    let told = message(|| eec.assert_metric("fan.speed").every(MINUTE / 2));
    assert!(told.contains("is not there every 30 s"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_feature_set_that_is_off_is_named() {
    let config = json!({"fans": ["left"]});
    let eec = Eec::builder(&MANIFEST)
        .config(config)
        .feature_sets([""; 0])
        .start(Fans);
    eec.pass(MINUTE).await;
    eec.assert_no_metric("fan.noise");
    eec.assert_all_metrics_covered();
    let told = message(|| eec.assert_metric("fan.noise"));
    assert!(
        told.starts_with("`fan.noise` was not reported: the feature set `Acoustics` is off\n"),
        "{told}"
    );
    assert_eq!(
        message(|| eec.assert_no_metric("fan.speed")),
        "`fan.speed` was reported, first after 60 s: fan=\"left\" 1200"
    );
    assert_eq!(
        message(|| eec.assert_no_metric("fan.nose")),
        "the manifest does not have `fan.nose`: did you mean `fan.noise`?"
    );
}

#[tokio::test(start_paused = true)]
async fn where_nothing_came_the_status_says_why() {
    let eec = fans(&["stuck"]);
    let told = message(|| eec.assert_metric("fan.speed"));
    assert!(told.ends_with("let some, with `pass(…).await`"), "{told}");
    eec.pass(2 * MINUTE).await;
    let status = "the last status, after 100 s of 2 min: GENERIC_ERROR - Endpoints OK: 0 WARNING: 0 \
                  ERROR: 1 Unhealthy endpoints: stuck - GENERIC_ERROR it does not turn";
    assert_eq!(
        message(|| eec.assert_metric("fan.speed")),
        format!("`fan.speed` was not reported\nno metric was reported at all\n{status}")
    );
    assert_eq!(
        message(|| eec.assert_status(StatusCode::Ok)),
        format!("the status is not OK\n{status}")
    );
    assert!(
        eec.log()
            .iter()
            .any(|line| line.contains("it does not turn")),
        "{:?}",
        eec.log()
    );
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_not_valid_is_told_with_its_reason() {
    let eec = fans(&["left"]);
    // The extension is told a time that the EEC itself does not go by.
    eec.simulator().set_cluster_diff(-7_200_000);
    eec.pass(Duration::from_secs(10)).await;
    eec.simulator().set_cluster_diff(0);
    eec.pass(MINUTE).await;
    let told = message(|| eec.assert_nothing_invalid());
    assert!(
        told.starts_with("3 things not valid:\n  after 60 s, mint: the timestamp "),
        "{told}"
    );
    assert!(
        told.contains("\n    fan.noise,fan=\"left\" gauge,40 "),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_configuration_that_cannot_be_had_ends_the_extension_and_is_told() {
    let eec = fans(&["left"]);
    eec.simulator()
        .inject(Fault::status(404).on([Call::UserConfig]));
    eec.pass(MINUTE).await;
    let why = eec.ended().expect("it has ended");
    assert!(why.starts_with("there is no monitoring configuration to run with: "));
    let told = message(|| eec.assert_metric("fan.speed"));
    assert!(
        told.ends_with(&format!("the extension has ended: {why}")),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_feature_set_that_there_is_not_is_a_mistake_of_the_test() {
    assert_eq!(
        message(|| Eec::builder(&MANIFEST).feature_sets(["acoustics"])),
        "the manifest has no feature set `acoustics`: it has [\"default\", \"Acoustics\"]"
    );
}

#[tokio::test]
async fn a_clock_that_runs_is_a_mistake_of_the_test() {
    let told = message(|| fans(&["left"]));
    assert!(
        told.contains("#[tokio::test(start_paused = true)]"),
        "{told}"
    );
}
