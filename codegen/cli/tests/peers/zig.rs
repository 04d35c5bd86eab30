//! cargo-zigbuild and zig, which link for hosts that are older than this one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use extyped_package::archive;
use extyped_package::glibc::Glibc;
use extyped_package::program::Program;
use tempfile::TempDir;

use crate::venv::{self, skipped};

const PACKAGES: &[&str] = &["cargo-zigbuild==0.24.1", "ziglang==0.17.1"];

const OLDEST: &str = "x86_64-unknown-linux-gnu.2.17";

/// Cargo puts the programs of both into the same place, one over the other, and
/// this one needs more.
const NEWER: &str = "x86_64-unknown-linux-gnu.2.36";

const MANIFEST: &str = include_str!("../fixtures/clean/extension.yaml");
const SCHEMA: &str = include_str!("../fixtures/clean/activationSchema.json");

/// A program that depends on nothing: how it is linked is all that matters.
fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = [
        ("extension/extension.yaml", MANIFEST),
        ("extension/activationSchema.json", SCHEMA),
        ("src/main.rs", "fn main() {}\n"),
        (
            "Cargo.toml",
            "[package]\nname = \"pond\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
        ),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// Builds it for these targets, with `tools` before all other programs.
fn build(project: &Path, tools: &Path, targets: &[&str]) -> Output {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools.to_owned()).chain(std::env::split_paths(&path));
    Command::new(env!("CARGO_BIN_EXE_extyped"))
        .current_dir(project)
        .args(["build", "--no-sign"])
        .args(targets.iter().flat_map(|target| ["--target", target]))
        .env("PATH", std::env::join_paths(folders).expect("a path"))
        .env("CARGO_TARGET_DIR", project.join("target"))
        .output()
        .expect("extyped starts")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
fn what_zig_links_starts_on_the_oldest_hosts_and_the_tag_says_so() {
    let python: PathBuf = match venv::python(PACKAGES, "ziglang") {
        Ok(python) => python,
        Err(why) => return skipped(&why),
    };
    let project = project();
    let tools = python.parent().expect("its folder");
    let output = build(project.path(), tools, &[OLDEST, NEWER]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let zip = fs::read(project.path().join("dist/extension.zip")).expect("a package");
    let files = archive::read(&zip, 100_000_000).expect("an archive");
    for (tags, glibc) in [
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", "2.17"),
        ("manylinux_2_36_x86_64", "2.36"),
    ] {
        let name = format!("lib/load_balancer-1.0.0-py3-none-{tags}.whl");
        let wheel = files.iter().find(|file| file.name == name).expect(&name);
        let files = archive::read(&wheel.content, 100_000_000).expect("a wheel");
        let program = files
            .iter()
            .find(|file| file.executable)
            .expect("a program");
        let needed = Program::inspect(&program.content).expect("a program").glibc;
        let promised: Glibc = glibc.parse().expect("a version");
        assert!(needed <= Some(promised), "{name} needs {needed:?}");
    }
}

/// Whoever stands in for zig and links with what this machine has is found out.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
fn a_promise_that_was_not_kept_is_an_error_that_names_the_symbols() {
    use std::os::unix::fs::PermissionsExt as _;

    let project = project();
    let tools = project.path().join("tools");
    let pretender = tools.join("cargo-zigbuild");
    fs::create_dir(&tools).expect("a folder");
    fs::write(
        &pretender,
        "#!/bin/sh\nshift\nfor word; do\n  shift\n  set -- \"$@\" \"${word%.2.17}\"\ndone\n\
         exec cargo build \"$@\"\n",
    )
    .expect("a script");
    fs::set_permissions(&pretender, fs::Permissions::from_mode(0o755)).expect("permissions");

    let output = build(project.path(), &tools, &[OLDEST]);
    let told = told(&output);
    if told.contains("manylinux_2_17") {
        return skipped("what this machine links runs on glibc 2.17 anyway");
    }
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("and was to run with 2.17: it asks for "),
        "{told}"
    );
    assert!(!project.path().join("dist").exists());
}
