//! Spool directories: how much waits in them, and for how long.
//!
//! Nothing here speaks HTTP: any source of numbers is polled in the same way.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use extyped::{Cycle, Endpoints, Extension, PollError, Status};

include!(concat!(env!("OUT_DIR"), "/extension.rs"));

struct Spool;

/// What waits in a directory.
#[derive(Default)]
struct Waiting {
    files: u32,
    bytes: u64,
    oldest: Duration,
}

impl Extension for Spool {
    type Config = activation::Local;
    type Endpoint = PathBuf;

    fn endpoints(&self, config: &activation::Local) -> Endpoints<PathBuf> {
        let endpoint = |path: &String| (path.clone(), PathBuf::from(path));
        config.directories.iter().map(endpoint).collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        let path = cx.endpoint().clone();
        // Reading a directory blocks, and a network share may do so for long.
        let waiting = tokio::task::spawn_blocking(move || look(&path))
            .await
            .map_err(PollError::other)??;

        Metrics::of(cx)
            .directory(DirectoryDimensions {
                spool_path: cx.endpoint_name(),
            })
            .files(waiting.files)
            .bytes(waiting.bytes)
            .oldest(waiting.oldest.as_secs_f64());
        Ok(Status::ok())
    }
}

fn look(path: &Path) -> Result<Waiting, PollError> {
    let entries = fs::read_dir(path).map_err(|error| {
        PollError::config(format!(
            "the spool directory {} cannot be read: {error}; check its path and its permissions",
            path.display()
        ))
    })?;
    let mut waiting = Waiting::default();
    for entry in entries {
        // What was taken out of the spool meanwhile does not wait any more.
        if let Ok(file) = entry.and_then(|entry| entry.metadata())
            && file.is_file()
        {
            waiting.files += 1;
            waiting.bytes += file.len();
            waiting.oldest = waiting.oldest.max(age(&file).unwrap_or_default());
        }
    }
    Ok(waiting)
}

fn age(file: &fs::Metadata) -> io::Result<Duration> {
    let modified = file.modified()?;
    // A clock that was set back makes no file negative.
    Ok(SystemTime::now()
        .duration_since(modified)
        .unwrap_or_default())
}

fn main() -> ExitCode {
    extyped::run(Spool, &MANIFEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_and_directories_are_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("a"), "12345").expect("it can be written");
        fs::write(folder.path().join("b"), "67").expect("it can be written");
        fs::create_dir(folder.path().join("c")).expect("it can be made");
        let waiting = look(folder.path()).expect("it can be read");
        assert_eq!((waiting.files, waiting.bytes), (2, 7));
    }

    #[test]
    fn a_directory_that_is_not_there_is_a_matter_of_the_configuration() {
        let error = look(Path::new("/no/such/spool")).err().expect("an error");
        assert_eq!(error.code().as_str(), "INVALID_CONFIG_ERROR");
        assert!(error.to_string().contains("/no/such/spool"), "{error}");
    }
}
