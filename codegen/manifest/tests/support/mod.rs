//! Documents to test with: generated ones, and the public manifests of a
//! corpus that is not part of the repository.

// Each test uses a part of it.
#![allow(dead_code)]

mod write;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use extyped_manifest::diagnostic::Report;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Node, NodeKind, Tree};
use proptest::prelude::*;

/// The content of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Text(String),
    /// A number or boolean, as it is written.
    Literal(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

/// A document, and what it means.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) value: Value,
}

/// Documents in all styles that a manifest may be written in.
pub(crate) fn document() -> impl Strategy<Value = Document> {
    let choices = prop::collection::vec(any::<u8>(), 64);
    (collection(value()), choices).prop_map(|(value, choices)| Document {
        text: write::write(&value, choices),
        value,
    })
}

/// Any text, likely one that YAML has an opinion on.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z][a-zA-Z0-9_.]{0,12}",
        2 => "[a-z]{1,5}( [a-z]{1,5}){0,4}",
        2 => "[ -~]{0,8}",
        1 => r#"[-?:,\[\]{}#&*!|>'"%@`~=<. a1]{1,6}"#,
        1 => "([a-z]{1,4} ?[a-z]{0,4}\n){1,3}[a-z]{0,3}",
        1 => "\\PC{0,6}",
        1 => any::<String>(),
        1 => prop::sample::select(vec![
            "", "null", "~", "true", "No", "1", "1.280", "0x1F", ".5", "-", "a: b", "a #b", "1_000",
            "12:30", "2024-01-01", "it's", "say \"x\"", "\\d+", "\u{feff}", "\u{85}", "\u{2028}",
        ]).prop_map(str::to_owned),
    ]
}

fn value() -> BoxedStrategy<Value> {
    let literal = prop::sample::select(vec!["1", "-2.50", "1.280", "1e3", "true", "False", "0x1F"]);
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        4 => text().prop_map(Value::Text),
        1 => literal.prop_map(|text| Value::Literal(text.to_owned())),
    ];
    leaf.prop_recursive(4, 40, 4, collection).boxed()
}

fn collection(item: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let list = prop::collection::vec(item.clone(), 0..4).prop_map(Value::List);
    let map = prop::collection::vec((text(), item), 0..4).prop_map(|entries| {
        let mut unique: Vec<(String, Value)> = Vec::new();
        for (key, value) in entries {
            // The oracle merges the text `"<<"` as well, which the tree keeps.
            if key == "<<" {
                continue;
            }
            if unique.iter().all(|(other, _)| *other != key) {
                unique.push((key, value));
            }
        }
        Value::Map(unique)
    });
    prop_oneof![list, map].boxed()
}

/// Reads a document in which nothing is to be found.
pub(crate) fn read(text: &str) -> (SourceFile, Tree) {
    let source = SourceFile::new("extension.yaml", text);
    let mut report = Report::default();
    let tree = yaml::parse(&source, &mut report);
    assert!(report.diagnostics().is_empty(), "{text}\n{report:?}");
    (
        source,
        tree.expect("a document without findings has a tree"),
    )
}

/// Whether a node has this content, and a text is one to every reader.
pub(crate) fn has_content(node: Node<'_>, value: &Value) -> bool {
    match value {
        Value::Null => node.kind() == NodeKind::Null,
        Value::Text(text) => node.as_str() == Some(text),
        Value::Literal(text) => node.as_str() == Some(text) && node.is_plain(),
        Value::List(items) => {
            node.kind() == NodeKind::Sequence
                && node.items().len() == items.len()
                && node
                    .items()
                    .zip(items)
                    .all(|(node, item)| has_content(node, item))
        }
        Value::Map(entries) => {
            node.kind() == NodeKind::Mapping
                && node.entries().len() == entries.len()
                && node.entries().zip(entries).all(|(entry, (key, value))| {
                    entry.name() == key && has_content(entry.value, value)
                })
        }
    }
}

/// The manifests of the corpus; empty, with a message, where there is none.
pub(crate) fn corpus() -> Vec<(PathBuf, String)> {
    let root = std::env::var_os("EXTYPED_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml")
            {
                let text = std::fs::read_to_string(&path).expect("the corpus is readable");
                files.push((path, text));
            }
        }
    }
    if files.is_empty() {
        // Not with `eprintln!`, which the test runner keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: no manifests in {} (set EXTYPED_CORPUS to test with a corpus)",
            root.display()
        );
    }
    files.sort();
    files
}
