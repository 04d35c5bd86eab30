//! Metric lines in a file, and the rest in another.

mod journal;
mod options;
mod rotation;

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use self::journal::LastStatus;
pub use self::options::FileOptions;
use self::rotation::{Rotated, Written};
use super::{MetricBatch, Receipt, Sending, Sink, SinkError};
use crate::{Event, LogEvent, StatusCode, StatusReport};

/// Streams that write at the same time wait for each other here.
const WAITING: usize = 4;

/// Writes metric lines to a file, as the ingest takes them: a file can be looked
/// at with any editor and sent later.
///
/// ```no_run
/// # use extyped::{FileSink, SinkError};
/// # fn main() -> Result<(), SinkError> {
/// let sink = FileSink::new("metrics.mint")?;
/// # Ok(()) }
/// ```
///
/// ```sh
/// curl "$ENVIRONMENT/api/v2/metrics/ingest" -H "Authorization: Api-Token $TOKEN" \
///     -H 'Content-Type: text/plain; charset=utf-8' --data-binary @metrics.mint.1
/// ```
///
/// A file that is there is continued. One that is full becomes `metrics.mint.1`,
/// that one `metrics.mint.2`, and the oldest is deleted: [`FileOptions`] has the
/// bounds, and adds a journal of log events, events and statuses. What the
/// runtime tells of itself is discarded. The ingest refuses lines that are older
/// than an hour.
///
/// A batch is written whole or not at all. While the disk is full, or the file
/// may not be written, batches are kept in memory as they are for any other
/// sink, and the status says why. One process writes a file.
#[derive(Debug)]
pub struct FileSink {
    writer: mpsc::Sender<Job>,
    journal: bool,
    last: LastStatus,
}

/// Which of the files.
#[derive(Debug, Clone, Copy)]
enum Which {
    Lines,
    Journal,
}

type Done = oneshot::Sender<Result<(), SinkError>>;

#[derive(Debug)]
enum Job {
    Append(Which, String, Done),
    Flush(Done),
}

impl FileSink {
    /// A sink for the file at `path`. Fails if it cannot be opened.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, SinkError> {
        FileSink::with_options(path, FileOptions::new())
    }

    /// A sink with other options.
    pub fn with_options(path: impl Into<PathBuf>, options: FileOptions) -> Result<Self, SinkError> {
        let rotated = |path| Rotated::new(path, options.max_bytes, options.kept);
        let files = Files {
            lines: rotated(path.into()),
            journal: options.journal.map(rotated),
        };
        for file in files.all() {
            file.open().map_err(|error| {
                failed(file.path(), &error).with_code(StatusCode::InvalidConfigError)
            })?;
        }
        let (writer, jobs) = mpsc::channel(WAITING);
        let journal = files.journal.is_some();
        // Disks can be slow and network drives can hang, so a thread of its own
        // waits for them. It ends with the sink.
        std::thread::Builder::new()
            .name("file sink".to_owned())
            .spawn(move || files.serve(jobs))
            .map_err(|error| {
                SinkError::never(format!(
                    "nothing can be written to files, there is no thread for it: {error}"
                ))
            })?;
        Ok(FileSink {
            writer,
            journal,
            last: LastStatus::default(),
        })
    }

    async fn append(&self, which: Which, text: String) -> Result<(), SinkError> {
        self.ask(|done| Job::Append(which, text, done)).await
    }

    async fn ask(&self, job: impl FnOnce(Done) -> Job) -> Result<(), SinkError> {
        let (done, answer) = oneshot::channel();
        let ended = || SinkError::never("the thread that writes files has ended");
        self.writer.send(job(done)).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }

    async fn note(&self, text: Result<String, SinkError>) -> Result<(), SinkError> {
        self.append(Which::Journal, text?).await
    }
}

/// The files, on the thread that writes them.
struct Files {
    lines: Rotated,
    journal: Option<Rotated>,
}

impl Files {
    fn all(&self) -> impl Iterator<Item = &Rotated> {
        std::iter::once(&self.lines).chain(&self.journal)
    }

    fn serve(self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.blocking_recv() {
            match job {
                Job::Append(which, text, done) => {
                    let file = match (which, &self.journal) {
                        (Which::Journal, Some(journal)) => journal,
                        _ => &self.lines,
                    };
                    append(file, &text, done);
                }
                Job::Flush(done) => {
                    // Whoever asked may have given up.
                    let _ = done.send(self.flush());
                }
            }
        }
    }

    fn flush(&self) -> Result<(), SinkError> {
        self.all().try_for_each(|file| {
            let synced = file.open().and_then(|file| file.sync_all());
            match synced {
                // Pipes and devices have nothing to sync.
                Err(error) if error.kind() != ErrorKind::InvalidInput => {
                    Err(failed(file.path(), &error))
                }
                _ => Ok(()),
            }
        })
    }
}

/// Appends a text unless whoever wants it gave up: then it will come again.
fn append(file: &Rotated, text: &str, done: Done) {
    if done.is_closed() {
        return;
    }
    match file.append(text) {
        Ok(written) => settle(file.path(), written, done),
        Err(error) => {
            let _ = done.send(Err(failed(file.path(), &error)));
        }
    }
}

/// Takes a text back if nobody learns that it was written.
fn settle(path: &Path, written: Written, done: Done) {
    if done.send(Ok(())).is_ok() {
        return;
    }
    if let Err(error) = written.undo() {
        tracing::warn!(
            "{} was slow, and holds a batch twice: the first cannot be taken back ({error})",
            path.display()
        );
    }
}

fn failed(path: &Path, error: &io::Error) -> SinkError {
    let advice = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
        ErrorKind::PermissionDenied => {
            "the user of this process must be allowed to write the file and its folder"
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => "the folder must be there",
        ErrorKind::IsADirectory => "it is a folder, name a file in it",
        ErrorKind::ReadOnlyFilesystem => "choose a place that can be written",
        _ => "check the path and the disk",
    };
    SinkError::later(format!(
        "{} cannot be written ({error}): {advice}",
        path.display()
    ))
}

impl Sink for FileSink {
    fn name(&self) -> &'static str {
        "file"
    }

    /// What is in a file is looked at as well as sent.
    fn ingest_window(&self) -> Option<Duration> {
        None
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        Box::pin(async move {
            self.append(Which::Lines, batch.body().to_owned()).await?;
            Ok(Receipt::accepted())
        })
    }

    fn logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        Box::pin(async move {
            if !self.journal {
                return Ok(());
            }
            self.note(journal::logs(batch)).await
        })
    }

    fn event<'a>(&'a self, event: &'a Event) -> Sending<'a, ()> {
        Box::pin(async move {
            if !self.journal {
                return Ok(());
            }
            self.note(journal::event(event)).await
        })
    }

    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        Box::pin(async move {
            let Some(status) = report.status() else {
                return Ok(());
            };
            if !self.journal || self.last.is(report) {
                return Ok(());
            }
            self.note(journal::status(status, report.endpoints()))
                .await?;
            self.last.set(report);
            Ok(())
        })
    }

    fn finish(&self) -> Sending<'_, ()> {
        Box::pin(self.ask(Job::Flush))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dir: &tempfile::TempDir) -> Rotated {
        Rotated::new(dir.path().join("metrics.mint"), 1_000, 1)
    }

    fn content(file: &Rotated) -> String {
        std::fs::read_to_string(file.path()).expect("it is there")
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_not_written() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = file(&dir);
        file.open().expect("it is made");
        let (done, gone) = oneshot::channel();
        drop(gone);
        append(&file, "a.b gauge,1\n", done);
        assert_eq!(content(&file), "");
    }

    #[test]
    fn what_was_written_after_all_is_taken_back() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = file(&dir);
        file.append("a.b gauge,1\n").expect("it is written");
        let (done, gone) = oneshot::channel();
        let written = file.append("a.b gauge,2\n").expect("it is written");
        drop(gone);
        settle(file.path(), written, done);
        assert_eq!(content(&file), "a.b gauge,1\n");
    }
}
