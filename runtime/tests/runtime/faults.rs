//! Events on change, and polling less often when asked to.

use std::time::Duration;

use extyped::{
    Activation, Event, EventType, LogEvent, MemorySink, PollError, PollErrorKind, Severity, Status,
};

use crate::support::{Fake, MINUTE, answering, minutes, only, report, run, script, status_of};

/// Titles of events, and whether they close.
fn told(sink: &MemorySink) -> Vec<(String, bool)> {
    let events = sink.events();
    let told = events
        .iter()
        .map(|event| (event.title().to_owned(), event.end().is_some()));
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_one_event_when_it_begins_and_one_when_it_ends() {
    let refusing = answering(|run| match run {
        1..=4 => Err(PollError::new(
            PollErrorKind::Unauthorized,
            "401: check the token",
        )),
        _ => Ok(Status::ok()),
    });
    let sink = Fake::new(only("lb-1", refusing)).cycles(8).await;
    let title = "Endpoint refuses the credentials: lb-1".to_owned();
    assert_eq!(told(&sink), [(title.clone(), false), (title, true)]);
}

#[tokio::test(start_paused = true)]
async fn a_lasting_fault_is_refreshed_before_its_event_times_out() {
    let down = answering(|_| Err(PollError::new(PollErrorKind::Connect, "refused")));
    let sink = Fake::new(only("lb-1", down)).cycles(61).await;
    let events = sink.events();
    assert_eq!(
        events.len(),
        7,
        "one to begin with, and one every ten minutes of the hour"
    );
    assert!(events.iter().all(|event| event == &events[0]));
    assert_eq!(events[0].timeout_minutes(), Some(15));
}

#[tokio::test(start_paused = true)]
async fn a_missed_deadline_is_a_fault_too() {
    let hung = script(|_, run| {
        Box::pin(async move {
            if run == 0 {
                std::future::pending::<()>().await;
            }
            Ok(Status::ok())
        })
    });
    let sink = Fake::new(only("lb-1", hung)).cycles(2).await;
    let title = "Endpoint does not answer in time: lb-1".to_owned();
    assert_eq!(told(&sink), [(title.clone(), false), (title, true)]);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_configuration_is_told_by_the_status_alone() {
    let wrong = answering(|_| Err(PollError::config("endpoints[0].host is empty: fill it in")));
    let sink = Fake::new(only("lb-1", wrong)).cycles(2).await;
    assert!(sink.events().is_empty());
    assert_eq!(
        status_of(&sink, "lb-1"),
        "INVALID_CONFIG_ERROR - endpoints[0].host is empty: fill it in"
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_limits_the_rate_is_polled_less_often_until_it_answers() {
    let limited = script(|cx, run| {
        Box::pin(async move {
            report(cx, run)?;
            match run {
                1 | 2 => Err(PollError::new(PollErrorKind::RateLimited, "429")),
                _ => Ok(Status::ok()),
            }
        })
    });
    let sink = Fake::new(only("lb-1", limited)).cycles(5).await;
    assert_eq!(minutes(&sink, "run.lb-1"), [0.0, 1.0, 3.0, 7.0, 8.0]);
    let texts: Vec<String> = sink
        .reports()
        .iter()
        .filter_map(|report| Some(report.endpoint("lb-1")?.to_string()))
        .collect();
    assert!(
        texts.contains(&"WARNING - 429; polled again in 4 min instead of 60 s".to_owned()),
        "{texts:?}"
    );
    assert_eq!(
        status_of(&sink, "lb-1"),
        "OK",
        "and no tick counts as skipped"
    );
}

#[tokio::test(start_paused = true)]
async fn the_time_an_endpoint_asks_for_is_given_and_the_ticks_stay_where_they_were() {
    let limited = script(|cx, run| {
        Box::pin(async move {
            report(cx, run)?;
            if run == 0 {
                let error = PollError::new(PollErrorKind::RateLimited, "429");
                return Err(error.with_retry_after(Duration::from_secs(290)));
            }
            Ok(Status::ok())
        })
    });
    let sink = Fake::new(only("lb-1", limited)).cycles(3).await;
    assert_eq!(minutes(&sink, "run.lb-1"), [0.0, 5.0, 6.0]);
}

#[tokio::test(start_paused = true)]
async fn a_limit_on_one_endpoint_leaves_the_others_at_their_pace() {
    let limited = answering(|_| Err(PollError::new(PollErrorKind::RateLimited, "429")));
    let well = script(|cx, run| {
        Box::pin(async move {
            report(cx, run)?;
            Ok(Status::ok())
        })
    });
    let endpoints = [("limited", limited), ("well", well)];
    let sink = Fake::new(endpoints.into_iter().collect()).cycles(3).await;
    assert_eq!(minutes(&sink, "run.well"), [0.0, 1.0, 2.0]);
}

#[tokio::test(start_paused = true)]
async fn events_and_logs_of_the_extension_arrive_with_the_time_of_their_cycle() {
    let talking = script(|cx, run| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(7)).await;
            cx.event(Event::new(EventType::CustomInfo, format!("run {run}")));
            cx.log(LogEvent::new(Severity::Info, format!("run {run}")));
            Ok(Status::ok())
        })
    });
    let sink = Fake::new(only("a", talking)).cycles(2).await;
    assert_eq!(
        told(&sink),
        [("run 0".to_owned(), false), ("run 1".to_owned(), false)]
    );
    let logs = sink.logs();
    let stamps: Vec<_> = logs.iter().filter_map(LogEvent::timestamp).collect();
    assert_eq!(stamps[1].as_millis() - stamps[0].as_millis(), 60_000);
    assert_eq!(logs[1].content(), "run 1");
}

#[tokio::test(start_paused = true)]
async fn a_secret_of_the_configuration_reaches_no_status_event_or_log_event() {
    const TOKEN: &str = "dt0c01.hunter2";
    let careless = script(|cx, run| {
        Box::pin(async move {
            cx.event(Event::new(EventType::CustomInfo, TOKEN).with_property("token", TOKEN));
            cx.log(LogEvent::new(Severity::Info, TOKEN).with_attribute("token", TOKEN));
            match run {
                0 => Err(PollError::other(format!("cannot log in with {TOKEN}"))),
                1 => panic!("{TOKEN}"),
                _ => Ok(Status::warning(TOKEN)),
            }
        })
    });
    let sink = MemorySink::new();
    let builder = Fake::new(only("a", careless)).builder();
    let activation = Activation::new(()).with_secrets([TOKEN]);
    run(builder.activation(activation).sink(sink.clone()).cycles(3)).await;
    let everything = format!("{:?} {:?} {:?}", sink.reports(), sink.events(), sink.logs());
    assert!(
        everything.contains("cannot log in with ********"),
        "{everything}"
    );
    assert!(!everything.contains(TOKEN), "{everything}");
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_faults_at_another_pace_still_refreshes_in_time() {
    let down = answering(|_| Err(PollError::new(PollErrorKind::Server, "500")));
    let endpoint = extyped::Endpoint::new("slow", down).every(20 * MINUTE);
    let sink = Fake::new([endpoint].into_iter().collect()).cycles(10).await;
    let timeout = sink.events()[0].timeout_minutes().expect("it has one");
    // Polled every 20 minutes for 180: refreshed at least once per time-out.
    assert!(
        sink.events().len() > 180 / usize::from(timeout),
        "{timeout}"
    );
}
