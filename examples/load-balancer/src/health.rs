//! What `GET /api/v1/health` answers.

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Health {
    pub(crate) connections: u64,
    pub(crate) nodes: Vec<NodeHealth>,
    pub(crate) pools: Vec<PoolHealth>,
}

#[derive(Deserialize)]
pub(crate) struct NodeHealth {
    pub(crate) name: String,
    pub(crate) cpu_percent: f64,
    pub(crate) memory_bytes: u64,
    /// Since the node was started.
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

#[derive(Deserialize)]
pub(crate) struct PoolHealth {
    pub(crate) name: String,
    pub(crate) members: u32,
    pub(crate) members_up: u32,
}

impl PoolHealth {
    /// The share of members that are up. A pool without members is not up.
    pub(crate) fn percent_up(&self) -> f64 {
        100.0 * f64::from(self.members_up) / f64::from(self.members.max(1))
    }
}
