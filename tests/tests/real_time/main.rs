//! Whole programs at work, in real time: processes that are started, waited for
//! and asked to end, some for a minute and a half. All are in one binary, so
//! that they wait at the same time.

#![cfg(unix)]

mod package;
mod programs;
mod sdk;
mod simulate;
mod together;
mod trace;
#[path = "../../../codegen/cli/tests/peers/venv.rs"]
mod venv;
