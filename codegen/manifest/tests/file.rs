//! Places in a file, and files that cannot be read.

use std::fs;
use std::path::PathBuf;

use extyped_manifest::file::MAX_BYTES;
use extyped_manifest::source::{SourceFile, Span};

/// A file for one test, below the folder that cargo keeps for that.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("the folder is writable");
    path
}

/// Code, place if there is one, and message of a file that cannot be read.
fn refusal(path: &PathBuf) -> String {
    let refused = SourceFile::read(path).expect_err("the file cannot be read");
    let place = refused.diagnostic.span.map_or(String::new(), |span| {
        format!(" {}", refused.source.position(span.start))
    });
    assert_eq!(refused.source.name(), path.display().to_string());
    format!(
        "{}{place} {}",
        refused.diagnostic.code.id, refused.diagnostic.message
    )
}

#[test]
fn a_file_is_read_with_its_name_as_given() {
    let path = file("good.yaml", "name: ä\n".as_bytes());
    let source = SourceFile::read(&path).expect("the file is good");
    assert_eq!(source.name(), path.display().to_string());
    assert_eq!(source.text(), "name: ä\n");
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding() {
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("missing.yaml");
    let message = refusal(&missing);
    assert!(
        message.starts_with("EXT005 the file cannot be read: "),
        "{message}"
    );
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    assert!(refusal(&folder).starts_with("EXT005 "));
}

#[test]
fn a_file_in_another_encoding_is_a_finding_with_its_place() {
    let path = file("latin1.yaml", b"name: x\nauthor: M\xfcller\n");
    assert_eq!(
        refusal(&path),
        "EXT005 2:10 the file is not encoded in UTF-8"
    );
    let path = file("utf16.yaml", b"\xff\xfen\0a\0");
    assert_eq!(
        refusal(&path),
        "EXT005 1:1 the file is not encoded in UTF-8"
    );
}

#[test]
fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
    let mut content = vec![b'#'; MAX_BYTES];
    assert!(SourceFile::read(file("largest.yaml", &content)).is_ok());
    content.push(b'#');
    let path = file("too-large.yaml", &content);
    assert_eq!(refusal(&path), "EXT003 the file is larger than 5 MB");
}

#[test]
fn a_place_counts_lines_and_characters_from_one() {
    let source = SourceFile::new("x", "\u{feff}a\u{e4}b\r\nc\rd\n");
    let place = |text: &str| {
        let at = source.text().find(text).expect("the text is in the file");
        source
            .position(u32::try_from(at).expect("the file is short"))
            .to_string()
    };
    assert_eq!(place("a"), "1:1");
    assert_eq!(place("b"), "1:3");
    assert_eq!(place("c"), "2:1");
    assert_eq!(place("d"), "3:1");
    assert_eq!(source.line_count(), 4);
    assert_eq!(source.position(u32::MAX).line, 4);
}

#[test]
fn a_line_has_no_line_break() {
    let source = SourceFile::new("x", "a\r\nb\n\nc");
    let lines: Vec<_> = (0..=6)
        .map(|line| source.slice(source.line(line)))
        .collect();
    assert_eq!(lines, ["", "a", "b", "", "c", "", ""]);
}

#[test]
fn a_span_outside_of_the_file_is_empty() {
    let source = SourceFile::new("x", "\u{e4}");
    assert_eq!(source.slice(Span::new(0, 1)), "");
    assert_eq!(source.slice(Span::new(1, 9)), "");
    assert_eq!(source.slice(Span::new(2, 0)), "");
}
