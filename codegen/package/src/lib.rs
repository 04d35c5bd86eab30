//! Packages of Dynatrace extensions: what an agent is given to run.
//!
//! Nothing here reads a manifest or starts a process; what a package is made
//! from comes in as bytes and names, and what it becomes goes out as bytes.

pub mod archive;
pub mod extension;
pub mod glibc;
pub mod limits;
pub mod platform;
pub mod program;
pub mod wheel;
