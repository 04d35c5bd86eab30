//! Finding, and replacing, the files a verb works on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Where a manifest lies below the folder of an extension.
pub(crate) const PLACES: [&str; 2] = ["extension.yaml", "extension/extension.yaml"];

/// The manifest that `path` names: the file itself, or the one in a folder.
pub(crate) fn manifest(path: &Path) -> Result<PathBuf, Failure> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let mut places = PLACES.iter().map(|place| join(path, place));
    places.find(|place| place.is_file()).ok_or_else(|| {
        Failure::new(format!("no extension.yaml in {}", path.display())).help(format!(
            "looked for {} and in the folders below; name the manifest itself if it lies elsewhere",
            PLACES
                .map(|place| join(path, place).display().to_string())
                .join(", ")
        ))
    })
}

/// The places where the manifest of a folder is looked for; a file is its own.
pub(crate) fn places(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        PLACES.iter().map(|place| join(path, place)).collect()
    } else {
        vec![path.to_owned()]
    }
}

/// The manifests that `path` names: the file itself, the one of a folder, or
/// those of all folders below it.
pub(crate) fn manifests(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    manifest(path).map(|one| vec![one]).or_else(|failure| {
        let mut found = Vec::new();
        search(path, MAX_DEPTH, &mut found);
        if found.is_empty() {
            return Err(failure);
        }
        Ok(found)
    })
}

/// How far below a folder manifests are looked for.
const MAX_DEPTH: u8 = 8;

/// Folders that hold what others wrote, or what was built.
const SKIPPED: [&str; 4] = ["build", "dist", "node_modules", "target"];

/// Links are not followed: they may lead anywhere, and around in circles.
fn search(folder: &Path, depth: u8, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            !name.starts_with('.') && !SKIPPED.contains(&name.as_ref())
        })
        .map(|entry| join(folder, entry.file_name()))
        .collect();
    folders.sort();
    for folder in folders {
        match manifest(&folder) {
            Ok(manifest) => found.push(manifest),
            Err(_) if depth > 1 => search(&folder, depth - 1, found),
            Err(_) => {}
        }
    }
}

/// Like [`Path::join`], without a leading `./` in every message.
fn join(folder: &Path, place: impl AsRef<Path>) -> PathBuf {
    if folder == Path::new(".") {
        place.as_ref().to_owned()
    } else {
        folder.join(place)
    }
}

/// Replaces the content of a file as a whole: a reader sees the old text or
/// the new one, and a crash leaves one of them.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link; the file it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = target
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?
        .to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = target.with_file_name(name);
    let written =
        write_new(&temporary, &target, text).and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        // Best effort: the first error is the one worth telling.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_new(path: &Path, like: &Path, text: &str) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(path)?;
    if let Ok(old) = fs::metadata(like) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = folder();
        let path = folder.path().join("extension.yaml");
        fs::write(&path, "old").expect("a file");
        replace(&path, "new").expect("the file is replaced");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_file_that_is_not_there_is_made() {
        let folder = folder();
        let path = folder.path().join("metrics.rs");
        replace(&path, "new").expect("the file is made");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
    }

    #[test]
    fn what_cannot_be_replaced_stays_and_leaves_no_trace() {
        let folder = folder();
        let path = folder.path().join("extension.yaml");
        fs::create_dir(&path).expect("a folder where the file should be");
        replace(&path, "new").expect_err("a folder is no file");
        assert!(path.is_dir());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_survive() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = folder();
        let (path, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&path, "old").expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        replace(&link, "new").expect("the file is replaced");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
