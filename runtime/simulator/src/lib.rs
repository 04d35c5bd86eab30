//! The Extension Execution Controller (EEC) as a local server.
//!
//! It serves the data-source protocol to an extension in whatever language:
//! activation, manifest and feature sets, heartbeats, metrics, events and logs.
//! Everything that comes in is checked by the rules of the protocol, of the
//! ingest behind it and of the manifest, counted, and kept within bounds. And
//! it misbehaves as told: see [`Fault`].
//!
//! ```
//! use extyped_simulator::{Fault, Simulator};
//!
//! # let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # tokio.block_on(async {
//! let simulator = Simulator::new();
//! let listener = simulator.listen(([127, 0, 0, 1], 0)).await?;
//! simulator.inject("mint=429:retry=5s:30s".parse().expect("a fault"));
//! println!("--dsid {} --url {}", simulator.data_source_id(), simulator.url(listener.address()));
//! // … and once an extension ran:
//! assert_eq!(simulator.totals().invalid, 0);
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! `extyped simulate` is this server with a view of it in the terminal, and
//! `extyped::testing` puts it into an author's tests.
//!
//! What no source states is an assumption here: the status codes of answers
//! (202 for lines, 204 for logs, 201 for events, 400 where lines are invalid)
//! and the body that `/events` answers. Where an extension depends on one of
//! them, ask a real EEC.

mod answer;
mod builder;
mod call;
mod check;
mod fault;
mod metrics;
mod received;
mod record;
mod reported;
mod ring;
mod server;
mod shared;
mod simulator;
mod state;
mod take;

pub use builder::Builder;
pub use call::Call;
pub use fault::{Fault, FaultError, FaultProgress, RandomFaults};
pub use metrics::MetricSummary;
pub use received::{Finding, Heartbeat, Received, Request, Severity, Totals};
pub use reported::{Reported, Value};
pub use server::Listener;
pub use shared::Notice;
pub use simulator::Simulator;
