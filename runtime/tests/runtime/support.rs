//! An extension that does as a test says.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use extyped::{
    Activation, Builder, Clock, Cycle, Endpoint, Endpoints, Extension, Finished, Kind, Manifest,
    MemorySink, Metric, Runtime, Schedule, Setup, Status, Timestamp, Verdict,
};

pub(crate) static MANIFEST: Manifest = Manifest::new(
    "custom:fake",
    "1.0.0",
    &[Metric::new("fake.value", Kind::Gauge, &[])],
    &["default", "Advanced"],
);

/// When every test begins.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// A callback on its way.
pub(crate) type Doing<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

type Act = Box<dyn for<'a> Fn(&'a Cycle<Fake>, u32) -> Doing<'a> + Send + Sync>;

/// What an endpoint does when it is polled for the n-th time, from zero.
pub(crate) struct Script {
    runs: AtomicU32,
    act: Act,
}

/// What the extension does before and after polling.
type Initialize = Box<dyn Fn(u32) -> Verdict + Send + Sync>;
type MakeEndpoints = Box<dyn FnOnce() -> Endpoints<Script> + Send>;

#[derive(Default)]
pub(crate) struct Fake {
    endpoints: Mutex<Option<MakeEndpoints>>,
    initialize: Option<Initialize>,
    initialized: AtomicU32,
    initialize_takes: Duration,
    pub(crate) schedules: Mutex<Vec<Schedule<Fake>>>,
    pub(crate) shut_down: Arc<AtomicU32>,
}

impl Fake {
    pub(crate) fn new(endpoints: Endpoints<Script>) -> Self {
        Fake::making(move || endpoints)
    }

    pub(crate) fn making(make: impl FnOnce() -> Endpoints<Script> + Send + 'static) -> Self {
        Fake {
            endpoints: Mutex::new(Some(Box::new(make))),
            ..Fake::default()
        }
    }

    pub(crate) fn initialize_with(
        mut self,
        initialize: impl Fn(u32) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        self.initialize = Some(Box::new(initialize));
        self
    }

    /// Takes so long to initialize.
    pub(crate) fn initialize_for(mut self, duration: Duration) -> Self {
        self.initialize_takes = duration;
        self
    }

    pub(crate) fn builder(self) -> Builder<Fake> {
        Runtime::builder(self, &MANIFEST)
            .activation(Activation::new(()))
            .clock(Clock::starting_at(NOON))
    }

    /// Runs so many cycles and says what was reported.
    pub(crate) async fn cycles(self, cycles: u64) -> MemorySink {
        let sink = MemorySink::new();
        run(self.builder().sink(sink.clone()).cycles(cycles)).await;
        sink
    }
}

/// Runs until all cycles are done.
pub(crate) async fn run(builder: Builder<Fake>) -> Finished {
    let runtime = builder.build().expect("everything is given");
    runtime.run(std::future::pending()).await
}

impl Extension for Fake {
    type Config = ();
    type Endpoint = Script;

    fn endpoints(&self, (): &()) -> Endpoints<Script> {
        let make = self.endpoints.lock().expect("nobody panicked").take();
        make.expect("asked once")()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let script = cx.endpoint();
        let run = script.runs.fetch_add(1, Ordering::SeqCst);
        (script.act)(cx, run).await
    }

    async fn initialize(&self, _: &Setup<Self>) -> Verdict {
        let run = self.initialized.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.initialize_takes).await;
        match &self.initialize {
            None => Ok(Status::ok()),
            Some(initialize) => initialize(run),
        }
    }

    fn schedules(&self) -> Vec<Schedule<Self>> {
        std::mem::take(&mut *self.schedules.lock().expect("nobody panicked"))
    }

    async fn shutdown(&self) {
        self.shut_down.fetch_add(1, Ordering::SeqCst);
    }
}

/// An endpoint that does this.
pub(crate) fn script(
    act: impl for<'a> Fn(&'a Cycle<Fake>, u32) -> Doing<'a> + Send + Sync + 'static,
) -> Script {
    Script {
        runs: AtomicU32::new(0),
        act: Box::new(act),
    }
}

/// An endpoint that answers at once, this.
pub(crate) fn answering(answer: impl Fn(u32) -> Verdict + Send + Sync + 'static) -> Script {
    script(move |_, run| Box::pin(std::future::ready(answer(run))))
}

/// An endpoint that reports which run it is, and is well.
pub(crate) fn counting() -> Script {
    script(|cx, run| {
        Box::pin(async move {
            report(cx, run)?;
            Ok(Status::ok())
        })
    })
}

/// An endpoint that hangs in these runs, and counts in the others.
pub(crate) fn hanging_in(hang: impl Fn(u32) -> bool + Send + Sync + 'static) -> Script {
    script(move |cx, run| {
        let hangs = hang(run);
        Box::pin(async move {
            report(cx, run)?;
            if hangs {
                std::future::pending::<()>().await;
            }
            Ok(Status::ok())
        })
    })
}

/// Reports the number of the run under the endpoint's name.
pub(crate) fn report(cx: &Cycle<Fake>, run: u32) -> Result<(), extyped::PollError> {
    let key = format!("run.{}", cx.endpoint_name());
    cx.untyped().gauge(&key, [("run", run)], run)
}

/// One endpoint of this name.
pub(crate) fn only(name: &str, script: Script) -> Endpoints<Script> {
    Endpoints::from_iter([Endpoint::new(name, script)])
}

/// Minutes after noon at which the lines of a metric say they were taken.
pub(crate) fn minutes(sink: &MemorySink, key: &str) -> Vec<f64> {
    let lines = sink.lines_of(key);
    let stamps = lines.iter().filter_map(|line| line.rsplit(' ').next());
    stamps
        .map(|stamp| {
            let millis: i64 = stamp.parse().expect("a line ends in its timestamp");
            let since = u32::try_from(millis - NOON.as_millis()).expect("after noon");
            f64::from(since) / 60_000.0
        })
        .collect()
}

/// The latest status of an endpoint, as text.
pub(crate) fn status_of(sink: &MemorySink, endpoint: &str) -> String {
    sink.endpoint_status(endpoint)
        .map_or_else(String::new, |status| status.to_string())
}
