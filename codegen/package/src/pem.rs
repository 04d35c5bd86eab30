//! Files in PEM armor: one block or several, with text between them.

use std::error::Error;
use std::fmt;

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

/// Most bytes of a file: a certificate has some two thousand.
pub const MAX_BYTES: usize = 1_000_000;

/// The characters of a line, as every tool writes them.
const WIDTH: usize = 64;

/// One block: `-----BEGIN LABEL-----` to `-----END LABEL-----`.
#[derive(Clone)]
pub struct Block {
    /// What it is said to be, such as `CERTIFICATE`.
    pub label: String,
    /// The lines `Name: value` ahead of the content, which only keys encrypted
    /// in the old way have.
    pub headers: Vec<(String, String)>,
    /// The content, which may be a key.
    pub content: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

impl Block {
    /// Whether it is a private key, in whatever form.
    pub fn is_key(&self) -> bool {
        self.label.ends_with("PRIVATE KEY")
    }

    /// Whether it is a certificate.
    pub fn is_certificate(&self) -> bool {
        // What OpenSSL once wrote, and still does with `-trustout`, has more
        // in it than a certificate.
        matches!(self.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(header, _)| header == name)?;
        Some(value)
    }
}

/// The blocks of a file in its order. Text around them is for people.
pub fn read(bytes: &[u8]) -> Result<Vec<Block>, PemError> {
    if bytes.len() > MAX_BYTES {
        return Err(PemError::TooLarge);
    }
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let mut blocks = Vec::new();
    while let Some((number, line)) = lines.next() {
        let Some(label) = marked(line, "-----BEGIN ") else {
            continue;
        };
        blocks.push(block(label, number + 1, &mut lines)?);
    }
    if blocks.is_empty() {
        return Err(PemError::NoBlock);
    }
    Ok(blocks)
}

/// The content of a file that is one block of this label and nothing more.
pub fn read_only(bytes: &[u8], label: &str) -> Result<Vec<u8>, PemError> {
    let mut blocks = read(bytes)?;
    let is_bare = bytes.starts_with(b"-----BEGIN ")
        && bytes.trim_ascii_end().ends_with(b"-----")
        // An end before the last line would have text behind it.
        && bytes.windows(9).filter(|window| *window == b"-----END ").count() == 1;
    match blocks.as_mut_slice() {
        [block] if block.label != label => Err(PemError::Label {
            found: block.label.clone(),
            expected: label.to_owned(),
        }),
        [block] if is_bare && block.headers.is_empty() => Ok(std::mem::take(&mut block.content)),
        _ => Err(PemError::More {
            expected: label.to_owned(),
        }),
    }
}

/// A block with this content.
pub fn write(label: &str, content: &[u8]) -> Zeroizing<String> {
    let encoded = Zeroizing::new(Base64::encode_string(content));
    let mut text = Zeroizing::new(format!("-----BEGIN {label}-----\n"));
    // Room for all of it at once: growing would leave copies behind.
    text.reserve(encoded.len() + encoded.len() / WIDTH + 2 * label.len() + 40);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        // Base64 is ASCII.
        let (line, behind) = rest.split_at(rest.len().min(WIDTH));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// The label of a line that begins or ends a block.
fn marked<'a>(line: &'a [u8], mark: &str) -> Option<&'a str> {
    let line = std::str::from_utf8(line).ok()?;
    let line = line.trim_end_matches([' ', '\t', '\r']);
    line.strip_prefix(mark)?.strip_suffix("-----")
}

fn block<'a>(
    label: &str,
    begin: usize,
    lines: &mut impl Iterator<Item = (usize, &'a [u8])>,
) -> Result<Block, PemError> {
    let mut headers = Vec::new();
    let mut encoded = Zeroizing::new(String::new());
    let broken = |line: usize| PemError::Broken {
        label: label.to_owned(),
        line,
    };
    for (number, line) in lines {
        if let Some(end) = marked(line, "-----END ") {
            let content = Base64::decode_vec(&encoded).map_err(|_| broken(begin))?;
            return if end == label {
                Ok(Block {
                    label: label.to_owned(),
                    headers,
                    content: Zeroizing::new(content),
                })
            } else {
                Err(broken(number + 1))
            };
        }
        let line = std::str::from_utf8(line).map_err(|_| broken(number + 1))?;
        let line = line.trim_matches([' ', '\t', '\r']);
        match line.split_once(':') {
            Some((name, value)) if encoded.is_empty() => {
                headers.push((name.to_owned(), value.trim().to_owned()));
            }
            Some(_) => return Err(broken(number + 1)),
            None => encoded.push_str(line),
        }
    }
    Err(PemError::Open {
        label: label.to_owned(),
        line: begin,
    })
}

/// Why a file is no PEM, or not the one that it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PemError {
    /// Nothing in it begins a block.
    NoBlock,
    /// A block has no end.
    Open {
        /// What it is said to be.
        label: String,
        /// The line where it begins.
        line: usize,
    },
    /// Something in a block is not Base64.
    Broken {
        /// What it is said to be.
        label: String,
        /// The line, or the one where the block begins.
        line: usize,
    },
    /// Something else than what it should be.
    Label {
        /// What it is said to be.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// More than the one block that it should be.
    More {
        /// What it should be.
        expected: String,
    },
    /// Larger than any certificate.
    TooLarge,
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PemError::NoBlock => f.write_str("it is not in PEM: no line `-----BEGIN …-----`"),
            PemError::Open { label, line } => {
                let label = label.escape_debug();
                write!(f, "the `{label}` of line {line} has no end")
            }
            PemError::Broken { label, line } => {
                let label = label.escape_debug();
                write!(f, "the `{label}` is damaged, see line {line}")
            }
            PemError::Label { found, expected } => {
                let found = found.escape_debug();
                write!(f, "it is a `{found}` where a `{expected}` is expected")
            }
            PemError::More { expected } => {
                write!(f, "it has more in it than one `{expected}`")
            }
            PemError::TooLarge => write!(f, "it is larger than {} MB", MAX_BYTES / 1_000_000),
        }
    }
}

impl Error for PemError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 47, 48, 49, 1_000] {
            let content = vec![0xA5; length];
            let text = write("CERTIFICATE", &content);
            let blocks = read(text.as_bytes()).expect("a block");
            assert_eq!(blocks.len(), 1);
            assert_eq!(blocks[0].label, "CERTIFICATE");
            assert_eq!(*blocks[0].content, content);
            assert!(text.lines().all(|line| line.len() <= 64), "{}", *text);
            let only = read_only(text.as_bytes(), "CERTIFICATE");
            assert_eq!(only, Ok(content));
        }
    }

    #[test]
    fn blocks_are_read_in_order_and_text_around_them_is_not() {
        let text = "Bag Attributes\r\n-----BEGIN CERTIFICATE-----\r\nAAAA\r\n\
                    -----END CERTIFICATE-----\r\n\u{FEFF}subject: x\r\n\
                    -----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
                    DEK-Info: AES-256-CBC,00FF\n\nAAAA\nBBBB\n-----END RSA PRIVATE KEY-----";
        let blocks = read(text.as_bytes()).expect("blocks");
        assert!(blocks[0].is_certificate() && blocks[1].is_key());
        assert_eq!(blocks[1].header("DEK-Info"), Some("AES-256-CBC,00FF"));
        assert_eq!(blocks[1].content.len(), 6);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let begin = "-----BEGIN A-----\n";
        for (text, told) in [
            (String::new(), "not in PEM"),
            ("-----END A-----".to_owned(), "not in PEM"),
            (format!("\n{begin}AAAA\n"), "`A` of line 2 has no end"),
            (format!("{begin}AAA\n-----END A-----"), "see line 1"),
            (format!("{begin}AA\u{b}AA\n-----END A-----"), "see line 1"),
            (format!("{begin}AAAA\n-----END B-----"), "see line 3"),
            (format!("{begin}AAAA\nx: y\n-----END A-----"), "see line 3"),
        ] {
            let error = read(text.as_bytes()).expect_err(&text).to_string();
            assert!(error.contains(told), "{text:?}: {error}");
        }
        let large = vec![b'\n'; MAX_BYTES + 1];
        assert_eq!(read(&large).expect_err("a refusal"), PemError::TooLarge);
    }

    #[test]
    fn a_lone_block_has_nothing_around_it() {
        let block = "-----BEGIN A-----\nAAAA\n-----END A-----\n";
        assert_eq!(read_only(block.as_bytes(), "A"), Ok(vec![0, 0, 0]));
        assert!(matches!(
            read_only(block.as_bytes(), "B"),
            Err(PemError::Label { .. })
        ));
        for more in [
            format!("x\n{block}"),
            format!("{block}x\n"),
            format!("{block}{block}"),
            format!("{block}-----END A-----"),
            block.replace("AAAA", "x: y\nAAAA"),
        ] {
            let error = read_only(more.as_bytes(), "A").expect_err("a refusal");
            assert!(matches!(error, PemError::More { .. }), "{more}: {error}");
        }
    }
}
