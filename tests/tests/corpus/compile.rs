//! Compiles generated code in a crate of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What an author's crate can ask at most.
const RULES: &str = "\
//! Code that is generated for public manifests.

#![no_implicit_prelude]
#![deny(warnings, missing_docs, clippy::pedantic)]
";

/// Fails unless all modules compile without a warning.
pub(crate) fn check(modules: &[String]) {
    let folder = package("corpus", modules, RULES);
    run(&folder, &["clippy", "--offline", "--quiet"]);
}

/// Fails unless each module reads what it is given: the path of a type, and the
/// JSON of an activation for it.
pub(crate) fn read(modules: &[String], samples: &[(String, String)]) {
    let folder = package("samples", modules, "//! Types of public schemas.\n");
    let mut main = String::from("fn main() {\n");
    for (path, json) in samples {
        let _ = writeln!(
            main,
            "    extyped::Activation::<samples::{path}>::from_json({json:?}).unwrap();"
        );
    }
    main.push_str("}\n");
    write(&folder.join("src/main.rs"), &main);
    run(&folder, &["run", "--offline", "--quiet"]);
}

/// A crate with these modules, in the folder of a name below that of the build.
fn package(name: &str, modules: &[String], rules: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = target(package).join("tests").join(name);
    let source = folder.join("src");
    fs::create_dir_all(&source).expect("the folder can be made");
    let mut root = rules.to_owned();
    for (at, module) in modules.iter().enumerate() {
        let _ = writeln!(root, "/// Number {at}.\npub mod manifest_{at};");
        write(&source.join(format!("manifest_{at}.rs")), module);
    }
    write(&source.join("lib.rs"), &root);
    let runtime = package.join("../runtime");
    write(
        &folder.join("Cargo.toml"),
        &format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             publish = false\n\n[dependencies]\nextyped = {{ path = {:?}, \
             default-features = false }}\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n\
             [workspace]\n",
            runtime.display()
        ),
    );
    // The same versions as everywhere, so that nothing has to be fetched.
    fs::copy(package.join("../Cargo.lock"), folder.join("Cargo.lock")).expect("there is a lock");
    folder
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(arguments)
        .current_dir(folder)
        // Much of what it needs is built there already.
        .env(
            "CARGO_TARGET_DIR",
            target(Path::new(env!("CARGO_MANIFEST_DIR"))),
        )
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// Leaves a file with the same text alone: cargo compiles what is newer.
fn write(path: &Path, text: &str) {
    if fs::read(path).is_ok_and(|current| current == text.as_bytes()) {
        return;
    }
    fs::write(path, text).expect("the file can be written");
}

/// The folder that cargo builds in.
fn target(package: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("../target"), PathBuf::from)
}
