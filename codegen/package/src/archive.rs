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
/// When it is no archive, a damaged one or one that others may read in another
/// way, or when its files have more than `limit` bytes together. Sizes that the
/// archive tells are not believed.
pub fn read(bytes: &[u8], limit: u64) -> Result<Vec<Entry>, ArchiveError> {
    let mut archive = open(bytes)?;
    let mut left = limit;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let file = archive
            .by_index(index)
            .map_err(|cause| ArchiveError::of("", cause))?;
        let name = file.name().map_err(|cause| ArchiveError::of("", cause))?;
        let name = name.into_owned();
        let known = [u64::from(file.crc32()), file.compressed_size(), file.size()];
        if !is_told_ahead(bytes, file.header_start(), file.name_raw(), known) {
            return Err(ArchiveError::Headers { entry: name });
        }
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
/// When it is no archive, or more than one.
pub fn sizes(bytes: &[u8]) -> Result<Vec<(String, u64)>, ArchiveError> {
    let whole = |cause| ArchiveError::of("", cause);
    let mut archive = open(bytes)?;
    let mut sizes = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(whole)?;
        let name = file.name().map_err(whole)?.into_owned();
        sizes.push((name, file.compressed_size()));
    }
    sizes.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(sizes)
}

/// The bytes of the record at the end of an archive, without its comment.
const END: usize = 22;

/// An archive that there is one way to read: all bytes are of it, and each name
/// stands once. Of two files of one name some take the first and some the last,
/// and of an archive that was cut off, the last one stored in it would be found.
fn open(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, ArchiveError> {
    let archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|cause| ArchiveError::of("", cause))?;
    let end = bytes.len().checked_sub(END + archive.comment().len());
    let end = end.and_then(|end| bytes[end..].first_chunk::<END>());
    match end {
        Some(end) if archive.offset() == 0 && end.starts_with(b"PK\x05\x06") => {
            let files = u16::from_le_bytes([end[10], end[11]]);
            if usize::from(files) == archive.len() {
                Ok(archive)
            } else {
                Err(ArchiveError::Twice)
            }
        }
        _ => Err(ArchiveError::Surplus),
    }
}

/// The bytes of the record ahead of a file, without its name.
const AHEAD: usize = 30;

/// Whether the record ahead of a file tells of it what the list at the end
/// tells: checksum and both sizes. Who reads while bytes come in knows no other.
fn is_told_ahead(bytes: &[u8], start: u64, name: &[u8], known: [u64; 3]) -> bool {
    let start = usize::try_from(start).ok();
    let record = start.and_then(|start| bytes.get(start..)).unwrap_or(&[]);
    let Some((head, rest)) = record.split_first_chunk::<AHEAD>() else {
        return false;
    };
    let length = usize::from(u16::from_le_bytes([head[26], head[27]]));
    // They may follow the file instead, or be too large for the record.
    let is_later = head[6] & 8 != 0;
    let (told, _) = head[14..26].as_chunks::<4>();
    let told = told.iter().map(|field| u32::from_le_bytes(*field));
    rest.get(..length) == Some(name)
        && told
            .zip(known)
            .all(|(told, known)| is_later || told == u32::MAX || u64::from(told) == known)
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
    /// There are bytes before or behind it.
    Surplus,
    /// Two files have one name.
    Twice,
    /// A file is told of in two ways.
    Headers {
        /// Its name.
        entry: String,
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
            ArchiveError::Surplus => f.write_str(
                "there are bytes before or behind the zip in it, as if it had been cut off",
            ),
            ArchiveError::Headers { entry } => write!(
                f,
                "{}: what stands ahead of the file is not what the list at the end says",
                entry.escape_debug()
            ),
            ArchiveError::Twice => f.write_str("two files in it have one name"),
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
            _ => None,
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
    fn an_archive_that_can_be_read_in_two_ways_is_refused() {
        let inner = write(&entries(), Compression::Deflated).expect("an archive");
        let around = [Entry::new("inner", inner), Entry::new("other", "x")];
        let bytes = write(&around, Compression::Stored).expect("an archive");
        // What is left of it ends with a whole archive, the one inside.
        let cut = &bytes[..bytes.len() - 10];
        let behind = [&bytes[..], b"x"].concat();
        let before = [b"x", &bytes[..]].concat();
        for other in [cut, &behind, &before] {
            let refused = read(other, 10_000).expect_err("a refusal");
            assert!(matches!(refused, ArchiveError::Surplus), "{refused}");
            assert!(sizes(other).is_err());
        }
        // Names are in each archive twice: ahead of the file and in the list.
        let twice = String::from_utf8_lossy(&bytes).matches("other").count();
        assert_eq!(twice, 2);
        let twice = replaced(&bytes, b"other", b"inner");
        let refused = read(&twice, 10_000).expect_err("a refusal");
        assert!(matches!(refused, ArchiveError::Twice), "{refused}");
    }

    #[test]
    fn a_file_is_told_of_in_one_way() {
        let bytes = write(&entries(), Compression::Deflated).expect("an archive");
        // Checksum, sizes and name in the record ahead of the first file.
        for at in (14..26).chain(30..44) {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let refused = read(&other, 10_000).expect_err("a refusal");
            assert!(matches!(refused, ArchiveError::Headers { .. }), "{refused}");
        }
    }

    fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        while let Some(at) = bytes.windows(old.len()).position(|it| it == old) {
            bytes[at..at + new.len()].copy_from_slice(new);
        }
        bytes
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [&b""[..], b"PK\x03\x04", b"name: custom:x"] {
            assert!(read(bytes, 1_000).is_err());
        }
    }
}
