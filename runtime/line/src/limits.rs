//! How long, how many, how much.
//!
//! Where two documents of Dynatrace disagree, the constant is the lower
//! figure, so that what passes here passes everywhere.

/// Fewest characters of a metric key (metric ingestion protocol).
pub const METRIC_KEY_MIN: usize = 3;

/// Most characters of a metric key: 250 by the table of extension limits.
/// The protocol page and the Java client say [255](CLIENT_METRIC_KEY).
pub const METRIC_KEY: usize = 250;

/// Where the official Java client cuts a metric key.
pub const CLIENT_METRIC_KEY: usize = 255;

/// Most characters of a dimension key (metric ingestion protocol).
pub const DIMENSION_KEY: usize = 100;

/// Most UTF-16 code units of a dimension value as it is written, quotes and
/// escapes included: 250 by the older documents. The protocol page and the
/// Java client, which counts like this, say [255](CLIENT_DIMENSION_VALUE).
pub const DIMENSION_VALUE: usize = 250;

/// Where the official Java client cuts a dimension value.
pub const CLIENT_DIMENSION_VALUE: usize = 255;

/// Most dimensions of one line (metric ingestion protocol).
pub const DIMENSIONS: usize = 50;

/// Most bytes of one line. The protocol page and the Java client say 50,000
/// characters; 50,000 bytes are never more than that.
pub const LINE_BYTES: usize = 50_000;

/// Most lines of one request (`OneAgent` metric API).
pub const BATCH_LINES: usize = 1_000;

/// Most bytes of one request: 1 MB by the metrics API. The Python SDK sends
/// no more either, though it notes that 1,048,576 are accepted.
pub const BATCH_BYTES: usize = 1_000_000;
