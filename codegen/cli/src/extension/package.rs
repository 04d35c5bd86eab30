//! Files of a built package: `extension.zip` with its signature in another zip,
//! or `extension.zip` itself.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;

use extyped_manifest::file::MAX_BYTES;
use extyped_manifest::source::SourceFile;
use zip::ZipArchive;
use zip::result::ZipError;

use super::text;
use crate::failure::Failure;

/// Most bytes of `extension.zip`. The platform takes 25 MB.
const MAX_PACKAGE: u64 = 100_000_000;

/// The zip that holds the manifest.
#[derive(Debug)]
pub(super) struct Package {
    name: String,
    archive: RefCell<ZipArchive<Cursor<Vec<u8>>>>,
}

/// Whether the file starts as a zip does.
pub(super) fn is_zip(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"PK\x03\x04"
}

impl Package {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let broken = |cause: ZipError| {
            Failure::new(format!("{name} cannot be read as a zip")).cause(io::Error::other(cause))
        };
        let file = File::open(path)
            .map_err(|cause| Failure::new(format!("{name} cannot be read")).cause(cause))?;
        let mut outer = ZipArchive::new(file).map_err(broken)?;
        let bytes = if outer.index_for_name("extension.zip").is_some() {
            entry(&mut outer, "extension.zip", MAX_PACKAGE).map_err(broken)?
        } else {
            let file = File::open(path).map_err(|cause| broken(cause.into()))?;
            let mut bytes = Vec::new();
            file.take(MAX_PACKAGE + 1)
                .read_to_end(&mut bytes)
                .map_err(|cause| broken(cause.into()))?;
            bytes
        };
        if bytes.len() as u64 > MAX_PACKAGE {
            let limit = MAX_PACKAGE / 1_000_000;
            return Err(Failure::new(format!("{name} is larger than {limit} MB")));
        }
        let archive = RefCell::new(ZipArchive::new(Cursor::new(bytes)).map_err(broken)?);
        Ok(Package { name, archive })
    }

    pub(super) fn manifest(&self) -> Result<SourceFile, Failure> {
        self.read("extension.yaml").map_err(|failure| {
            failure.help("a package has `extension.zip` in it, or is that file: with `extension.yaml` at its top")
        })
    }

    /// The file with this name.
    pub(super) fn read(&self, file: &str) -> Result<SourceFile, Failure> {
        let name = format!("{}:{file}", self.name);
        let bytes = entry(&mut self.archive.borrow_mut(), file, MAX_BYTES as u64);
        let bytes = bytes.map_err(|cause| {
            Failure::new(format!("{name} cannot be read")).cause(io::Error::other(cause))
        })?;
        text(&name, bytes)
    }
}

/// The content of an entry, and of one that is too large a byte too many: what
/// an archive says of its sizes need not be true.
fn entry<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    name: &str,
    limit: u64,
) -> Result<Vec<u8>, ZipError> {
    let mut bytes = Vec::new();
    archive
        .by_name(name)?
        .take(limit + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
