//! Makes doc tests of the README.
//!
//! Its examples leave out what a reader can guess: imports, and the shape of
//! an answer. Rustdoc needs it, so each block gets the preamble as hidden
//! lines; what stands in the README is compiled as it stands there.

use std::path::Path;
use std::{env, fs};

const README: &str = "../README.md";
const PREAMBLE: &str = "readme/preamble.rs";

fn main() {
    for file in [README, PREAMBLE] {
        println!("cargo::rerun-if-changed={file}");
    }
    let read = |file| fs::read_to_string(file).expect(file);
    let preamble = read(PREAMBLE);
    let mut text = String::new();
    for line in read(README).lines() {
        text.push_str(line);
        text.push('\n');
        if line == "```rust" {
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
