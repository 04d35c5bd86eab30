//! Zip archives: the same entries give the same bytes, on any day and machine.

use std::error::Error;
use std::fmt;
use std::io::{Cursor, Read as _, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// What deflate is asked for; part of what makes two builds equal.
const LEVEL: i64 = 9;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive, with `/` between folders.
    pub name: String,
    /// Its bytes, not compressed.
    pub content: Vec<u8>,
    /// Whether the archive says that it may be executed. Not all that unpack
    /// look at it.
    pub executable: bool,
}

impl Entry {
    /// A file that is read, not run.
    pub fn new(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Entry {
            name: name.into(),
            content: content.into(),
            executable: false,
        }
    }

    /// The same file as one that may be run.
    #[must_use]
    pub fn executable(mut self) -> Self {
        self.executable = true;
        self
    }
}

/// How the entries of an archive are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// As they are: for what is compressed already.
    Stored,
    /// As small as deflate makes them.
    Deflated,
}

/// An archive with these entries, in this order. Neither the time nor the
/// machine is in it.
///
/// # Errors
///
/// When two entries have one name, or an archive cannot hold that many bytes.
pub fn write(entries: &[Entry], compression: Compression) -> Result<Vec<u8>, ArchiveError> {
    let options = SimpleFileOptions::default()
        // The earliest that a zip can say.
        .last_modified_time(DateTime::default());
    let options = match compression {
        Compression::Stored => options.compression_method(CompressionMethod::Stored),
        Compression::Deflated => options
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL)),
    };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let mode = if entry.executable { 0o755 } else { 0o644 };
        let written = writer
            .start_file(&*entry.name, options.unix_permissions(mode))
            .and_then(|()| writer.write_all(&entry.content).map_err(ZipError::Io));
        written.map_err(|cause| ArchiveError::of(&entry.name, cause))?;
    }
    let written = writer.finish();
    Ok(written
        .map_err(|cause| ArchiveError::of("", cause))?
        .into_inner())
}

/// The files of an archive, in its order; folders are left out.
///
/// # Errors
///
/// When it is no archive or a damaged one, or when its files have more than
/// `limit` bytes together. Sizes that the archive tells are not believed.
pub fn read(bytes: &[u8], limit: u64) -> Result<Vec<Entry>, ArchiveError> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|cause| ArchiveError::of("", cause))?;
    let mut left = limit;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let file = archive
            .by_index(index)
            .map_err(|cause| ArchiveError::of("", cause))?;
        let name = file.name().map_err(|cause| ArchiveError::of("", cause))?;
        let name = name.into_owned();
        if file.is_dir() {
            continue;
        }
        let executable = file.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let mut content = Vec::new();
        file.take(left + 1)
            .read_to_end(&mut content)
            .map_err(|cause| ArchiveError::of(&name, ZipError::Io(cause)))?;
        left = left
            .checked_sub(content.len() as u64)
            .ok_or(ArchiveError::TooLarge { limit })?;
        entries.push(Entry {
            name,
            content,
            executable,
        });
    }
    Ok(entries)
}

/// The files of an archive and the bytes that each takes up in it, the largest
/// first.
///
/// # Errors
///
/// When it is no archive.
pub fn sizes(bytes: &[u8]) -> Result<Vec<(String, u64)>, ArchiveError> {
    let whole = |cause| ArchiveError::of("", cause);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(whole)?;
    let mut sizes = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(whole)?;
        let name = file.name().map_err(whole)?.into_owned();
        sizes.push((name, file.compressed_size()));
    }
    sizes.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(sizes)
}

/// Why an archive cannot be written or read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The format does not allow it, or the bytes are not of the format.
    Zip {
        /// The entry it is about; empty for the archive as a whole.
        entry: String,
        /// What the format says.
        cause: ZipError,
    },
    /// Unpacked it would be larger than anybody needs.
    TooLarge {
        /// The bytes that were allowed.
        limit: u64,
    },
}

impl ArchiveError {
    fn of(entry: &str, cause: ZipError) -> Self {
        ArchiveError::Zip {
            entry: entry.to_owned(),
            cause,
        }
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::Zip { entry, cause } if entry.is_empty() => cause.fmt(f),
            ArchiveError::Zip { entry, cause } => write!(f, "{entry}: {cause}"),
            ArchiveError::TooLarge { limit } => {
                write!(f, "it unpacks to more than {} MB", limit / 1_000_000)
            }
        }
    }
}

impl Error for ArchiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ArchiveError::Zip { cause, .. } => Some(cause),
            ArchiveError::TooLarge { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        vec![
            Entry::new("extension.yaml", "name: custom:x\n"),
            Entry::new("lib/program", vec![7; 4_000]).executable(),
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        for compression in [Compression::Stored, Compression::Deflated] {
            let bytes = write(&entries(), compression).expect("an archive");
            assert_eq!(read(&bytes, 10_000).expect("its files"), entries());
        }
    }

    #[test]
    fn the_same_entries_are_the_same_bytes() {
        let first = write(&entries(), Compression::Deflated).expect("an archive");
        let second = write(&entries(), Compression::Deflated).expect("an archive");
        assert_eq!(first, second);
        // Where a clock would be: the first header, at its 10th byte.
        assert_eq!(first[10..14], [0, 0, 0x21, 0], "1980-01-01 00:00");
    }

    #[test]
    fn a_name_stands_once() {
        let twice = [Entry::new("a", "1"), Entry::new("a", "2")];
        let told = write(&twice, Compression::Stored)
            .expect_err("one name twice")
            .to_string();
        assert!(told.starts_with("a: "), "{told}");
    }

    #[test]
    fn an_archive_that_unpacks_without_end_is_refused() {
        let bomb = [Entry::new("zeros", vec![0; 1_000_000])];
        let bytes = write(&bomb, Compression::Deflated).expect("an archive");
        assert!(bytes.len() < 10_000);
        let refused = read(&bytes, 999_999).expect_err("a byte too many");
        assert!(matches!(refused, ArchiveError::TooLarge { .. }));
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [&b""[..], b"PK\x03\x04", b"name: custom:x"] {
            assert!(read(bytes, 1_000).is_err());
        }
    }
}
