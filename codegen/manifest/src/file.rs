//! Reading a file, within a budget.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::codes;
use crate::diagnostic::{Diagnostic, location};
use crate::source::{SourceFile, Span, offset};

/// Most bytes a file may have. The largest public manifest has 274 kB.
pub const MAX_BYTES: usize = 5_000_000;

/// A file that cannot be checked: it cannot be read, is no text or is too
/// large.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// As much of the file as is needed to show the place; may be empty.
    pub source: SourceFile,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

impl SourceFile {
    /// Reads a file of at most [`MAX_BYTES`].
    ///
    /// # Errors
    /// The finding (`EXT003` or `EXT005`) with what can be shown of the file.
    pub fn read(path: impl AsRef<Path>) -> Result<SourceFile, Box<Unreadable>> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let mut bytes = Vec::new();
        // One byte more than allowed tells a file that is too large.
        let limit = MAX_BYTES as u64 + 1;
        match File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)) {
            Ok(_) => decode(name, bytes),
            Err(error) => Err(unreadable(
                SourceFile::new(name, ""),
                Diagnostic::new(
                    &codes::UNREADABLE_FILE,
                    None,
                    format!("the file cannot be read: {error}"),
                ),
            )),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = location(&self.source, &self.diagnostic);
        write!(f, "{place}: {}", self.diagnostic.message)
    }
}

impl std::error::Error for Unreadable {}

fn decode(name: String, bytes: Vec<u8>) -> Result<SourceFile, Box<Unreadable>> {
    if bytes.len() > MAX_BYTES {
        return Err(unreadable(SourceFile::new(name, ""), too_large(None)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(name, text)),
        Err(error) => {
            let bad = offset(error.utf8_error().valid_up_to());
            let replacement = offset(char::REPLACEMENT_CHARACTER.len_utf8());
            let text = String::from_utf8_lossy(error.as_bytes());
            let diagnostic = Diagnostic::new(
                &codes::UNREADABLE_FILE,
                Span::new(bad, bad + replacement),
                "the file is not encoded in UTF-8",
            )
            .label("the first bytes that are not UTF-8")
            .help("save the file as UTF-8; editors offer it as \"save with encoding\"");
            Err(unreadable(SourceFile::new(name, text), diagnostic))
        }
    }
}

fn unreadable(source: SourceFile, diagnostic: Diagnostic) -> Box<Unreadable> {
    Box::new(Unreadable { source, diagnostic })
}

/// The finding for a file of more than [`MAX_BYTES`], at the first byte that is
/// too many if there is a text to point into.
pub(crate) fn too_large(at: Option<u32>) -> Diagnostic {
    Diagnostic::new(
        &codes::TOO_LARGE,
        at.map(|at| Span::new(at, at)),
        format!("the file is larger than {} MB", MAX_BYTES / 1_000_000),
    )
    .label("the limit is here")
    .help("check whether this file is a manifest at all")
}
