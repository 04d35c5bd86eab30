//! The programs of the workspace, which tests of another crate are not given.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use cargo_metadata::Message;

/// Both are built at once: one after the other they would be built with other
/// features of what they share, and replaced while they run.
static PROGRAMS: LazyLock<[PathBuf; 2]> = LazyLock::new(|| built(["extyped-cli", "load-balancer"]));

/// The command.
pub(crate) fn extyped() -> &'static Path {
    &PROGRAMS[0]
}

/// The example.
pub(crate) fn load_balancer() -> &'static Path {
    &PROGRAMS[1]
}

fn built<const N: usize>(packages: [&str; N]) -> [PathBuf; N] {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--message-format=json"]);
    for package in packages {
        cargo.args(["-p", package]);
    }
    let output = cargo.stderr(Stdio::inherit()).output().expect("cargo");
    assert!(output.status.success(), "it builds");
    let built: Vec<_> = Message::parse_stream(output.stdout.as_slice())
        .filter_map(|message| match message.expect("a message of cargo") {
            Message::CompilerArtifact(artifact) => Some(artifact),
            _ => None,
        })
        .collect();
    packages.map(|package| {
        let manifest = |path: &Path| fs::read_to_string(path).expect("a manifest");
        let named = format!("name = \"{package}\"");
        let artifact = built.iter().find(|artifact| {
            artifact.executable.is_some()
                && manifest(artifact.manifest_path.as_std_path()).contains(&named)
        });
        let program = artifact.and_then(|artifact| artifact.executable.clone());
        program.expect("a program").into_std_path_buf()
    })
}
