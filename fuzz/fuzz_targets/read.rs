//! The readers of YAML and JSON: whatever the text is, there is a tree or an
//! error, every place lies in the text, and everything found can be shown.

#![no_main]

use extyped_manifest::diagnostic::Report;
use extyped_manifest::render::{self, Style};
use extyped_manifest::source::{SourceFile, Span};
use extyped_manifest::yaml::{self, Node, Tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = SourceFile::new("extension.yaml", text);
    for read in [yaml::parse, yaml::parse_json] {
        let mut report = Report::default();
        let tree: Option<Tree> = read(&source, &mut report);
        assert!(tree.is_some() || report.has_errors());
        for finding in report.diagnostics().iter().take(20) {
            let related = finding.related.iter().map(|related| related.span);
            related.chain(finding.span).for_each(|span| lies_in(&source, span));
            assert_eq!(render::headline(&source, finding).lines().count(), 1);
            render::human(&source, finding, Style::Colored);
        }
        if let Some(tree) = &tree {
            walk(&source, tree.root());
        }
    }
});

fn walk(source: &SourceFile, node: Node<'_>) {
    lies_in(source, node.span());
    node.items().for_each(|item| walk(source, item));
    node.entries().for_each(|entry| {
        walk(source, entry.key);
        walk(source, entry.value);
    });
}

fn lies_in(source: &SourceFile, span: Span) {
    let range = span.start as usize..span.end as usize;
    assert!(source.text().get(range).is_some(), "{span:?}");
}
