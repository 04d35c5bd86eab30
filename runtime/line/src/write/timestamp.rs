//! Timestamps: milliseconds since 1970 in UTC.

use std::ops::Range;
use std::time::Duration;

/// The timestamps that the official client writes: those of the years 2000 to
/// 2999. Others are most often seconds or nanoseconds by mistake; a line
/// without a timestamp is stamped where it arrives.
pub const PLAUSIBLE: Range<i64> = 946_684_800_000..32_503_680_000_000;

/// The ingest rejects a line that is older than this.
pub const OLDEST: Duration = Duration::from_hours(1);

/// The ingest rejects a line that is further ahead than this.
pub const AHEAD: Duration = Duration::from_mins(10);

/// Whether a line should carry this timestamp at all. See [`PLAUSIBLE`].
pub fn is_plausible(milliseconds: i64) -> bool {
    PLAUSIBLE.contains(&milliseconds)
}

/// Appends a timestamp. The blank before it is not part of it.
pub fn write(out: &mut String, milliseconds: i64) {
    out.push_str(itoa::Buffer::new().format(milliseconds));
}
