//! What `extension!` adds to a cold `cargo check` of an author's crate, its
//! dependencies apart, for a manifest at the platform's limit:
//!
//! ```text
//! cargo bench -p extyped-tests --bench cold_check
//! ```
//!
//! Two crates are checked by turns, one with the macro and one without.

#![allow(clippy::print_stdout, reason = "a benchmark tells its figures")]

#[path = "../tests/support/large.rs"]
mod large;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;
const WITHOUT: &str = "pub use extyped::Recorder;\n";
const WITH: &str = "pub use extyped::Recorder;\nextyped::extension!(\"extension.yaml\");\n";

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let runtime = workspace.join("runtime");
    write(
        &folder.join("Cargo.toml"),
        &format!(
            "[package]\nname = \"author\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [dependencies]\nextyped = {{ path = '{}' }}\n[workspace]\n",
            runtime.display()
        ),
    );
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("there is a lock");
    fs::create_dir(folder.join("src")).expect("the folder is empty");
    write(
        &folder.join("extension.yaml"),
        &large::manifest(large::METRICS),
    );

    // Builds the dependencies.
    check(folder, WITHOUT);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(check(folder, WITHOUT));
        with.push(check(folder, WITH));
    }
    let (without, with) = (median(&mut without), median(&mut with));
    println!("{} metrics, median of {ROUNDS}:", large::METRICS);
    println!("  without extension!  {without:>8.0?}");
    println!("  with extension!     {with:>8.0?}");
    println!(
        "  added               {:>8.0?}",
        with.saturating_sub(without)
    );
}

fn check(folder: &Path, code: &str) -> Duration {
    write(&folder.join("src/lib.rs"), code);
    let start = Instant::now();
    let status = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .expect("cargo can be run");
    assert!(status.success());
    start.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("the folder can be written to");
}
