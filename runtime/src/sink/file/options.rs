//! How a sink for a file is set up.

use std::path::PathBuf;

/// What a [`FileSink`](crate::FileSink) is built with.
///
/// ```no_run
/// # use extyped::{FileOptions, FileSink, SinkError};
/// # fn main() -> Result<(), SinkError> {
/// let options = FileOptions::new()
///     .max_bytes(50_000_000)
///     .kept_files(4)
///     .journal("journal.jsonl");
/// let sink = FileSink::with_options("metrics.mint", options)?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct FileOptions {
    pub(super) max_bytes: u64,
    pub(super) kept: usize,
    pub(super) journal: Option<PathBuf>,
}

impl FileOptions {
    /// The defaults: 1 MB a file, which is what the ingest takes in one
    /// request, 9 older files, and no journal.
    pub fn new() -> Self {
        FileOptions {
            max_bytes: extyped_line::limits::BATCH_BYTES as u64,
            kept: 9,
            journal: None,
        }
    }

    /// How large a file grows before it is continued in a new one, in bytes:
    /// 1,000,000. What is sent at once is never split, so a file may be larger
    /// if that alone is.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// How many older files are kept, as `name.1` and so on: 9. The oldest is
    /// deleted.
    #[must_use]
    pub fn kept_files(mut self, files: usize) -> Self {
        self.kept = files;
        self
    }

    /// Writes log events, events and statuses as well, to this file, as lines
    /// of JSON: `{"timestamp":1700000000000,"log":{…}}`, `"event"` or
    /// `"status"`. It has the bounds of the other.
    #[must_use]
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Some(path.into());
        self
    }
}

impl Default for FileOptions {
    fn default() -> Self {
        FileOptions::new()
    }
}
