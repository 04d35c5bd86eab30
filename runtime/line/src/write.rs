//! Lines: what stands behind the names, and how they are sent.

mod lines;
mod number;
mod parse;
mod payload;
pub mod timestamp;
pub mod value;

pub use lines::{Batch, Batches, Lines, PushError};
pub use number::Number;
pub use parse::{Line, LineError, LineProblem};
pub use payload::{Payload, Summary, SummaryError};
