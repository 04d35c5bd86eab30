//! An Extension Execution Controller (EEC) for an author's tests.
//!
//! The extension runs as in production: it gets its activation from the EEC,
//! polls, and sends metrics, events and heartbeats over the data-source
//! protocol. The EEC is in the same process and checks everything that comes
//! in; the clock is paused, so that a day of polling is a test of seconds.
//!
//! ```toml
//! [dev-dependencies]
//! extyped = { version = "…", features = ["testing"] }
//! serde_json = "1"
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! ```
//! use std::time::Duration;
//!
//! use extyped::testing::Eec;
//! use extyped::{Cumulative, Cycle, Endpoints, Extension, PollError, Status, StatusCode};
//! use serde_json::json;
//!
//! extyped::extension!("doc/extension.yaml");
//!
//! # #[derive(serde::Deserialize)] struct Config { hosts: Vec<String> }
//! # struct LoadBalancer;
//! # impl Extension for LoadBalancer {
//! #     type Config = Config;
//! #     type Endpoint = ();
//! #     fn endpoints(&self, config: &Config) -> Endpoints<()> {
//! #         config.hosts.iter().map(|host| (host, ())).collect()
//! #     }
//! #     async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
//! #         let minute = cx.timestamp().as_millis() / 60_000;
//! #         Metrics::of(cx)
//! #             .node(NodeDimensions { device_address: cx.endpoint_name(), node_name: "web-1" })
//! #             .cpu(12.5)
//! #             .bytes_in_count(Cumulative(minute.unsigned_abs() * 5));
//! #         Ok(Status::ok())
//! #     }
//! # }
//! // impl Extension for LoadBalancer { … }
//!
//! #[tokio::test(start_paused = true)]
//! # async fn unused() {}
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() { a_day().await }
//! async fn a_day() {
//!     let eec = Eec::builder(&MANIFEST)
//!         .config(json!({"hosts": ["10.0.0.1"]}))
//!         .start(LoadBalancer);
//!     eec.pass(Duration::from_hours(24)).await;
//!
//!     eec.assert_metric("lb.node.cpu")
//!         .dimension("node.name", "web-1")
//!         .times(24 * 60)
//!         .every(Duration::from_mins(1));
//!     assert_eq!(eec.assert_metric("lb.node.bytes.in.count").values()[0], 5.0);
//!     eec.assert_all_metrics_covered();
//!     eec.assert_nothing_invalid();
//!     eec.assert_status(StatusCode::Ok);
//!     eec.stop().await;
//! }
//! ```
//!
//! An assertion that fails says what was near: keys that are alike, the
//! dimensions that did come, the feature set that is off, the last status. The
//! log of the extension is among the output of a test that failed.
//!
//! # What can go wrong
//!
//! [`Eec::simulator`] is the EEC itself. It misbehaves as told, keeps what it
//! got, and changes what it answers:
//!
//! ```
//! # use std::time::Duration;
//! # use extyped::testing::{Call, Eec, Fault};
//! # async fn example(eec: &Eec) {
//! // For ten minutes nobody is there, and then it is started again.
//! eec.simulator().inject(Fault::restart().lasting(Duration::from_mins(10)));
//! // It is too busy for the next three batches of metrics.
//! eec.simulator().inject(Fault::status(429).on([Call::Mint]).times(3));
//! // It asks for more to be logged, and its cluster is 90 s ahead.
//! eec.simulator().set_heartbeat_answer("debugmode", "1");
//! eec.simulator().set_cluster_diff(90_000);
//! # }
//! ```
//!
//! # Sockets
//!
//! A paused clock jumps to what is due next when no task can go on, and does
//! not know that a task waits for an endpoint. While a request of
//! [`HttpClient`](crate::HttpClient) is on its way the clock is held, for a
//! quarter of a second of real time at most: an endpoint on this machine,
//! such as an `axum` server in the test, has answered by then, and no time has
//! passed. One that hangs meets its deadline by the clock of the test, and
//! costs half a second of real time for each request. What an extension asks
//! over other sockets must be in `tokio::task::spawn_blocking`, which holds the
//! clock as well.

mod builder;
mod eec;
mod facts;
mod log;
mod metric;
mod pipe;
mod status;

pub use builder::Builder;
pub use eec::Eec;
pub use extyped_simulator::{
    Call, Fault, FaultError, Finding, Heartbeat, MetricSummary, RandomFaults, Received, Reported,
    Request, Severity, Simulator, Totals, Value,
};
pub use metric::MetricLines;
