//! From the values an author reports to the lines that are sent.
//!
//! Generated code opens a [`Set`] for an entity: its dimensions are escaped
//! once. Each metric of the entity then costs one line, written straight into
//! a buffer that the set took from the [`Recorder`] and gives back when it is
//! dropped. Nothing here can fail in the author's face: what cannot be sent is
//! refused, counted by metric and cause, and handed to the runtime with the
//! lines.

mod buffer;
mod enabled;
mod recorder;
mod refusal;
mod series;
mod set;
mod values;

pub use enabled::EnabledMetrics;
pub(crate) use enabled::is_on;
pub use extyped_line::{Number, Summary};
pub use recorder::{CYCLE_BYTES, Recorded, Recorder};
pub use refusal::{Refusal, Refused};
pub use series::{SERIES, SERIES_IDLE};
pub use set::Set;
pub use values::{CountValue, Cumulative, Delta, GaugeValue};
