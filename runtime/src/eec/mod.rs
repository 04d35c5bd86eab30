//! The Extension Execution Controller (EEC): the process on the monitoring
//! host that starts one extension for each monitoring configuration, and that
//! takes everything it reports over local HTTP.

mod answer;
mod calls;
mod client;
mod connect;
mod counts;
mod enrich;
mod heartbeat;
mod levels;
#[cfg(test)]
mod peer;
mod sink;
mod start;
#[cfg(test)]
mod tests;
mod time;
mod token;

pub(crate) use client::Client;
pub(crate) use connect::Tcp;
#[cfg(feature = "testing")]
pub(crate) use connect::{Connecting, Connector, Stream};
pub(crate) use counts::{CountSignals, keep_registered, send_signals};
pub(crate) use enrich::Identity;
pub(crate) use sink::EecSink;
pub(crate) use start::Configuration;
pub(crate) use time::keep_cluster_time;
pub(crate) use token::Token;
