//! How long the generator takes for a manifest at the platform's limit, and for
//! the largest public one where there is a corpus:
//!
//! ```text
//! cargo bench -p extyped-tests --bench generate
//! ```

#[path = "../tests/support/large.rs"]
mod large;

use std::path::{Path, PathBuf};

use divan::{Bencher, black_box};
use extyped_codegen::manifest::beside::Alone;
use extyped_codegen::manifest::source::SourceFile;
use extyped_codegen::{Options, generate, generate_file};

fn main() {
    divan::main();
}

/// The largest manifest of the corpus; none where there is no corpus.
fn largest() -> Option<SourceFile> {
    let root = std::env::var_os("EXTYPED_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
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

/// Reads, checks and generates the largest public manifest.
#[divan::bench]
fn public(bencher: Bencher) {
    let (source, options) = (largest().unwrap_or_else(source), Options::default());
    bencher.bench_local(|| generate(black_box(&source), &options, &Alone));
}

fn source() -> SourceFile {
    SourceFile::new("extension.yaml", large::manifest(large::METRICS))
}

/// What `extension!` does before rustc sees the code.
#[divan::bench]
fn tokens(bencher: Bencher) {
    let (source, options) = (source(), Options::default());
    bencher.bench_local(|| generate(black_box(&source), &options, &Alone));
}

/// What build.rs and `extyped generate` do.
#[divan::bench]
fn formatted(bencher: Bencher) {
    let (source, options) = (source(), Options::default());
    bencher.bench_local(|| generate_file(black_box(&source), &options, &Alone));
}
