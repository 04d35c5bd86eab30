//! Metric lines on disk, for the time while a sink does not take them.

mod backlog;
mod sending;
mod store;

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use backlog::Backlog;

use crate::board::Board;
use crate::outlets::Outlets;
use crate::{BuildError, Status};

/// How much each sink may keep on disk if nothing is said.
const LIMIT: u64 = 64 * 1024 * 1024;

/// A folder in which metric lines wait while a sink does not take them.
///
/// As long as a sink takes what it is sent, nothing is written and there is no
/// file but an empty one that locks the folder. When a send fails, its lines and
/// all that wait behind them go to disk, and what is reported from then on
/// within a second. They are sent in order when the sink takes lines again; then
/// the file is removed. What is left when the process ends is sent after the
/// next start.
///
/// ```
/// use extyped::Spool;
///
/// # fn example<E: extyped::Extension>(builder: extyped::Builder<E>) -> extyped::Builder<E> {
/// builder.spool(Spool::at("spool").limit(16 * 1024 * 1024))
/// # }
/// ```
///
/// An extension that is run by [`run`](crate::run) names it in
/// [`Extension::spool`](crate::Extension::spool).
///
/// # What a crash costs
/// A process that is killed loses what is in memory only: while a sink takes
/// what it is sent, the lines gathered for the next send and those on their way;
/// while it does not, those of the last second, and before the first failure is
/// noticed, those of the [deadline](crate::Sink::deadline) of a send. Nothing
/// that is on disk is lost. Every write is followed by a sync, so that a power
/// failure costs no more than a crash; for a crash alone that would not be
/// needed.
///
/// # What is sent twice
/// Lines that a sink took are not sent again after a crash: before lines from
/// disk are sent they are marked there, and when they were taken they are
/// removed. Of lines that are still marked at the next start it is not known
/// whether they arrived, at most one request of them. Its gauges are sent once
/// more, which does no harm; its counts are not, because they could count twice,
/// and are [counted](crate::DropCause::Interrupted) as dropped. Within the life
/// of a process a send whose answer was lost is repeated whole, as without a
/// spool; see [`Sink`](crate::Sink).
///
/// # Limits
/// Lines older than the [window](crate::Sink::ingest_window) of the ingest are
/// dropped when their turn comes, and when there is no room the oldest go
/// first; both are counted. Only metric lines are spooled: log events, events
/// and statuses stay in memory.
///
/// A file that cannot be used, because it is damaged, not a spool or on a disk
/// that is full, is left as it is: the status says so, lines are kept in memory,
/// and the file is tried again every minute. Removing from a file needs a
/// little room as well: on a disk that stays full, what is on it waits until
/// there is some. The folder belongs to one process; with another that uses it
/// [`build`](crate::Builder::build) fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spool {
    folder: PathBuf,
    limit: u64,
}

/// Why the folder of a spool cannot be had.
#[derive(Debug)]
enum Unlocked {
    InUse,
    /// It cannot be made, or nothing can be written there.
    Broken(std::io::Error),
}

impl Spool {
    /// A spool in this folder, which is made if it is not there. Each process,
    /// and so each monitoring configuration, needs one of its own.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Spool {
            folder: folder.into(),
            limit: LIMIT,
        }
    }

    /// How many bytes of lines each sink may keep: 64 MiB if nothing is said,
    /// about 450,000 lines. The file can be up to a quarter larger.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Takes the folder for this process. It is free again when the process
    /// ends, however it ends.
    fn lock(&self) -> Result<Arc<File>, Unlocked> {
        let lock = fs::create_dir_all(&self.folder)
            .and_then(|()| File::create(self.folder.join("lock")))
            .map_err(Unlocked::Broken)?;
        match lock.try_lock() {
            Ok(()) => Ok(Arc::new(lock)),
            Err(TryLockError::WouldBlock) => Err(Unlocked::InUse),
            Err(TryLockError::Error(error)) => Err(Unlocked::Broken(error)),
        }
    }

    fn tell_unlocked(&self, unlocked: &Unlocked, board: &Board) {
        let folder = self.folder.display();
        let message = match unlocked {
            Unlocked::InUse => {
                format!("another process uses {folder} as its spool: lines are kept in memory only")
            }
            Unlocked::Broken(error) => format!(
                "{folder} cannot be used as a spool ({error}): lines are kept in memory only"
            ),
        };
        tracing::warn!("{message}");
        board.trouble("spool", Status::warning(message), None);
    }

    /// The files of sinks, given their names in order.
    fn files<'n>(&self, sinks: impl Iterator<Item = &'n str>) -> impl Iterator<Item = PathBuf> {
        let mut known: HashMap<String, u32> = HashMap::new();
        sinks.map(move |sink| {
            let name = file_name(sink);
            let count = known.entry(name.clone()).or_default();
            *count += 1;
            self.folder.join(match *count {
                1 => format!("{name}.spool"),
                n => format!("{name}-{n}.spool"),
            })
        })
    }
}

/// What is said of a spool when a runtime is built.
#[derive(Debug, Clone)]
pub(crate) enum SpoolChoice {
    /// This one, whose folder is taken.
    Taken(Spool, Arc<File>),
    /// None, because this one cannot be had.
    None,
    /// The extension is asked; this is the id of its configuration.
    Ask(String),
}

impl SpoolChoice {
    pub(crate) fn of(
        chosen: Option<Spool>,
        configuration_id: &str,
        board: &Board,
    ) -> Result<Self, BuildError> {
        let Some(spool) = chosen else {
            return Ok(SpoolChoice::Ask(configuration_id.to_owned()));
        };
        match spool.lock() {
            Ok(lock) => Ok(SpoolChoice::Taken(spool, lock)),
            Err(Unlocked::InUse) => Err(BuildError::SpoolInUse(spool.folder)),
            Err(unlocked) => {
                spool.tell_unlocked(&unlocked, board);
                Ok(SpoolChoice::None)
            }
        }
    }

    /// Gives each sink a place in the folder.
    pub(crate) fn take_effect(&self, outlets: &Outlets, ask: impl FnOnce() -> Option<Spool>) {
        let (spool, lock) = match self {
            SpoolChoice::Taken(spool, lock) => (spool.clone(), Arc::clone(lock)),
            SpoolChoice::None => return,
            SpoolChoice::Ask(configuration_id) => {
                let Some(mut spool) = ask() else { return };
                spool.folder.push(file_name(configuration_id));
                match spool.lock() {
                    Ok(lock) => (spool, lock),
                    Err(unlocked) => return spool.tell_unlocked(&unlocked, &outlets.board),
                }
            }
        };
        let names = outlets.all.iter().map(|outlet| outlet.sink.name());
        for (outlet, file) in outlets.all.iter().zip(spool.files(names)) {
            let backlog = Backlog::new(file, spool.limit, Arc::clone(&lock));
            outlet.backlog.get_or_init(|| backlog);
        }
    }
}

/// A name of a sink or a configuration as one of a file on any system.
fn file_name(sink: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric();
    sink.chars()
        .map(|c| if kept(c) { c.to_ascii_lowercase() } else { '-' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sink_has_a_file_of_its_own() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let spool = Spool::at(folder.path());
        let names = ["EEC", "../local ingest", "EEC"];
        let files: Vec<PathBuf> = spool.files(names.into_iter()).collect();
        let expected = ["eec.spool", "---local-ingest.spool", "eec-2.spool"];
        assert_eq!(files, expected.map(|file| folder.path().join(file)));
    }

    #[test]
    fn a_folder_belongs_to_one_at_a_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let spool = Spool::at(folder.path().join("deep/in"));
        let lock = spool.lock().expect("nobody else has it");
        assert!(matches!(spool.lock(), Err(Unlocked::InUse)));
        drop(lock);
        assert!(spool.lock().is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_not_in_use() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let spool = Spool::at(file.path().join("spool"));
        assert!(matches!(spool.lock(), Err(Unlocked::Broken(_))));
    }
}
