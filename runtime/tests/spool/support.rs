//! An extension that counts, and a sink that does as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use extyped::{
    Activation, Builder, Clock, Cycle, DropCause, Endpoints, Extension, Finished, Manifest,
    MetricBatch, Receipt, Runtime, Sending, Sink, SinkError, Spool, Status, Tally, Timestamp,
    Verdict,
};
use tokio::time::Instant;

static MANIFEST: Manifest = Manifest::new("custom:spooled", "1.0.0", &[], &[]);

pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// Reports so many counts in each cycle, each with another number, and one
/// gauge.
pub(crate) struct Counting {
    next: Mutex<u32>,
    each: u32,
    /// What the extension itself asks for.
    spool: Option<Spool>,
}

impl Counting {
    pub(crate) fn from(first: u32, each: u32) -> Self {
        Counting {
            next: Mutex::new(first),
            each,
            spool: None,
        }
    }

    /// Leaves it to the extension to name the folder.
    pub(crate) fn asking_for(mut self, folder: &std::path::Path) -> Builder<Counting> {
        self.spool = Some(Spool::at(folder));
        Runtime::builder(self, &MANIFEST)
            .activation(Activation::new(()))
            .clock(Clock::starting_at(NOON))
            .monitoring_configuration_id("vu9U3hXa3q0AAAABAB:1")
    }

    pub(crate) fn builder(self, folder: &std::path::Path) -> Builder<Counting> {
        Runtime::builder(self, &MANIFEST)
            .activation(Activation::new(()))
            .spool(Spool::at(folder))
    }

    /// With a clock that a test can pause.
    pub(crate) fn at_noon(self, folder: &std::path::Path) -> Builder<Counting> {
        self.builder(folder).clock(Clock::starting_at(NOON))
    }
}

impl Extension for Counting {
    type Config = ();
    type Endpoint = ();

    fn endpoints(&self, (): &()) -> Endpoints<()> {
        Endpoints::one(())
    }

    fn spool(&self, (): &()) -> Option<Spool> {
        self.spool.clone()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let first = {
            let mut next = self.next.lock().expect("no panic");
            let first = *next;
            *next += self.each;
            first
        };
        let none: [(&str, &str); 0] = [];
        for n in first..first + self.each {
            cx.untyped().count("spooled.count", none, n)?;
        }
        cx.untyped().gauge("spooled.level", none, first)?;
        Ok(Status::ok())
    }
}

/// What a sink says to a send, given how many there were before.
pub(crate) type Answer = Arc<dyn Fn(usize) -> Option<Result<Receipt, SinkError>> + Send + Sync>;

/// A sink that answers as a test says; `None` is no answer at all.
#[derive(Clone)]
pub(crate) struct Scripted {
    answer: Answer,
    tried: Arc<Mutex<Vec<String>>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub(crate) fn new(
        answer: impl Fn(usize) -> Option<Result<Receipt, SinkError>> + Send + Sync + 'static,
    ) -> Self {
        Scripted {
            answer: Arc::new(answer),
            tried: Arc::default(),
            taken: Arc::default(),
        }
    }

    pub(crate) fn taking() -> Self {
        Scripted::new(|_| Some(Ok(Receipt::accepted())))
    }

    /// Refuses connections until then.
    pub(crate) fn down_until(back: Instant) -> Self {
        Scripted::new(move |_| {
            Some(if Instant::now() < back {
                Err(SinkError::later("connection refused"))
            } else {
                Ok(Receipt::accepted())
            })
        })
    }

    /// Is not there, and asks not to be asked for an hour.
    pub(crate) fn away() -> Self {
        let away = || SinkError::later("busy").with_retry_after(Duration::from_hours(1));
        Scripted::new(move |_| Some(Err(away())))
    }

    /// The bodies of all sends, in order.
    pub(crate) fn tried(&self) -> Vec<String> {
        self.tried.lock().expect("no panic").clone()
    }

    pub(crate) fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("no panic").clone()
    }

    /// The counts that were taken, in order.
    pub(crate) fn counts(&self) -> Vec<u32> {
        counts(&self.taken())
    }
}

/// The counts among lines, in order.
pub(crate) fn counts(lines: &[String]) -> Vec<u32> {
    let deltas = lines.iter().filter_map(|line| line.split_once("delta="));
    deltas
        .filter_map(|(_, rest)| rest.split(' ').next()?.parse().ok())
        .collect()
}

impl Sink for Scripted {
    fn name(&self) -> &'static str {
        "ingest"
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        let before = {
            let mut tried = self.tried.lock().expect("no panic");
            tried.push(batch.body().to_owned());
            tried.len() - 1
        };
        Box::pin(async move {
            let Some(answer) = (self.answer)(before) else {
                return std::future::pending().await;
            };
            let receipt = answer?;
            let lines = batch.lines().map(str::to_owned);
            self.taken.lock().expect("no panic").extend(lines);
            Ok(receipt)
        })
    }
}

pub(crate) async fn run(builder: Builder<Counting>) -> Finished {
    let runtime = builder.build().expect("everything is given");
    let finished = runtime.run(std::future::pending()).await;
    assert_counted(&finished);
    finished
}

/// What became of the metric lines of the first sink.
pub(crate) fn metrics_of(finished: &Finished) -> &Tally {
    let mut tallies = finished.tallies.iter();
    let of = tallies.find(|tally| tally.stream() == "metrics");
    of.expect("each sink has one")
}

pub(crate) fn dropped(finished: &Finished, cause: DropCause) -> u64 {
    metrics_of(finished).dropped().by(cause)
}

/// Nothing is lost without a count.
fn assert_counted(finished: &Finished) {
    for tally in &finished.tallies {
        let known = tally.accepted() + tally.dropped().total() + tally.waiting();
        assert_eq!(tally.given(), known, "{tally}");
    }
}
