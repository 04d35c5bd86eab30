//! How long the generator takes for a manifest at the platform's limit:
//!
//! ```text
//! cargo bench -p extyped-tests --bench generate
//! ```

#[path = "../tests/support/large.rs"]
mod large;

use divan::{Bencher, black_box};
use extyped_codegen::manifest::source::SourceFile;
use extyped_codegen::{Options, generate, generate_file};

fn main() {
    divan::main();
}

fn source() -> SourceFile {
    SourceFile::new("extension.yaml", large::manifest(large::METRICS))
}

/// What `extension!` does before rustc sees the code.
#[divan::bench]
fn tokens(bencher: Bencher) {
    let (source, options) = (source(), Options::default());
    bencher.bench_local(|| generate(black_box(&source), &options));
}

/// What build.rs and `extyped generate` do.
#[divan::bench]
fn formatted(bencher: Bencher) {
    let (source, options) = (source(), Options::default());
    bencher.bench_local(|| generate_file(black_box(&source), &options));
}
