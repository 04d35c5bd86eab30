//! What the runtime tells of itself.

use std::time::Duration;

use extyped::{
    Cycle, Endpoints, MemorySink, PollError, Schedule, Severity, Status, StatusCode, Verdict,
};

use crate::support::{Fake, MINUTE, Script, answering, counting, hanging_in, only, run, script};

/// The counts of one metric, one for each line.
fn counts(sink: &MemorySink, metric: &str, callback: &str) -> Vec<u64> {
    let start = format!("dsfm:datasource.python.execution.{metric},callback=\"{callback}\",");
    sink.self_monitoring()
        .iter()
        .filter(|line| line.starts_with(&start))
        .filter_map(|line| line.rsplit_once("delta="))
        .map(|(_, count)| count.parse().expect("a number"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn callbacks_are_told_of_each_minute_and_at_the_end_under_their_names() {
    async fn inventory(_: &Fake, _: &Cycle<Fake>) -> Verdict {
        Err(PollError::other("no disks"))
    }
    let endpoints: Endpoints<Script> = [
        ("a", counting()),
        ("b", hanging_in(|_| true)),
        ("c", answering(|_| panic!("index 5 of 3"))),
    ]
    .into_iter()
    .collect();
    let fake = Fake::new(endpoints);
    let schedule = Schedule::new("inventory", 2 * MINUTE, inventory);
    fake.schedules
        .lock()
        .expect("nobody panicked")
        .push(schedule);
    let sink = MemorySink::new();
    let builder = fake.builder().sink(sink.clone());
    let runtime = builder
        .monitoring_configuration_id("5e0b7cf0-cfg")
        .build()
        .expect("complete");
    runtime
        .run(tokio::time::sleep(Duration::from_secs(150)))
        .await;

    let lines = sink.self_monitoring();
    let threads = lines.iter().filter(|line| {
        line.starts_with(
            "dsfm:datasource.python.threads,dt.extension.config.id=\"5e0b7cf0-cfg\" count,delta=",
        )
    });
    assert_eq!(threads.count(), 4, "at 0, 60, 120 and the end: {lines:#?}");
    // Polled at 0, 60 and 120. The one that hangs is canceled after 45 s; the
    // last time the end comes first.
    assert_eq!(counts(&sink, "count", "query").iter().sum::<u64>(), 8);
    assert_eq!(counts(&sink, "ok.count", "query").iter().sum::<u64>(), 3);
    assert_eq!(
        counts(&sink, "timeout.count", "query").iter().sum::<u64>(),
        2
    );
    assert_eq!(
        counts(&sink, "exception.count", "query")
            .iter()
            .sum::<u64>(),
        3
    );
    assert_eq!(counts(&sink, "total.count", "query").last(), Some(&8));
    assert_eq!(
        counts(&sink, "exception.count", "inventory")
            .iter()
            .sum::<u64>(),
        6
    );
    assert!(sink.lines().iter().all(|line| !line.starts_with("dsfm:")));
}

/// The self-monitoring logs, as the sink got them.
async fn logs(script: Script, minutes: u64) -> Vec<(Severity, String)> {
    let sink = MemorySink::new();
    let builder = Fake::new(only("db-1", script)).builder().sink(sink.clone());
    run(builder.cycles(minutes)).await;
    let logs = sink.self_monitoring_logs();
    assert!(sink.logs().is_empty(), "they have a stream of their own");
    logs.iter()
        .map(|log| {
            assert_eq!(log.attributes()["device.address"], "db-1");
            (log.severity(), log.content().to_owned())
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_first_error_a_change_and_an_error_of_two_hours_are_logged_and_nothing_between() {
    let failing = answering(|run| match run {
        200 => Ok(Status::warning("slow")),
        201.. => Ok(Status::ok()),
        _ => Err(PollError::other("refused")),
    });
    assert_eq!(
        logs(failing, 210).await,
        [
            (
                Severity::Error,
                "db-1: [INITIAL] - GENERIC_ERROR refused".to_owned()
            ),
            (
                Severity::Error,
                "db-1: [ONGOING] - GENERIC_ERROR refused".to_owned()
            ),
            (Severity::Warn, "db-1: [NEW] - WARNING slow".to_owned()),
            (Severity::Info, "db-1: [NEW] - OK".to_owned()),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_hangs_for_hours_is_logged_once_in_two_hours() {
    let told = logs(hanging_in(|_| true), 150).await;
    let news: Vec<&str> = told
        .iter()
        .filter_map(|(_, text)| text.split(['[', ']']).nth(1))
        .collect();
    assert_eq!(news, ["INITIAL", "ONGOING"], "{told:#?}");
}

#[tokio::test(start_paused = true)]
async fn devices_that_a_poll_reports_are_logged_like_endpoints() {
    let gateway = script(|cx, _| {
        cx.endpoint_status("10.0.0.1", Status::ok());
        let refused = Status::new(StatusCode::DeviceConnectionError, "refused");
        cx.endpoint_status("10.0.0.2", refused);
        Box::pin(async { Ok(Status::warning("half of them")) })
    });
    let sink = Fake::new(Endpoints::one(gateway)).cycles(3).await;
    let texts: Vec<String> = sink
        .self_monitoring_logs()
        .iter()
        .map(|log| log.content().to_owned())
        .collect();
    assert_eq!(
        texts,
        ["10.0.0.2: [INITIAL] - DEVICE_CONNECTION_ERROR refused"],
        "and nothing of the endpoint without a name"
    );
}
