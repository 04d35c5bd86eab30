//! The tree against an independent reader of YAML.
//!
//! `serde_yaml` has no positions and gives up where a manifest deserves a
//! better answer, but what it reads it reads well. Three differences are meant:
//! it turns plain text into numbers and booleans, where the tree keeps the text
//! (`1.280` is a version, not 1.28); it takes `<<` for an ordinary key until it
//! is asked to merge; and a byte order mark is an error to it.

mod support;

use extyped_manifest::diagnostic::Report;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Node, NodeKind};
use proptest::prelude::*;
use serde_yaml::Value;

/// Where the tree and the oracle differ, if they do.
fn difference(node: Node<'_>, value: &Value) -> Option<String> {
    let differs = || Some(format!("{node:?} is {value:?} to the oracle"));
    match (node.kind(), value) {
        (NodeKind::Null, Value::Null) => None,
        (NodeKind::Scalar, Value::String(text)) if node.as_str() == Some(text) => None,
        (NodeKind::Scalar, Value::Bool(value)) if node.as_bool() == Some(*value) => None,
        (NodeKind::Scalar, Value::Number(number)) if node.is_plain() => {
            // The text must be a spelling of the number.
            let spelled = node
                .as_str()
                .and_then(|text| serde_yaml::from_str(text).ok());
            if spelled.as_ref() == Some(number) {
                None
            } else {
                differs()
            }
        }
        (NodeKind::Sequence, Value::Sequence(items)) if node.items().len() == items.len() => node
            .items()
            .zip(items)
            .find_map(|(node, item)| difference(node, item)),
        (NodeKind::Mapping, Value::Mapping(entries)) if node.entries().len() == entries.len() => {
            node.entries()
                .zip(entries)
                .find_map(|(entry, (key, value))| {
                    difference(entry.key, key).or_else(|| difference(entry.value, value))
                })
        }
        _ => differs(),
    }
}

/// Reads a text with both, and says where they disagree.
fn disagreement(text: &str) -> Option<String> {
    let mut report = Report::default();
    let tree = yaml::parse(&SourceFile::new("extension.yaml", text), &mut report);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let oracle = serde_yaml::from_str::<Value>(text).and_then(|mut value| {
        value.apply_merge()?;
        Ok(value)
    });
    match (tree, oracle) {
        (Some(tree), Ok(value)) if !report.has_errors() => difference(tree.root(), &value),
        (_, Ok(_)) => Some(format!("only the oracle reads it: {report:?}")),
        (_, Err(_)) if report.has_errors() => None,
        // Only ours reads a template whose placeholders are no YAML.
        (Some(tree), Err(_)) if format!("{tree:?}").contains("\\u{e000}") => None,
        (_, Err(error)) => Some(format!("the oracle does not read it: {error}")),
    }
}

#[test]
fn the_manifests_of_the_corpus_read_the_same() {
    let disagreements: Vec<_> = support::corpus()
        .into_iter()
        .filter_map(|(path, text)| Some((path, disagreement(&text)?)))
        .collect();
    assert!(disagreements.is_empty(), "{disagreements:#?}");
}

#[test]
fn what_manifests_rarely_have_reads_the_same() {
    let documents = [
        "a: &x {k: 1, l: 2}\nb:\n  l: 3\n  <<: *x\n",
        "- &x {k: 1}\n- &y {k: 2, l: 2}\n- {<<: [*x, *y], m: 3}\n",
        "a: &x [1, 2]\nb: *x\n",
        "a: |+\n  x\n\nb: >\n  y\n  z\n\n   w\n",
        "a: |2\n    x\n  y\n",
        "a: one\n  two\n\n  three\n",
        "a: 'one\n  two'\nb: \"one\\\n  two\"\n",
        "? a\n: b\n? c\n",
        "a: [b: c, d]\n",
        "{a, b: , c: d}\n",
        "--- # c\na: 1\n...\n",
        "a: !!str 1\nb: !!str\n",
        "a: 1\na: 2\n",
        "a: *unknown\n",
        "a: \"\\q\"\n",
        "a:\n\t- b\n",
        "a: b: c\n",
        "[a, b\n",
        "a: 1\n---\nb: 2\n",
    ];
    for text in documents {
        assert_eq!(disagreement(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn generated_documents_read_the_same(document in support::document()) {
        let (_, tree) = support::read(&document.text);
        prop_assert!(support::has_content(tree.root(), &document.value), "{}", document.text);
        prop_assert_eq!(disagreement(&document.text), None, "{}", document.text);
    }
}
