//! The token that every request carries.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use hyper::header::HeaderValue;

/// The token of the data source, and where it is read again.
///
/// In a process that an EEC started it is in the file that `--idtoken` names.
/// The file is the EEC's: it may end in a newline, and it may be written anew
/// while the process runs, which shows in an answer of 401.
pub(crate) struct Token {
    read: Read,
    current: Mutex<String>,
}

type Read = Box<dyn Fn() -> Result<String, String> + Send + Sync>;

impl Token {
    /// Reads the file.
    pub(crate) fn of_file(file: &Path) -> Result<Self, String> {
        let file = file.to_owned();
        Token::read_by(move || content(&file))
    }

    /// The token that `read` gives: where no file is, because the EEC is in
    /// this process.
    pub(crate) fn read_by(
        read: impl Fn() -> Result<String, String> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        Ok(Token {
            current: Mutex::new(read()?),
            read: Box::new(read),
        })
    }

    /// The token, so that nothing the process says shows it.
    pub(crate) fn secret(&self) -> String {
        self.lock().clone()
    }

    /// `Api-Token dt0e01…`, marked so that it is never shown.
    pub(super) fn header(&self) -> HeaderValue {
        header(&self.lock())
    }

    /// After a call with the header `used` was refused: reads the token again,
    /// unless another call did so since, and says whether it is another one
    /// now.
    pub(super) fn renewed_since(&self, used: &HeaderValue) -> Result<bool, String> {
        let mut current = self.lock();
        if header(&current) == used {
            *current = (self.read)()?;
        }
        Ok(header(&current) != used)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, String> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn header(token: &str) -> HeaderValue {
    let text = format!("Api-Token {token}");
    // Whoever reads it sees to it that this is a header.
    let mut header =
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("Api-Token"));
    header.set_sensitive(true);
    header
}

fn content(file: &Path) -> Result<String, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        format!("the token file {shown} that --idtoken names cannot be read: {error}")
    })?;
    let token = text.trim();
    if token.is_empty() {
        return Err(format!(
            "the token file {shown} that --idtoken names is empty"
        ));
    }
    if HeaderValue::from_str(token).is_err() {
        return Err(format!(
            "the token file {shown} that --idtoken names holds characters that no token has: it \
             must hold the token and nothing else"
        ));
    }
    Ok(token.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("idtoken");
        std::fs::write(&file, text).expect("writing to it");
        (dir, file)
    }

    #[test]
    fn white_space_around_the_token_is_not_part_of_it() {
        for text in ["dt0e01.x", "dt0e01.x\n", "  dt0e01.x\r\n\n"] {
            let (_dir, file) = file(text);
            let token = Token::of_file(&file).expect("a token");
            assert_eq!(token.header(), "Api-Token dt0e01.x");
            assert!(token.header().is_sensitive());
        }
    }

    #[test]
    fn a_file_without_a_token_is_told() {
        for (text, why) in [
            ("", "is empty"),
            (" \n", "is empty"),
            ("a\nb", "characters"),
        ] {
            let (_dir, file) = file(text);
            let error = Token::of_file(&file).err().expect("no token");
            assert!(error.contains(why), "{error}");
        }
        let error = Token::of_file(Path::new("no/such/token")).err();
        assert!(error.is_some_and(|error| error.contains("no/such/token that --idtoken names")));
    }

    #[test]
    fn a_token_that_was_written_anew_is_found() {
        let (_dir, file) = file("old");
        let token = Token::of_file(&file).expect("a token");
        let old = token.header();
        assert_eq!(token.renewed_since(&old), Ok(false));
        std::fs::write(&file, "new\n").expect("writing to it");
        assert_eq!(token.renewed_since(&old), Ok(true));
        assert_eq!(token.secret(), "new");
        // Calls that were on their way with the old one learn of it, too, even
        // while it is being written anew.
        std::fs::write(&file, "").expect("writing to it");
        assert_eq!(token.renewed_since(&old), Ok(true));
        assert!(token.renewed_since(&token.header()).is_err());
        assert_eq!(token.secret(), "new");
    }
}
