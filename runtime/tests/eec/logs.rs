//! Log events, those of the extension and those in which the runtime tells of
//! its endpoints.

use std::time::Duration;

use extyped::testing::{Call, Eec};
use extyped::{
    Cycle, DataSourceOptions, Endpoints, Extension, FirstRuns, Kind, LogEvent, Manifest, Metric,
    PollError, Severity, Status, Verdict,
};
use serde_json::Value;

use crate::calls;
use crate::support::{Fake, MANIFEST, MINUTE, Script, counting, only, script};

/// An extension that Dynatrace signed, which may send logs of its own.
static SIGNED: Manifest = Manifest::new(
    "com.example.fake",
    "1.0.0",
    &[Metric::new("fake.value", Kind::Gauge, &[])],
    &["default", "Advanced"],
);

/// Well, for two minutes; then out of paper, for three hours.
fn printer() -> Script {
    script(|_, run| {
        Box::pin(async move {
            match run {
                2..180 => Err(PollError::other("out of paper")),
                _ => Ok(Status::ok()),
            }
        })
    })
}

/// Without paper from the start, until the third minute.
fn empty() -> Script {
    script(|_, run| {
        Box::pin(async move {
            match run {
                0..2 => Err(PollError::other("out of paper")),
                _ => Ok(Status::ok()),
            }
        })
    })
}

fn text<'l>(log: &'l Value, attribute: &str) -> &'l str {
    log[attribute].as_str().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn what_is_news_of_an_endpoint_is_told_and_an_error_again_after_two_hours() {
    let endpoints = [
        ("printer", printer()),
        ("empty", empty()),
        ("well", counting()),
    ];
    let fake = Fake::new(endpoints.into_iter().collect());
    let eec = Eec::builder(&SIGNED)
        .first_runs(FirstRuns::spread_from(30))
        .start(fake);
    eec.pass(190 * MINUTE).await;
    let logs = eec.simulator().self_monitoring_logs();
    let told: Vec<_> = logs
        .iter()
        .map(|log| (log.at.as_secs() / 60, text(&log.item, "message")))
        .collect();
    assert_eq!(
        told,
        [
            (1, "empty: [INITIAL] - GENERIC_ERROR out of paper"),
            (3, "printer: [NEW] - GENERIC_ERROR out of paper"),
            (3, "empty: [NEW] - OK"),
            (123, "printer: [ONGOING] - GENERIC_ERROR out of paper"),
            (180, "printer: [NEW] - OK"),
        ]
    );
    let first = &logs[0].item;
    assert_eq!(text(first, "device.address"), "empty");
    assert_eq!(text(first, "level"), "ERROR");
    assert_eq!(text(first, "dt.extension.name"), "com.example.fake");
    assert_eq!(text(first, "dt.extension.config.label"), "test");
    eec.assert_nothing_invalid();
}

#[tokio::test(start_paused = true)]
async fn an_extension_of_its_authors_own_sends_no_self_monitoring_logs() {
    let eec = Eec::builder(&MANIFEST).start(Fake::new(only("printer", printer())));
    eec.pass(10 * MINUTE).await;
    assert!(!calls(&eec).contains(&Call::SelfMonitoringLogs));
    eec.assert_nothing_invalid();
}

/// Logs two events at each poll, one of which somebody waits for.
struct Logging {
    enriched: bool,
}

impl Extension for Logging {
    type Config = ();
    type Endpoint = ();

    fn endpoints(&self, (): &()) -> Endpoints<()> {
        Endpoints::one(())
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        cx.log(LogEvent::new(Severity::Info, "fuser replaced").with_attribute("printer", "p-1"));
        cx.log(LogEvent::new(Severity::Error, "on fire").urgent());
        Ok(Status::ok())
    }

    fn data_source(&self, (): &()) -> DataSourceOptions {
        let options = DataSourceOptions::new();
        if self.enriched {
            options
        } else {
            options.without_log_enrichment()
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_urgent_log_event_does_not_wait_for_the_others() {
    let builder = Eec::builder(&MANIFEST).first_runs(FirstRuns::at_once());
    let eec = builder.start(Logging { enriched: true });
    eec.pass(MINUTE / 2).await;
    let logs = eec.simulator().logs();
    let told: Vec<_> = logs
        .iter()
        .map(|log| (log.at, text(&log.item, "content")))
        .collect();
    assert_eq!(
        told,
        [(Duration::ZERO, "on fire"), (MINUTE / 2, "fuser replaced")]
    );
}

#[tokio::test(start_paused = true)]
async fn a_log_event_says_where_it_comes_from_and_whether_more_is_to_be_added() {
    for enriched in [true, false] {
        let eec = Eec::builder(&MANIFEST).start(Logging { enriched });
        let answer = eec.simulator();
        answer.set_heartbeat_answer("extconfig", "b2520a74-88e8-3c03");
        eec.pass(MINUTE).await;
        let logs = eec.simulator().logs();
        let log = logs
            .iter()
            .find(|log| text(&log.item, "content") == "fuser replaced")
            .expect("it is sent");
        for (attribute, value) in [
            ("severity", "INFO"),
            ("printer", "p-1"),
            ("timestamp", "2027-01-15T08:00:30Z"),
            ("monitoring.configuration", "test"),
            ("dt.extension.ds", "python"),
            ("dt.extension.name", "custom:fake"),
            ("dt.extension.version", "1.0.0"),
            ("dt.extension.config.id", "b2520a74-88e8-3c03"),
        ] {
            assert_eq!(text(&log.item, attribute), value, "{attribute}");
        }
        let requests = eec.simulator().requests();
        let wishes: Vec<_> = requests
            .iter()
            .filter(|request| request.call == Some(Call::Logs))
            .map(|request| request.header("eec-enrichment"))
            .collect();
        let wish = if enriched { "true" } else { "false" };
        assert_eq!(wishes, [Some(wish); 2]);
    }
}
