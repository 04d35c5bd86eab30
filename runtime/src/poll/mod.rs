//! Polling: each callback of each endpoint in a task of its own.

mod attempt;
mod refused;
mod slots;
mod stamps;
mod stretch;
mod ticks;
mod verdict;
mod worker;

pub(crate) use attempt::{Ended, attempt};
pub(crate) use slots::Slots;
pub(crate) use verdict::overdue;
pub(crate) use worker::{Job, Worker};
