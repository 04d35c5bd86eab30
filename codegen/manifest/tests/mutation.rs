//! No sequence of bytes makes reading, showing or mending fail.

mod support;

use extyped_manifest::diagnostic::{Diagnostic, Report};
use extyped_manifest::fix::{insert_entry, insert_items, replace_scalar, replace_within_scalar};
use extyped_manifest::render::{Style, compile_error, headline, human};
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Node};
use proptest::prelude::*;
use proptest::sample::Index;

/// What may take the place of a few bytes.
const PIECES: [&str; 32] = [
    "", "\t", "\n", "\r", "  ", ":", ": ", "- ", "? ", "\"", "'", "[", "]", "{", "}", ",", "#",
    " #", "&a ", "*a", "!", "!!str ", "<<: *a", "|", ">\n", "%", "@", "\0", "\u{feff}", "---\n",
    "\\", "ä",
];

#[derive(Debug, Clone)]
struct Change {
    at: Index,
    len: usize,
    piece: &'static str,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (
        any::<Index>(),
        0..4_usize,
        prop::sample::select(PIECES.to_vec()),
    )
        .prop_map(|(at, len, piece)| Change { at, len, piece });
    prop::collection::vec(change, 1..8)
}

fn mutated(text: &str, changes: &[Change]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for change in changes {
        let start = change.at.index(bytes.len() + 1);
        let end = bytes.len().min(start + change.len);
        bytes.splice(start..end, change.piece.bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Does with a document all that faces do, as far as it gets.
fn use_all(text: &str) {
    let source = SourceFile::new("extension.yaml", text);
    let mut report = Report::default();
    let tree = yaml::parse(&source, &mut report);
    assert!(tree.is_some() || report.has_errors(), "{text}");
    for finding in report.diagnostics().iter().take(20) {
        assert_eq!(headline(&source, finding).lines().count(), 1);
        let text = compile_error(&source, finding);
        assert!(text.starts_with("extension.yaml:"), "{text}");
        human(&source, finding, Style::Colored);
        check_places(&source, finding);
    }
    if let Some(tree) = &tree {
        use_node(&source, tree.root());
    }
}

fn check_places(source: &SourceFile, finding: &Diagnostic) {
    let span = finding
        .span
        .expect("every finding of the reader has a place");
    let places = finding.related.iter().map(|related| related.span);
    for span in places.chain([span]) {
        let range = span.start as usize..span.end as usize;
        assert!(source.text().get(range).is_some(), "{finding:?}");
    }
}

fn use_node(source: &SourceFile, node: Node<'_>) {
    let span = node.span();
    let range = span.start as usize..span.end as usize;
    assert!(source.text().get(range).is_some(), "{node:?}");
    replace_scalar(source, span, "new: text");
    replace_within_scalar(source, span, "a", "b");
    insert_items(source, node, &["x".to_owned()]);
    insert_entry(source, node, "key", "x");
    node.items().for_each(|item| use_node(source, item));
    node.entries().for_each(|entry| {
        use_node(source, entry.key);
        use_node(source, entry.value);
    });
}

#[test]
fn manifests_of_the_corpus_may_be_damaged() {
    let mut short = support::corpus();
    // Small files are as odd as large ones, and many more can be tried.
    short.retain(|(_, text)| text.len() < 20_000);
    if short.is_empty() {
        return;
    }
    let damaged = (prop::sample::select(short), changes());
    proptest!(|((file, changes) in damaged)| {
        use_all(&mutated(&file.1, &changes));
    });
}

proptest! {
    #[test]
    fn generated_documents_may_be_damaged(document in support::document(), changes in changes()) {
        use_all(&mutated(&document.text, &changes));
    }

    #[test]
    fn documents_may_be_nothing_but_indicators(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40)) {
        use_all(&pieces.concat());
    }

    #[test]
    fn documents_may_be_anything(text: String) {
        use_all(&text);
    }
}
