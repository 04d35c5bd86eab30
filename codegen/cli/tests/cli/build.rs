//! `extyped build`, nearly always with programs that are there already; that
//! Python starts what it packs is a test of the house.

use std::fs::{self, File};
use std::io::Read as _;
use std::time::SystemTime;

use zip::ZipArchive;

use crate::certificates;
use crate::sandbox::{Run, Sandbox, finished, fixture};

/// Some program for this machine, and a small one.
const PROGRAM: &str = "/bin/sh";

fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("extension/extension.yaml", &fixture("clean/extension.yaml"));
    sandbox
}

fn build(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let given = ["build", "--no-sign", "--program", PROGRAM];
    sandbox.run(&[&given, arguments].concat())
}

/// The names in `dist/extension.zip`, and a file of it.
fn names(sandbox: &Sandbox) -> Vec<String> {
    let mut zip = open(sandbox);
    (0..zip.len())
        .map(|index| {
            let file = zip.by_index(index).expect("an entry");
            file.name().expect("a name").into_owned()
        })
        .collect()
}

fn bytes_of(sandbox: &Sandbox, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut zip = open(sandbox);
    let mut file = zip.by_name(name).expect(name);
    file.read_to_end(&mut bytes).expect("its bytes");
    bytes
}

fn open(sandbox: &Sandbox) -> ZipArchive<File> {
    let file = File::open(sandbox.path("dist/extension.zip")).expect("a package");
    ZipArchive::new(file).expect("a zip")
}

#[test]
fn the_package_has_the_folder_and_a_wheel() {
    let sandbox = project();
    // Of a manifest every byte is kept, whatever an editor has put there.
    let manifest = format!(
        "\u{feff}{}# the end\r\n",
        fixture("clean/extension.yaml").replace('\n', "\r\n")
    );
    sandbox.write("extension/extension.yaml", &manifest);
    sandbox.write("extension/dashboards/one.json", "{}");
    sandbox.write("extension/.hidden", "");

    let run = build(&sandbox, &[]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    for word in ["Checked", "Packed", "Assembled", "Wrote"] {
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
    let names = names(&sandbox);
    let [schema, dashboard, manifest_name, wheel] = names.as_slice() else {
        panic!("{names:?}");
    };
    assert_eq!(schema, "activationSchema.json");
    assert_eq!(dashboard, "dashboards/one.json");
    assert_eq!(manifest_name, "extension.yaml");
    assert!(
        wheel.starts_with("lib/load_balancer-1.0.0-py3-none-manylinux_2_"),
        "{wheel}"
    );
    assert_eq!(bytes_of(&sandbox, "extension.yaml"), manifest.as_bytes());
}

#[test]
fn the_same_files_are_the_same_package_on_another_day() {
    let sandbox = project();
    assert_eq!(build(&sandbox, &[]).code, Some(0));
    let first = fs::read(sandbox.path("dist/extension.zip")).expect("a package");

    let manifest = File::options()
        .write(true)
        .open(sandbox.path("extension/extension.yaml"))
        .expect("the manifest");
    manifest
        .set_modified(SystemTime::UNIX_EPOCH)
        .expect("a time long ago");
    assert_eq!(build(&sandbox, &["-o", "other"]).code, Some(0));
    let second = fs::read(sandbox.path("other/extension.zip")).expect("a package");
    assert!(first == second, "the packages differ");
}

#[test]
fn a_package_is_not_written_to_where_the_next_one_would_pack_it() {
    let sandbox = project();
    for arguments in [&["-o", "extension/new/dist"][..], &["extension"]] {
        let run = build(&sandbox, arguments);
        assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains("beside the manifest"), "{}", run.stderr);
    }
    let run = build(&sandbox, &["extension", "-o", "dist"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let files = fs::read_dir(sandbox.path("extension")).expect("the folder");
    assert!(
        files
            .flatten()
            .all(|file| !file.file_name().to_string_lossy().starts_with("dist"))
    );
}

#[test]
fn what_check_finds_stops_the_build() {
    let sandbox = project();
    let manifest = fixture("clean/extension.yaml").replace("name: custom:", "name: other_");
    sandbox.write("extension/extension.yaml", &manifest);
    let run = build(&sandbox, &[]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("error[EXT"), "{}", run.stdout);
    assert!(!sandbox.path("dist").exists());
}

#[test]
fn a_module_that_python_could_not_start_stops_the_build() {
    let sandbox = project();
    let manifest = fixture("clean/extension.yaml").replace("module: load_balancer", "module: json");
    sandbox.write("extension/extension.yaml", &manifest);
    let run = build(&sandbox, &[]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("extension/extension.yaml:"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("is one of Python itself"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_no_program_for_an_agent_is_not_packed() {
    let sandbox = project();
    sandbox.write("script.sh", "#!/bin/sh\n");
    for (program, code, said) in [
        ("script.sh", 1, "it is no program"),
        ("missing", 2, "cannot be read"),
    ] {
        let run = sandbox.run(&["build", "--no-sign", "--program", program]);
        assert_eq!(run.code, Some(code), "{}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn two_programs_for_the_same_machines_are_one_too_many() {
    let sandbox = project();
    let run = build(&sandbox, &["--program", PROGRAM]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("for the same machines"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_settings_of_the_project_count_wherever_it_is_built_from() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "pond/extension/extension.yaml",
        &fixture("clean/extension.yaml"),
    );
    sandbox.write("pond/src/main.rs", "fn main() {}\n");
    sandbox.write(
        "pond/Cargo.toml",
        "[package]\nname = \"pond\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
    );
    sandbox.write(
        "pond/.cargo/config.toml",
        "[build]\ntarget-dir = \"elsewhere\"\n",
    );
    let mut build = sandbox.command(&["build", "pond", "--no-sign"]);
    let run = finished(build.env_remove("CARGO_TARGET_DIR"));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(sandbox.path("pond/elsewhere/release/pond").exists());
    assert!(sandbox.path("pond/dist/extension.zip").exists());
}

#[test]
fn a_manifest_is_no_project() {
    let sandbox = project();
    let manifest = "extension/extension.yaml";
    let run = sandbox.run(&["build", manifest, "--no-sign", "--program", PROGRAM]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("name the folder of the project"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_folder_without_a_project_says_what_is_missing() {
    let sandbox = project();
    let run = sandbox.run(&["build", "--no-sign"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("there is no Cargo.toml"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_signed_package_is_one_that_verify_takes() {
    let sandbox = certificates::certified();
    sandbox.write("extension/extension.yaml", &fixture("clean/extension.yaml"));
    let signed = ["build", "--program", PROGRAM, "--cert", "developer.pem"];
    let run = certificates::run(&sandbox, &signed);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("Signed"), "{}", run.stderr);
    let package = "dist/custom_load-balancer-1.0.0.zip";
    let first = fs::read(sandbox.path(package)).expect("a package");

    let verified = certificates::run(&sandbox, &["verify", package, "--ca", "ca.pem"]);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
    // Neither the time nor chance is in the signature.
    assert_eq!(certificates::run(&sandbox, &signed).code, Some(0));
    assert!(first == fs::read(sandbox.path(package)).expect("a package"));
}

#[test]
fn without_a_certificate_nothing_is_built_and_there_are_two_ways_on() {
    let sandbox = project();
    let run = certificates::run(&sandbox, &["build", "--program", PROGRAM]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    for way in ["extyped gencerts", "--no-sign"] {
        assert!(run.stderr.contains(way), "{}", run.stderr);
    }
    assert!(!sandbox.path("dist").exists());
}
