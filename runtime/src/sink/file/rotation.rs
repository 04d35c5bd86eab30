//! A file that is continued in a new one when it is full.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file, and those it was before: `name`, `name.1`, `name.2`, the oldest
/// last.
///
/// It is opened for each text anew, so that nothing goes astray when somebody
/// else moves or deletes it.
#[derive(Debug)]
pub(super) struct Rotated {
    path: PathBuf,
    max_bytes: u64,
    kept: usize,
}

/// A text that was written, and can be taken back.
#[derive(Debug)]
pub(super) struct Written {
    file: File,
    before: u64,
}

impl Rotated {
    pub(super) fn new(path: PathBuf, max_bytes: u64, kept: usize) -> Self {
        Rotated {
            path,
            max_bytes,
            kept,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file, and makes one if there is none.
    pub(super) fn open(&self) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&self.path)
    }

    /// Appends a text, whole or not at all. It goes into one file, also one
    /// that is longer than a file should be.
    pub(super) fn append(&self, text: &str) -> io::Result<Written> {
        let mut file = self.open()?;
        let mut before = file.metadata()?.len();
        let after = before.saturating_add(text.len() as u64);
        if before > 0 && (after > self.max_bytes || is_torn(&mut file)?) {
            // Not everywhere can an open file be renamed.
            drop(file);
            self.rotate()?;
            file = self.open()?;
            before = file.metadata()?.len();
        }
        write_whole(&mut file, before, text.as_bytes())?;
        Ok(Written { file, before })
    }

    /// Moves each file one number up, as far as needed to make room, and drops
    /// the oldest if all numbers are taken. What fails in between leaves a gap
    /// that the next attempt fills first.
    fn rotate(&self) -> io::Result<()> {
        if self.kept == 0 {
            return fs::remove_file(&self.path);
        }
        let mut free = 1;
        while free < self.kept && self.numbered(free).try_exists()? {
            free += 1;
        }
        for number in (1..free).rev() {
            fs::rename(self.numbered(number), self.numbered(number + 1))?;
        }
        fs::rename(&self.path, self.numbered(1))
    }

    fn numbered(&self, number: usize) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        name.into()
    }
}

impl Written {
    pub(super) fn undo(self) -> io::Result<()> {
        self.file.set_len(self.before)
    }
}

/// Whether the last line has no end, as a process that was killed while it
/// wrote leaves it. What follows must not become a part of it.
fn is_torn(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

trait SetLength {
    fn set_length(&mut self, length: u64) -> io::Result<()>;
}

impl SetLength for File {
    fn set_length(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// A disk that fills up takes a part of a text; that part is cut off again, so
/// that the text can come again without being there one and a half times.
fn write_whole(file: &mut (impl Write + SetLength), before: u64, text: &[u8]) -> io::Result<()> {
    let written = file.write_all(text);
    if written.is_err() {
        // If even that fails the cause is the same, and the next text goes
        // into a new file.
        let _ = file.set_length(before);
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    fn dir() -> TempDir {
        tempfile::tempdir().expect("a temporary directory")
    }

    fn rotated(dir: &TempDir, max_bytes: u64, kept: usize) -> Rotated {
        Rotated::new(dir.path().join("metrics.mint"), max_bytes, kept)
    }

    /// What the files hold, the newest first.
    fn files(rotated: &Rotated) -> Vec<String> {
        let numbered = (1..).map(|number| rotated.numbered(number));
        std::iter::once(rotated.path().to_owned())
            .chain(numbered)
            .map_while(|path| fs::read_to_string(path).ok())
            .collect()
    }

    fn append(rotated: &Rotated, text: &str) {
        rotated.append(text).expect("there is room on the disk");
    }

    #[test]
    fn a_full_file_is_continued_in_a_new_one() {
        let dir = dir();
        let rotated = rotated(&dir, 4, 2);
        for text in ["1\n", "2\n", "3\n", "4\n", "5\n", "6\n", "7\n"] {
            append(&rotated, text);
        }
        assert_eq!(files(&rotated), ["7\n", "5\n6\n", "3\n4\n"]);
    }

    #[test]
    fn without_kept_files_the_full_one_is_dropped() {
        let dir = dir();
        let rotated = rotated(&dir, 4, 0);
        for text in ["1\n", "2\n", "3\n"] {
            append(&rotated, text);
        }
        assert_eq!(files(&rotated), ["3\n"]);
    }

    #[test]
    fn what_is_there_is_continued() {
        let dir = dir();
        append(&rotated(&dir, 100, 1), "1\n");
        append(&rotated(&dir, 100, 1), "2\n");
        assert_eq!(files(&rotated(&dir, 100, 1)), ["1\n2\n"]);
    }

    #[test]
    fn a_torn_line_is_left_alone_and_nothing_is_appended_to_it() {
        let dir = dir();
        let rotated = rotated(&dir, 100, 2);
        fs::write(rotated.path(), "1\n2").expect("the directory is ours");
        append(&rotated, "3\n");
        assert_eq!(files(&rotated), ["3\n", "1\n2"]);
    }

    #[test]
    fn a_gap_is_filled_before_the_oldest_is_dropped() {
        let dir = dir();
        let rotated = rotated(&dir, 1, 3);
        for text in ["1\n", "2\n", "3\n", "4\n"] {
            append(&rotated, text);
        }
        fs::remove_file(rotated.numbered(2)).expect("it is there");
        append(&rotated, "5\n");
        assert_eq!(files(&rotated), ["5\n", "4\n", "3\n", "1\n"]);
    }

    #[test]
    fn a_file_that_somebody_moved_is_made_anew() {
        let dir = dir();
        let rotated = rotated(&dir, 100, 1);
        append(&rotated, "1\n");
        fs::rename(rotated.path(), dir.path().join("away")).expect("it is there");
        append(&rotated, "2\n");
        assert_eq!(files(&rotated), ["2\n"]);
    }

    #[test]
    fn what_was_written_can_be_taken_back() {
        let dir = dir();
        let rotated = rotated(&dir, 4, 1);
        append(&rotated, "1\n");
        let written = rotated.append("2\n").expect("it is written");
        written.undo().expect("it is taken back");
        assert_eq!(files(&rotated), ["1\n"]);
        append(&rotated, "3\n");
        let written = rotated.append("4\n").expect("it is written");
        written.undo().expect("it is taken back");
        assert_eq!(files(&rotated), ["", "1\n3\n"]);
    }

    proptest! {
        #[test]
        fn files_hold_the_newest_texts_whole_and_within_their_bounds(
            lengths in proptest::collection::vec(1..40_usize, 1..40),
            max_bytes in 0..60_u64,
            kept in 0..4_usize,
        ) {
            let dir = dir();
            let rotated = rotated(&dir, max_bytes, kept);
            let texts: Vec<String> = lengths
                .iter()
                .enumerate()
                .map(|(index, length)| format!("{index} {}\n", "x".repeat(*length)))
                .collect();
            for text in &texts {
                append(&rotated, text);
            }
            let mut files = files(&rotated);
            prop_assert!(files.len() <= kept + 1);
            for file in &files {
                let texts = file.split_inclusive('\n').count();
                prop_assert!(file.len() as u64 <= max_bytes || texts == 1, "{file}");
            }
            let full = files.len() == kept + 1;
            files.reverse();
            let found = files.concat();
            let all = texts.concat();
            // A text begins at its number, so that a suffix of whole lines is
            // one of whole texts.
            prop_assert!(all.ends_with(&found));
            prop_assert!(all == found || full, "only what finds no room is dropped");
            prop_assert!(found.ends_with(texts.last().expect("at least one").as_str()));
        }

        #[test]
        fn a_disk_that_fills_up_leaves_the_file_as_it_was(
            before in ".{0,20}", text in ".{1,40}", room in 0..60_usize,
        ) {
            let mut disk = Disk { bytes: before.clone().into_bytes(), room };
            let fits = text.len() <= room;
            let written = write_whole(&mut disk, before.len() as u64, text.as_bytes());
            prop_assert_eq!(written.is_ok(), fits);
            let expected = if fits { format!("{before}{text}") } else { before };
            prop_assert_eq!(String::from_utf8(disk.bytes).expect("text"), expected);
        }
    }

    /// A file on a disk with so much room.
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            // As slow disks do, it takes a few at a time.
            let taken = bytes.len().min(self.room).min(7);
            self.room -= taken;
            self.bytes.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl SetLength for Disk {
        fn set_length(&mut self, length: u64) -> io::Result<()> {
            self.bytes.truncate(usize::try_from(length).expect("small"));
            Ok(())
        }
    }
}
