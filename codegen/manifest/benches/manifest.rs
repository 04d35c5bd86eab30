//! How long it takes to read, check and complain about a large manifest: the largest
//! of the corpus, or a generated one of the same size where there is none.

// What a benchmark cannot prepare, it cannot measure.
#![allow(clippy::expect_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::BytesCount;
use extyped_manifest::beside::Alone;
use extyped_manifest::contract::Overrides;
use extyped_manifest::diagnostic::{Diagnostic, Report};
use extyped_manifest::render::{Style, human};
use extyped_manifest::source::{SourceFile, Span};
use extyped_manifest::{check, codes, yaml};

/// The size of the largest public manifest.
const SIZE: usize = 274_000;

fn main() {
    divan::main();
}

/// From text to tree.
#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let source = manifest();
    bencher
        .counter(BytesCount::of_str(source.text()))
        .bench(|| yaml::parse(&source, &mut Report::default()));
}

/// From text to contract and findings.
#[divan::bench]
fn check_all(bencher: Bencher<'_, '_>) {
    let source = manifest();
    bencher
        .counter(BytesCount::of_str(source.text()))
        .bench(|| check(&source, &Overrides::default(), &Alone));
}

/// A finding about the two ends of the file, as a terminal shows it.
#[divan::bench]
fn render(bencher: Bencher<'_, '_>) {
    let source = manifest();
    let end = u32::try_from(source.text().len()).expect("manifests are small");
    let finding = Diagnostic::new(&codes::DUPLICATE_KEY, Span::new(end, end), "twice")
        .label("again here")
        .related(Span::new(0, 4), "first here");
    bencher.bench(|| human(&source, &finding, Style::Colored));
}

fn manifest() -> SourceFile {
    largest_of_corpus().unwrap_or_else(|| SourceFile::new("generated.yaml", generated()))
}

fn largest_of_corpus() -> Option<SourceFile> {
    let root = std::env::var_os("EXTYPED_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let folders = std::fs::read_dir(root).ok()?.flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten());
    let manifests = files
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    let largest = manifests.max_by_key(|path| path.metadata().map_or(0, |data| data.len()))?;
    SourceFile::read(largest).ok()
}

/// A manifest that repeats what manifests consist of.
fn generated() -> String {
    let mut text = "name: custom:large\nversion: 1.0.0\nmetrics:\n".to_owned();
    let mut metric = 0;
    while text.len() < SIZE {
        write!(
            text,
            "  - key: large.group-{}.metric.{metric} # a metric\n    metadata:\n      \
             displayName: \"Metric {metric}\"\n      description: What it measures\n      \
             unit: Count\n      tags: [one, two]\n",
            metric / 50
        )
        .expect("writing to a string cannot fail");
        metric += 1;
    }
    text
}
