//! Metric lines on disk while a sink does not take them.

mod killed;
mod running;
mod support;
