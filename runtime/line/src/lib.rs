//! Dynatrace metric lines, exactly as the ingest reads them.
//!
//! ```text
//! lb.pool.health,device.address="10.0.0.1",pool="web" gauge,99.5 1700000000000
//! └── key ─────┘└── dimensions ─────────────────────┘ └ payload ┘└ timestamp ┘
//! ```
//!
//! The crate answers three questions, and the same functions answer them when
//! a manifest is checked and when a line is written:
//!
//! * is this name allowed? [`key::validate`], [`dimension::validate_key`];
//! * how is it written? [`value`], [`Number`], [`Summary`], [`Payload`];
//! * how is it sent? [`Lines`] and its [`Batches`].
//!
//! [`Line::parse`] reads a line back. Limits stand in [`limits`].
//!
//! All but the first is the feature `write`, on by default. Without it the
//! crate has no dependency, and a macro that checks names builds sooner.
//!
//! # Where this crate and the official client differ
//!
//! Names and values are normalized like the 2026 version of Dynatrace's Java
//! client does it, with these exceptions, each on purpose:
//!
//! * The client writes dimension values unquoted and escapes spaces, commas
//!   and equals signs; [`value::quote`] always writes quotes. Both are read
//!   alike, and inside quotes only two characters need an escape.
//! * The client replaces code points that its Java version calls unassigned.
//!   Which these are changes with every Unicode version, and a value that is
//!   changed today would be kept tomorrow, so only the code points that will
//!   never be assigned are replaced here.
//! * Where documents disagree about a limit, the lower one is the default.

pub mod dimension;
mod grammar;
pub mod key;
pub mod limits;
#[cfg(feature = "write")]
mod write;

pub use grammar::{KeyError, KeyProblem};
#[cfg(feature = "write")]
pub use write::{
    Batch, Batches, Line, LineError, LineProblem, Lines, Number, Payload, PushError, Summary,
    SummaryError, timestamp, value,
};
