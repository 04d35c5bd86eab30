//! Typed, supervised Dynatrace extensions: the manifest is the type system.

mod activation;
mod arguments;
mod asked_sinks;
mod board;
mod clock;
mod context;
mod cycle;
mod data_source;
mod develop;
mod drain;
mod drops;
mod eec;
mod endpoint;
mod event;
mod extension;
mod failures;
mod fault;
mod first_runs;
mod http;
mod levels;
mod log_event;
mod log_value;
mod logging;
mod manifest;
mod multi_status;
mod open_files;
mod outbox;
mod outlets;
#[cfg(feature = "testing")]
mod paused_clock;
mod poll;
mod primary_dimensions;
mod pump;
mod redact;
mod registered_count;
mod remarks;
pub mod report;
mod run;
mod runtime;
mod schedule;
mod self_monitoring;
mod senders;
mod setup;
mod shared_dimensions;
mod shutdown;
mod sink;
mod snapshot;
#[cfg(feature = "spool")]
mod spool;
mod status;
mod status_report;
mod statuses;
mod stream;
mod suggest;
mod supervise;
mod tally;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod untyped;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use activation::{Activation, ActivationError, Configuration, RawActivation, Secret, Setting};
pub use clock::{Clock, Timestamp};
pub use cycle::Cycle;
pub use endpoint::{Endpoint, Endpoints};
pub use event::{Event, EventType};
pub use extension::Extension;
pub use first_runs::FirstRuns;
pub use http::{HttpClient, HttpOptions, HttpRequest, HttpResponse, PollError, PollErrorKind};
pub use log_event::{LogEvent, Severity};
pub use log_value::LogValue;
pub use manifest::{Kind, Manifest, Metric};
pub use multi_status::MultiStatus;
pub use primary_dimensions::PrimaryDimensions;
pub use registered_count::{DataSourceOptions, RegisteredCount};
pub use report::{Cumulative, Delta, Recorder, Summary};
pub use run::run;
pub use runtime::{BuildError, Builder, Finished, Runtime};
pub use schedule::{Callback, Schedule, Verdict};
pub use secrecy::{ExposeSecret, SecretString};
pub use setup::Setup;
pub use sink::{
    EnvironmentOptions, EnvironmentSink, FileOptions, FileSink, InvalidLine, LocalIngestSink,
    MemorySink, MetricBatch, Receipt, RenamedMetric, Sending, Sink, SinkError, StatusRhythm,
    StdoutSink,
};
pub use snapshot::{PortBinding, Process, ProcessGroup, Snapshot, SnapshotError};
#[cfg(feature = "spool")]
pub use spool::Spool;
pub use status::{Status, StatusCode};
pub use status_report::{EndpointStatus, News, StatusChange, StatusReport};
pub use tally::{DropCause, Dropped, Tally};
pub use untyped::Untyped;

pub use extyped_activation::Violation;
/// Dates and times of a configuration.
pub use jiff;
/// Addresses of a configuration.
pub use url::Url;

/// # Example
/// A node of a load balancer, reported as `extension.yaml` describes it:
///
/// ```
/// use extyped::Cumulative;
/// # use extyped::report::{EnabledMetrics, Recorder};
///
/// extyped::extension!("doc/extension.yaml");
///
/// # fn main() {
/// # let cx = &Recorder::new(&MANIFEST, EnabledMetrics::all(&MANIFEST));
/// let metrics = Metrics::of(cx);
/// metrics
///     .node(NodeDimensions { device_address: "10.0.0.1", node_name: "web-1" })
///     .cpu(12.5)
///     .bytes_in_count(Cumulative(4_096_u64));
/// # assert_eq!(
/// #     cx.drain().lines.as_str(),
/// #     "lb.node.cpu,device.address=\"10.0.0.1\",node.name=\"web-1\" gauge,12.5\n",
/// # );
/// # }
/// ```
#[cfg(feature = "macros")]
pub use extyped_macros::extension;
