//! The Extension Execution Controller (EEC): the process on the monitoring
//! host that starts one extension for each monitoring configuration, and that
//! takes everything it reports over local HTTP.

mod answer;
mod calls;
mod client;
mod connect;
mod heartbeat;
mod levels;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod tests;
mod token;
