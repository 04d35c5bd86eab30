//! Nothing: see `peers.rs`.
