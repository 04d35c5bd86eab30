//! `docs/corpus.md`: what is found in public manifests, and why it is true.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use extyped_codegen::manifest::beside::Alone;
use extyped_codegen::manifest::codes::Code;
use extyped_codegen::manifest::contract::Overrides;
use extyped_codegen::manifest::diagnostic::{Diagnostic, Report, Severity};
use extyped_codegen::manifest::source::SourceFile;
use extyped_codegen::manifest::{Checked, check, yaml};

use super::manifests::Manifest;

const INTRODUCTION: &str = "\
# Public manifests

What Extyped finds in public manifests, which are not part of the repository. Errors are refused by
the platform, or something is silently lost; each is explained below, with its rule and where the
rule comes from. A manifest without errors is one that code is generated for as a whole.

The command that writes this page, with the corpus beside the repository:

```sh
UPDATE_CORPUS=1 cargo test -p extyped-tests --test corpus
```

| manifest | metrics | sets | types | errors | warnings | hints |
|---|--:|--:|--:|--:|--:|--:|
";

/// The page about these manifests.
pub(crate) fn write(manifests: &[Manifest]) -> String {
    let mut table = INTRODUCTION.to_owned();
    let mut errors = String::new();
    let mut totals: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for manifest in manifests {
        let Checked {
            contract, report, ..
        } = check(&manifest.source, &Overrides::default(), &Alone);
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} |",
            manifest.name,
            contract.metrics.len(),
            contract.sets.len(),
            types(&manifest.source),
            report.count(Severity::Error),
            report.count(Severity::Warning),
            report.count(Severity::Hint),
        );
        explain(manifest, &report, &mut errors);
        let mut found: Vec<&Code> = report.diagnostics().iter().map(|d| d.code).collect();
        found.sort_by_key(|code| code.id);
        for code in &found {
            totals.entry((code.id, code.name)).or_default().1 += 1;
        }
        found.dedup();
        for code in found {
            totals.entry((code.id, code.name)).or_default().0 += 1;
        }
    }
    table.push_str("\n## What is found\n\n| check | findings | manifests |\n|---|--:|--:|\n");
    for ((id, name), (manifests, findings)) in totals {
        let _ = writeln!(table, "| {id} {name} | {findings} | {manifests} |");
    }
    format!("{table}\n## Errors, and why they are true\n{errors}")
}

/// How many entity types a manifest defines.
fn types(source: &SourceFile) -> usize {
    let tree = yaml::parse(source, &mut Report::default());
    tree.and_then(|tree| Some(tree.root().get("topology")?.get("types")?.items().len()))
        .unwrap_or_default()
}

/// The errors of a manifest: one paragraph for each code.
fn explain(manifest: &Manifest, report: &Report, text: &mut String) {
    let mut of_code: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for finding in report.diagnostics() {
        if finding.severity == Severity::Error {
            of_code.entry(finding.code.id).or_default().push(finding);
        }
    }
    if of_code.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n### {}\n", manifest.name);
    for findings in of_code.values() {
        let Some(first) = findings.first() else {
            continue;
        };
        let place = first
            .span
            .map_or(1, |span| manifest.source.line_of(span.start));
        let others = match findings.len() - 1 {
            0 => String::new(),
            1 => " (and 1 more)".to_owned(),
            more => format!(" (and {more} more)"),
        };
        let (id, name) = (first.code.id, first.code.name);
        let _ = writeln!(
            text,
            "- **{id} {name}**, line {place}: {}{others}. {} Source: {}",
            first.message,
            rule(first.code),
            origin(first.code)
        );
    }
}

/// The first paragraph of the page of a code.
pub(crate) fn rule(code: &Code) -> String {
    let body = code.explanation.split("\n\n").nth(1).unwrap_or_default();
    body.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where the rule of a code comes from.
pub(crate) fn origin(code: &Code) -> String {
    let source = code.explanation.split("## Source\n\n").nth(1);
    let first = source.and_then(|source| source.split("\n\n").next());
    let words = first.unwrap_or_default().split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}
