//! What the tree says of good documents, and what the report says of bad ones.

mod content;
mod hostile;

use super::{Node, NodeKind, Tree, parse};
use crate::diagnostic::{Diagnostic, Report};
use crate::source::SourceFile;

fn read(text: &str) -> (SourceFile, Option<Tree>, Report) {
    let source = SourceFile::new("extension.yaml", text);
    let mut report = Report::default();
    let tree = parse(&source, &mut report);
    (source, tree, report)
}

/// The tree of a document without mistakes.
fn tree(text: &str) -> Tree {
    let (_, tree, report) = read(text);
    assert!(report.diagnostics().is_empty(), "{text:?}: {report:?}");
    tree.expect("a document without mistakes has a tree")
}

/// Code, place and message of a finding.
fn line(source: &SourceFile, finding: &Diagnostic) -> String {
    let span = finding
        .span
        .expect("every finding of the reader has a place");
    let place = source.position(span.start);
    format!("{} {place} {}", finding.code.id, finding.message)
}

/// The content of a node in a notation in which everything is to be seen.
fn show(node: Node<'_>) -> String {
    match node.kind() {
        NodeKind::Null => "null".to_owned(),
        NodeKind::Scalar => {
            let text = node.as_str().unwrap_or("no text");
            let mark = if node.is_plain() { "" } else { "str " };
            format!("{mark}{text:?}")
        }
        NodeKind::Sequence => {
            let items: Vec<_> = node.items().map(show).collect();
            format!("[{}]", items.join(", "))
        }
        NodeKind::Mapping => {
            let entries: Vec<_> = node
                .entries()
                .map(|entry| format!("{}: {}", entry.name(), show(entry.value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}
