//! Nothing is lost without being counted, nothing is sent twice, and no sink
//! holds anything back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use extyped::{
    Endpoint, InvalidLine, MemorySink, MetricBatch, PollError, PollErrorKind, Receipt, Sending,
    Sink, SinkError, Status, StatusCode,
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
        assert!(again.1.starts_with(&tried[0].1), "{again:?}");
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
}

#[tokio::test(start_paused = true)]
async fn the_time_a_sink_asks_for_is_given() {
    let wait = 5 * MINUTE;
    let busy = Scripted::new([Next::Fail(SinkError::later("busy").with_retry_after(wait))]);
    with_sinks(Fake::new(only("a", counting())), 7, &busy).await;
    let tried = busy.tried();
    assert_eq!(tried[1].0.saturating_sub(tried[0].0), wait);
    assert_eq!(busy.taken().len(), 7, "what came meanwhile went with it");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_will_never_be_taken_is_not_sent_again() {
    let strict = Scripted::new([Next::Fail(SinkError::never("answers 413"))]);
    let memory = with_sinks(Fake::new(only("a", counting())), 3, &strict).await;
    assert_eq!(strict.taken(), memory.lines()[1..]);
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
            "ingest, lines: WARNING - 200 lines dropped since the start, the oldest first"
        ),
        "{status}"
    );
    let (_, last) = down.tried().pop().expect("it was tried");
    assert!(last[0].starts_with("chatty.r2"), "the oldest went first");
    assert_eq!(finished.unsent, [("ingest".to_owned(), 200)]);
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
