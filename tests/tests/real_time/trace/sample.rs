//! The sample extension of the recorded trace, `interop_ext` of Dynatrace's
//! SDK for Python, written with this library: the same calls in the same
//! order.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use extyped::{
    Cumulative, Cycle, DataSourceOptions, Delta, Endpoints, Event, EventType, Extension, LogEvent,
    Manifest, MultiStatus, RegisteredCount, Schedule, Setup, Severity, Status, StatusCode, Summary,
    Verdict,
};

use super::{DeviceDimensions, InstanceDimensions, MANIFEST, Metrics};

/// What the recorded extension is called. `extension!` insists on `custom:`,
/// and of extensions so called the controller takes no logs of the runtime's
/// own; the recorded one sends them.
const NAME: &str = "com.example.extension.interop";

static AS_RECORDED: Manifest = Manifest::new(
    NAME,
    MANIFEST.version,
    MANIFEST.metrics,
    MANIFEST.feature_sets,
);

/// What `shutdown` logs.
pub(crate) const SHUT_DOWN: &str = "on_shutdown called";

#[derive(Default)]
struct Sample {
    polls: AtomicU64,
}

/// Runs it until it is asked to end.
pub(crate) fn run() -> ExitCode {
    extyped::run(Sample::default(), &AS_RECORDED)
}

impl Extension for Sample {
    /// It looks at nothing of it.
    type Config = serde_json::Value;
    type Endpoint = ();

    fn endpoints(&self, _: &Self::Config) -> Endpoints<()> {
        Endpoints::one(())
    }

    fn data_source(&self, _: &Self::Config) -> DataSourceOptions {
        DataSourceOptions::new()
            .register(RegisteredCount::all("interop.mono.count"))
            .register(RegisteredCount::list("interop.mono2.count", ["host"]))
    }

    fn schedules(&self) -> Vec<Schedule<Self>> {
        let every = Duration::from_secs(20);
        vec![Schedule::new("poll", every, Self::poll).offset(Duration::from_secs(3))]
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        Metrics::of(cx).none().query(1);
        let mut steps = MultiStatus::new();
        steps.add(Status::new(StatusCode::Ok, "q1"));
        steps.add(Status::new(StatusCode::AuthenticationError, "q2"));
        Ok(steps.into())
    }

    async fn fastcheck(&self, _: &Setup<Self>) -> Verdict {
        Ok(Status::new(StatusCode::Ok, "fastcheck fine"))
    }

    async fn shutdown(&self) {
        tracing::info!("{SHUT_DOWN}");
    }
}

impl Sample {
    #[expect(clippy::unused_async, reason = "what runs on a schedule is async")]
    async fn poll(&self, cx: &Cycle<Self>) -> Verdict {
        let poll = self.polls.fetch_add(1, Ordering::Relaxed) + 1;
        let metrics = Metrics::of(cx);
        metrics
            .instance(InstanceDimensions {
                host: "h1",
                port: 80,
                instance: "i-1",
                env: "prod",
            })
            .gauge(1.5)
            .summary(Summary::new(1, 3, 4, 2))
            .requests_count(Delta(7))
            .mono_count(Cumulative(100 + poll));
        metrics
            .device(DeviceDimensions {
                device_address: "10.0.0.1",
            })
            .with_dt_techrule_id("radiator")
            .device(1);
        cx.untyped().gauge("interop.raw", [("host", "h1")], 3)?;
        if poll.is_multiple_of(2) {
            cx.signal_counts(["interop.mono.count"]);
        }
        cx.log(
            LogEvent::new(Severity::Warn, "title\ndescription")
                .with_attribute("title", "title")
                .with_attribute("description", "description")
                .with_attribute("k", "v"),
        );
        cx.log(LogEvent::new(Severity::Info, "one").with_value("k", 1));
        for line in ["line a", "line b"] {
            cx.log(LogEvent::new(Severity::Info, line).urgent());
        }
        cx.event(Event::new(EventType::CustomInfo, "dt title").with_property("a", "b"));
        cx.endpoint_status("10.0.0.1", Status::ok());
        cx.endpoint_status(
            "10.0.0.2",
            Status::new(StatusCode::DeviceConnectionError, "refused"),
        );
        Ok(Status::ok())
    }
}
