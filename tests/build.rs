//! Makes doc tests of the README.
//!
//! Its examples leave out what a reader can guess: imports, and the shape of
//! an answer. Rustdoc needs it, so each block gets the preamble as hidden
//! lines; what stands in the README is compiled as it stands there.

use std::path::Path;
use std::{env, fs};

const README: &str = "../README.md";

/// What stands before the blocks of each kind.
const PREAMBLES: [(&str, &str); 3] = [
    ("```rust", "readme/preamble.rs"),
    ("```rust,configuration", "readme/configuration.rs"),
    ("```rust,test_harness", "readme/testing.rs"),
];

fn main() {
    let read = |file| {
        println!("cargo::rerun-if-changed={file}");
        fs::read_to_string(file).expect(file)
    };
    let preambles = PREAMBLES.map(|(fence, file)| (fence, read(file)));
    let mut text = String::new();
    for line in read(README).lines() {
        text.push_str(line);
        text.push('\n');
        for (_, preamble) in preambles.iter().filter(|(fence, _)| *fence == line) {
            for hidden in preamble.lines() {
                text.push_str("# ");
                text.push_str(hidden);
                text.push('\n');
            }
        }
    }
    let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&folder).join("README.md"), text).expect("the file is written");
}
