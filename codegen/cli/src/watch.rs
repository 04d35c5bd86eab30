//! `extyped check --watch`.
//!
//! The files of an extension are few, so looking at them a few times a second
//! costs nothing that could be measured, works on every file system and with
//! every way of saving, and needs no library.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use anstyle::Style;
use extyped_manifest::beside;
use extyped_manifest::levels;
use extyped_manifest::source::SourceFile;

use crate::args::{CheckArgs, Format};
use crate::failure::Failure;
use crate::{Outcome, check, files};

/// How often files are looked at. A change counts once they have kept still
/// for as long: editors write in several steps.
const INTERVAL: Duration = Duration::from_millis(150);

const FAINT: Style = Style::new().dimmed();

/// Checks whenever something changes, until the process is ended.
pub(crate) fn run(args: &CheckArgs) -> Result<Outcome, Failure> {
    loop {
        // Taken before the check, so that no change in between is missed.
        let places = Places::of(args);
        let before = stamps(&places.files);
        clear()?;
        if let Err(failure) = check::once(args) {
            if failure.is_closed_pipe() {
                return Err(failure);
            }
            crate::report(&failure);
        }
        let there = before.values().flatten().count();
        let plural = if there == 1 { "" } else { "s" };
        let said = format!("{FAINT}watching {there} file{plural}; Ctrl-C ends{FAINT:#}");
        if args.format == Format::Human {
            writeln!(anstream::stdout(), "{said}")?;
        } else {
            // Beside what programs read.
            writeln!(anstream::stderr(), "{said}")?;
        }
        wait(args, places, &before);
    }
}

/// Waits for a change that is over.
fn wait(args: &CheckArgs, mut places: Places, before: &Stamps) {
    let mut last = before.clone();
    loop {
        thread::sleep(INTERVAL);
        // A folder tells when something appears in it, and little more: to
        // search it at every look would cost too much.
        if stamps(places.folders.keys()) != places.folders {
            places = Places::of(args);
        }
        let now = stamps(&places.files);
        if now == last && now != *before {
            return;
        }
        last = now;
    }
}

/// What is looked at.
#[derive(PartialEq)]
struct Places {
    files: Vec<PathBuf>,
    /// Where manifests may yet appear, as it was when there was none.
    folders: Stamps,
}

impl Places {
    fn of(args: &CheckArgs) -> Self {
        let find = || {
            let folders = args.paths.iter().flat_map(|path| files::searched(path));
            Places {
                folders: stamps(&folders.collect::<Vec<_>>()),
                files: watched(args),
            }
        };
        // What appears while it is searched for is found the next time.
        let mut places = find();
        loop {
            let again = find();
            if again == places {
                return places;
            }
            places = again;
        }
    }
}

/// The manifests, the files that they name, and every place where an
/// `extyped.toml` would count.
fn watched(args: &CheckArgs) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for path in &args.paths {
        let Ok(manifests) = files::manifests(path) else {
            // One may yet appear.
            paths.extend(files::places(path));
            continue;
        };
        for manifest in manifests {
            if let Ok(source) = SourceFile::read(&manifest) {
                let named = beside::named(&source);
                paths.extend(named.iter().map(|name| manifest.with_file_name(name)));
            }
            paths.extend(settings(&manifest));
            paths.push(manifest);
        }
    }
    paths.sort();
    paths.dedup();
    paths
}

fn settings(manifest: &Path) -> Vec<PathBuf> {
    let path = fs::canonicalize(manifest).unwrap_or_else(|_| manifest.to_owned());
    let folders = path.ancestors().skip(1);
    folders
        .map(|folder| folder.join(levels::FILE_NAME))
        .collect()
}

/// What tells one state of a file from another; none if it is not there.
type Stamp = Option<(u64, Option<SystemTime>)>;
type Stamps = BTreeMap<PathBuf, Stamp>;

fn stamps<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Stamps {
    let stamp = |path: &PathBuf| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.modified().ok()))
    };
    paths
        .into_iter()
        .map(|path| (path.clone(), stamp(path)))
        .collect()
}

/// Empties the screen and what is above it; a pipe keeps everything.
fn clear() -> io::Result<()> {
    let mut out = io::stdout();
    if out.is_terminal() {
        out.write_all(b"\x1b[2J\x1b[3J\x1b[H")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_a_file_shows() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let paths = vec![folder.path().join("extension.yaml")];
        let missing = stamps(&paths);
        fs::write(&paths[0], "one").expect("a file");
        let one = stamps(&paths);
        fs::write(&paths[0], "three").expect("a file");
        let three = stamps(&paths);
        let file = fs::File::options().write(true).open(&paths[0]).expect("it");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("a time");
        let touched = stamps(&paths);
        for pair in [[&missing, &one], [&one, &three], [&three, &touched]] {
            assert_ne!(pair[0], pair[1]);
        }
        assert_eq!(touched, stamps(&paths));
    }
}
