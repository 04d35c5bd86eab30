//! Nothing is lost without being counted, nothing is sent twice, and no sink
//! holds anything back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use extyped::{
    DropCause, Endpoint, Finished, InvalidLine, LogEvent, MemorySink, MetricBatch, PollError,
    PollErrorKind, Receipt, RenamedMetric, Sending, Severity, Sink, SinkError, Status, StatusCode,
    Tally,
};
use tokio::time::Instant;

use crate::support::{
    Fake, MINUTE, answering, counting, minutes, only, report, run, script, status_of,
};

/// What a sink does with the next batch.
enum Next {
    Take,
    Fail(SinkError),
    Hang,
    Remark(Receipt),
}

/// When a batch came, and its lines.
type Tried = (Duration, Vec<String>);

/// A sink that does as it is told, then takes everything.
#[derive(Clone, Default)]
struct Scripted {
    next: Arc<Mutex<VecDeque<Next>>>,
    tried: Arc<Mutex<Vec<Tried>>>,
    taken: Arc<Mutex<Vec<String>>>,
    started: Option<Instant>,
}

impl Scripted {
    fn new(next: impl IntoIterator<Item = Next>) -> Self {
        Scripted {
            next: Arc::new(Mutex::new(next.into_iter().collect())),
            started: Some(Instant::now()),
            ..Scripted::default()
        }
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("nobody panicked").clone()
    }

    fn tried(&self) -> Vec<Tried> {
        self.tried.lock().expect("nobody panicked").clone()
    }
}

impl Sink for Scripted {
    fn name(&self) -> &'static str {
        "ingest"
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        let lines: Vec<String> = batch.lines().map(str::to_owned).collect();
        let at = self
            .started
            .map(|started| started.elapsed())
            .unwrap_or_default();
        self.tried
            .lock()
            .expect("nobody panicked")
            .push((at, lines.clone()));
        let next = self.next.lock().expect("nobody panicked").pop_front();
        Box::pin(async move {
            let receipt = match next.unwrap_or(Next::Take) {
                Next::Take => Receipt::accepted(),
                Next::Fail(error) => return Err(error),
                Next::Hang => std::future::pending().await,
                Next::Remark(receipt) => receipt,
            };
            self.taken.lock().expect("nobody panicked").extend(lines);
            Ok(receipt)
        })
    }
}

fn refused() -> Next {
    Next::Fail(SinkError::later("connection refused"))
}

async fn with_sinks(fake: Fake, cycles: u64, scripted: &Scripted) -> MemorySink {
    let memory = MemorySink::new();
    let builder = fake.builder().sink(scripted.clone()).sink(memory.clone());
    run(builder.cycles(cycles)).await;
    memory
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_hangs_holds_back_neither_polling_nor_the_other_sinks() {
    let hung = Scripted::new((0..1_000).map(|_| Next::Hang));
    let memory = with_sinks(Fake::new(only("a", counting())), 10, &hung).await;
    let every_minute: Vec<f64> = (0..10).map(f64::from).collect();
    assert_eq!(minutes(&memory, "run.a"), every_minute);
    assert_eq!(status_of(&memory, "a"), "OK", "the endpoint is well");
    let status = memory.status().expect("there is one");
    assert_eq!(status.code(), StatusCode::Warning);
    assert!(
        status
            .message()
            .contains("ingest, sending metrics: GENERIC_ERROR - no answer within 10 s"),
        "{status}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_failed_comes_again_whole_and_one_that_was_taken_never_does() {
    let flaky = Scripted::new([refused(), Next::Hang, refused(), Next::Take, refused()]);
    let memory = with_sinks(Fake::new(only("a", counting())), 6, &flaky).await;
    assert_eq!(flaky.taken(), memory.lines(), "each line once, in order");
    let tried = flaky.tried();
    for again in &tried[1..4] {
        assert_eq!(again.1, tried[0].1, "the same, and nothing else with it");
    }
    let status = memory.status().expect("there is one");
    assert_eq!(status.code(), StatusCode::Ok, "{status}");
}

#[tokio::test(start_paused = true)]
async fn tries_grow_apart_and_stay_within_a_minute_or_two() {
    let down = Scripted::new((0..1_000).map(|_| refused()));
    with_sinks(Fake::new(only("a", counting())), 31, &down).await;
    let times: Vec<Duration> = down.tried().iter().map(|(at, _)| *at).collect();
    let gaps: Vec<Duration> = times
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect();
    assert!(
        gaps[0] >= Duration::from_secs(1) && gaps[0] <= Duration::from_secs(2),
        "{gaps:?}"
    );
    assert!(gaps[8] >= MINUTE && gaps[8] <= 2 * MINUTE, "{gaps:?}");
    let varied = gaps.iter().filter(|gap| gap.subsec_millis() > 0).count();
    assert!(varied > gaps.len() / 2, "at random: {gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn the_time_a_sink_asks_for_is_given() {
    let wait = 5 * MINUTE;
    let busy = Scripted::new([Next::Fail(SinkError::later("busy").with_retry_after(wait))]);
    with_sinks(Fake::new(only("a", counting())), 7, &busy).await;
    let tried = busy.tried();
    assert_eq!(tried[1].0.saturating_sub(tried[0].0), wait);
    assert_eq!(busy.taken().len(), 7, "what came meanwhile went after it");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_longer_than_the_end_is_not_waited_for() {
    let busy = || Next::Fail(SinkError::later("busy").with_retry_after(60 * MINUTE));
    let busy = Scripted::new((0..100).map(|_| busy()));
    let builder = Fake::new(only("a", counting())).builder();
    let before = Instant::now();
    let finished = run(builder.sink(busy.clone()).cycles(2)).await;
    let took = before.elapsed();
    assert!(took < MINUTE + Duration::from_secs(1), "{took:?}");
    // At its time, once more when the end begins, and then no more.
    assert_eq!(busy.tried().len(), 2);
    assert_eq!(finished.unsent, [("ingest".to_owned(), 2)]);
    assert_counted(&finished);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_asks_for_no_wait_is_tried_at_growing_distances_all_the_same() {
    let at_once = || Next::Fail(SinkError::later("busy").with_retry_after(Duration::ZERO));
    let sink = Scripted::new([at_once(), at_once(), at_once()]);
    with_sinks(Fake::new(only("a", counting())), 3, &sink).await;
    let tried: Vec<Duration> = sink.tried().iter().map(|(at, _)| *at).collect();
    let waits = tried
        .windows(2)
        .take(3)
        .map(|pair| pair[1].saturating_sub(pair[0]));
    assert!(waits.min() >= Some(Duration::from_secs(1)), "{tried:?}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_will_never_be_taken_is_not_sent_again_and_counted() {
    let strict = Scripted::new([Next::Fail(SinkError::never("answers 413"))]);
    let memory = MemorySink::new();
    let builder = Fake::new(only("a", counting())).builder();
    let builder = builder.sink(strict.clone()).sink(memory.clone()).cycles(3);
    let finished = run(builder).await;
    assert_eq!(strict.taken(), memory.lines()[1..]);
    let metrics = metrics_of(&finished);
    assert_eq!(metrics.accepted(), 2);
    assert_eq!(metrics.dropped().by(DropCause::Refused), 1);
    assert_counted(&finished);
    let status = memory.status().expect("there is one").to_string();
    assert!(
        status.contains("1 line dropped since the start: 1 that ingest refused for good"),
        "{status}"
    );
}

/// Takes nothing until it is back.
#[derive(Clone)]
struct DownUntil {
    back: Instant,
    taken: Arc<Mutex<Vec<String>>>,
    tries: Arc<Mutex<usize>>,
}

impl Sink for DownUntil {
    fn name(&self) -> &'static str {
        "ingest"
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        *self.tries.lock().expect("nobody panicked") += 1;
        Box::pin(async move {
            if Instant::now() < self.back {
                return Err(SinkError::later("connection refused"));
            }
            let lines = batch.lines().map(str::to_owned);
            self.taken.lock().expect("nobody panicked").extend(lines);
            Ok(Receipt::accepted())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn after_three_hours_the_last_one_arrives_and_the_rest_is_counted() {
    let back = Instant::now() + 180 * MINUTE;
    let sink = DownUntil {
        back,
        taken: Arc::default(),
        tries: Arc::default(),
    };
    let memory = MemorySink::new();
    let builder = Fake::new(only("a", counting())).builder();
    let builder = builder.sink(sink.clone()).sink(memory.clone());
    // It is back at a moment of its own choice: it is tried every one or two
    // minutes, at random. What counts is what was sent then.
    let finished = run(builder.cycles(190)).await;
    let taken = sink.taken.lock().expect("nobody panicked").clone();
    let all = memory.lines();
    assert_eq!(all.len(), 190);
    assert_eq!(taken, all[190 - taken.len()..], "the newest, in order");
    // The try that succeeds is between minute 180 and 182; then the oldest
    // line that is not older than an hour is that of minute 120 to 122.
    assert!((68..=70).contains(&taken.len()), "{}", taken.len());
    let metrics = metrics_of(&finished);
    let dropped = metrics.dropped();
    assert_eq!(dropped.by(DropCause::TooOld), 190 - taken.len() as u64);
    assert_eq!(dropped.total(), dropped.by(DropCause::TooOld));
    assert_counted(&finished);
    // Not for ever, and not for each line.
    let tries = *sink.tries.lock().expect("nobody panicked");
    assert!(tries < 300, "{tries}");
    let status = memory.status().expect("there is one").to_string();
    let told = format!(
        "ingest, dropping metrics: WARNING - {0} lines dropped since the start: {0} that ingest did not take \
         while they were younger than 1 h",
        dropped.total()
    );
    assert!(status.contains(&told), "{status}");
}

/// What became of the metric lines of the first sink.
fn metrics_of(finished: &Finished) -> &Tally {
    let mut tallies = finished.tallies.iter();
    let of = tallies.find(|tally| tally.stream() == "metrics");
    of.expect("each sink has one")
}

/// Nothing is lost without a count.
fn assert_counted(finished: &Finished) {
    for tally in &finished.tallies {
        let known = tally.accepted() + tally.dropped().total() + tally.waiting();
        assert_eq!(tally.given(), known, "{tally}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_event_longer_than_a_request_holds_nothing_up() {
    let talkative = script(|cx, _| {
        Box::pin(async move {
            cx.log(LogEvent::new(Severity::Info, "before"));
            cx.log(LogEvent::new(Severity::Info, "x".repeat(5_000_001)));
            cx.log(LogEvent::new(Severity::Info, "after"));
            Ok(Status::ok())
        })
    });
    let memory = MemorySink::new();
    let builder = Fake::new(only("a", talkative)).builder();
    let finished = run(builder.sink(memory.clone()).cycles(1)).await;
    let logs = memory.logs();
    let texts: Vec<&str> = logs.iter().map(LogEvent::content).collect();
    assert_eq!(texts, ["before", "after"]);
    let mut tallies = finished.tallies.iter();
    let logs = tallies.find(|tally| tally.stream() == "log events");
    let dropped = logs.expect("there is one").dropped();
    assert_eq!(dropped.by(DropCause::TooLong), 1);
    assert_counted(&finished);
}

#[tokio::test(start_paused = true)]
async fn a_renamed_key_is_named_until_it_is_renamed_no_more() {
    let renamed = || {
        Next::Remark(Receipt::accepted().with_renamed([RenamedMetric {
            from: "run.a".to_owned(),
            to: "run.a.count".to_owned(),
        }]))
    };
    let sink = Scripted::new([renamed(), renamed(), Next::Take]);
    let memory = with_sinks(Fake::new(only("a", counting())), 3, &sink).await;
    let statuses: Vec<String> = memory
        .reports()
        .iter()
        .map(|report| {
            report
                .status()
                .map_or_else(String::new, ToString::to_string)
        })
        .collect();
    let told = "ingest, metrics: WARNING - the ingest stores `run.a` as `run.a.count`: use the new \
                key in extension.yaml";
    let mut changes: Vec<bool> = statuses.iter().map(|s| s.contains(told)).collect();
    changes.dedup();
    assert_eq!(changes, [false, true, false], "{statuses:#?}");
}

#[tokio::test(start_paused = true)]
async fn invalid_lines_of_many_requests_are_counted_by_metric() {
    let chatty = script(|cx, _| {
        Box::pin(async move {
            for n in 0..2_500_u32 {
                cx.untyped().gauge("many", [("n", n)], n)?;
            }
            Ok(Status::ok())
        })
    });
    let invalid = |count| {
        Next::Remark(Receipt::with_invalid((0..count).map(|n| InvalidLine {
            metric: "many".to_owned(),
            reason: format!("{n} is out of range"),
        })))
    };
    let strict = Scripted::new([invalid(3), Next::Take, invalid(4)]);
    let memory = MemorySink::new();
    let builder = Fake::new(only("a", chatty)).builder();
    let builder = builder.sink(strict).sink(memory.clone()).cycles(1);
    let finished = run(builder).await;
    let status = memory.status().expect("there is one").to_string();
    assert!(
        status.contains(
            "ingest, metrics: WARNING - 7 lines were not valid: `many` 3 is out of range"
        ),
        "{status}"
    );
    let metrics = metrics_of(&finished);
    assert_eq!(metrics.dropped().by(DropCause::Invalid), 7);
    assert_eq!(metrics.accepted(), 2_493);
    assert_counted(&finished);
}

#[tokio::test(start_paused = true)]
async fn invalid_lines_are_told_by_metric_and_hide_no_endpoint() {
    let invalid = Receipt::with_invalid([InvalidLine {
        metric: "run.a".to_owned(),
        reason: "gauge is out of range".to_owned(),
    }]);
    let endpoints = [
        ("a", counting()),
        (
            "b",
            answering(|_| {
                Err(PollError::new(
                    PollErrorKind::Unauthorized,
                    "check the token",
                ))
            }),
        ),
    ];
    let fake = Fake::new(endpoints.into_iter().collect());
    let strict = Scripted::new([Next::Remark(invalid)]);
    let memory = with_sinks(fake, 1, &strict).await;
    let status = memory.status().expect("there is one").to_string();
    assert!(
        status.contains(
            "ingest, metrics: WARNING - 1 line was not valid: `run.a` gauge is out of range"
        ),
        "{status}"
    );
    assert!(
        status.contains("b - AUTHENTICATION_ERROR check the token"),
        "{status}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_is_the_oldest_and_the_status_counts_it() {
    let chatty = script(|cx, run| {
        Box::pin(async move {
            for n in 0..100_u32 {
                cx.untyped()
                    .gauge(&format!("chatty.r{run}"), [("n", n)], n)?;
            }
            Ok(Status::ok())
        })
    });
    let down = Scripted::new((0..10_000).map(|_| refused()));
    let memory = MemorySink::new();
    let builder = Fake::new(only("a", chatty)).builder();
    let builder = builder.sink(down.clone()).sink(memory.clone());
    let finished = run(builder.metric_buffer(10_000).cycles(4)).await;
    assert_eq!(memory.lines().len(), 400, "the other sink has them all");
    let status = memory.status().expect("there is one").to_string();
    assert!(
        status.contains(
            "ingest, dropping metrics: WARNING - 200 lines dropped since the start: 200, the oldest first, \
             because the buffer of 9 KiB is full while ingest does not take them"
        ),
        "{status}"
    );
    let (_, last) = down.tried().pop().expect("it was tried");
    assert!(last[0].starts_with("chatty.r2"), "the oldest went first");
    assert_eq!(finished.unsent, [("ingest".to_owned(), 200)]);
    let dropped = metrics_of(&finished).dropped();
    assert_eq!(dropped.by(DropCause::BufferFull), 200);
    assert_counted(&finished);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_sent_by_the_end_is_counted() {
    let down = Scripted::new((0..10_000).map(|_| Next::Hang));
    let builder = Fake::new(only("a", counting())).builder().sink(down);
    let finished = run(builder.cycles(3)).await;
    assert_eq!(finished.unsent, [("ingest".to_owned(), 3)]);
}

#[tokio::test(start_paused = true)]
async fn the_status_goes_out_on_change_and_every_fifty_seconds() {
    let sink = MemorySink::new();
    let endpoint = Endpoint::new("a", counting()).every(60 * MINUTE);
    let fake = Fake::new([endpoint].into_iter().collect());
    let runtime = fake.builder().sink(sink.clone()).build().expect("complete");
    runtime
        .run(tokio::time::sleep(Duration::from_secs(501)))
        .await;
    // At the start, after the first poll, ten heartbeats, and a last one.
    assert_eq!(sink.reports().len(), 13);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_an_endpoint_is_told_once_to_each_sink() {
    let changing = script(|cx, run| {
        Box::pin(async move {
            report(cx, run)?;
            if run < 2 {
                Err(PollError::new(PollErrorKind::Connect, "refused"))
            } else {
                Ok(Status::ok())
            }
        })
    });
    let sink = Fake::new(only("a", changing)).cycles(4).await;
    let changes: Vec<String> = sink
        .reports()
        .iter()
        .flat_map(|report| {
            report
                .changes()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        changes,
        [
            "a: [INITIAL] - DEVICE_CONNECTION_ERROR refused",
            "a: [NEW] - OK"
        ]
    );
}
