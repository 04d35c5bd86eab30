//! Files with keys: nobody else can read them at any moment, and none is ever
//! half written.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Its owner.
    Owner,
    /// Everybody whom the owner does not generally exclude.
    Everybody,
}

/// A file that is complete, and not yet where it belongs.
#[derive(Debug)]
pub(super) struct Kept(NamedTempFile);

impl Kept {
    /// Writes the content beside where it will belong.
    pub(super) fn write(folder: &Path, content: &[u8], readers: Readers) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".extyped-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            let mode = match readers {
                Readers::Owner => 0o600,
                Readers::Everybody => 0o644,
            };
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = readers;
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        Ok(Kept(file))
    }

    /// Gives the file its name; over another of that name only by force.
    pub(super) fn settle(self, path: &Path, force: bool) -> io::Result<()> {
        let settled = if force {
            self.0.persist(path)
        } else {
            self.0.persist_noclobber(path)
        };
        settled.map(drop).map_err(|error| error.error)
    }
}

/// Makes a folder that nobody else can look into, unless it is there.
pub(super) fn folder(path: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|cause| {
        Failure::new(format!("the folder {} cannot be made", path.display())).cause(cause)
    })
}
