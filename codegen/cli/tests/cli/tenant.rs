//! The verbs that speak to a tenant, against one that plays the documented
//! answers.

mod config;
mod network;
mod server;
mod trust;
mod upload;

use std::fs;
use std::process::Command;

use extyped_package::archive::{self, Compression, Entry};

use crate::sandbox::{Run, Sandbox, finished};

/// What must show nowhere.
pub(crate) const TOKEN: &str = "dt0c01.PUBLICPART.SECRETPART";

pub(crate) const MANIFEST: &str = "\
name: custom:pond
version: 1.2.3
minDynatraceVersion: '1.285'
author:
  name: me
metrics:
  - key: pond.frogs
    metadata: {displayName: Frogs, description: Frogs., unit: Frog}
  - key: pond.fish
    metadata: {displayName: Fish, description: Fish., unit: Count}
alerts:
  - path: alerts/low.json
python:
  runtime:
    module: pond
    version: {min: '3.10'}
  activation:
    remote: {path: schema.json}
";

pub(crate) const ALERT: &str = "{\n  \"name\": \"Low\",\n  \"threshold\": -1\n}\n";

/// `extension.zip` and its signature.
pub(crate) fn package(manifest: &str) -> Vec<u8> {
    let inner = [
        Entry::new("extension.yaml", manifest),
        Entry::new("alerts/low.json", ALERT),
    ];
    let inner = archive::write(&inner, Compression::Deflated).expect("an archive");
    let outer = [
        Entry::new("extension.zip", inner),
        Entry::new("extension.zip.sig", "-----BEGIN CMS-----\n"),
    ];
    archive::write(&outer, Compression::Stored).expect("an archive")
}

/// A project that was built.
pub(crate) fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("extension/extension.yaml", MANIFEST);
    sandbox.write("extension/alerts/low.json", ALERT);
    write_bytes(&sandbox, "dist/custom_pond-1.2.3.zip", &package(MANIFEST));
    sandbox
}

pub(crate) fn write_bytes(sandbox: &Sandbox, name: &str, bytes: &[u8]) {
    let path = sandbox.path(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
    fs::write(path, bytes).expect("the file");
}

/// The command with a token, on whatever machine alike.
pub(crate) fn command(sandbox: &Sandbox, url: &str, arguments: &[&str]) -> Command {
    let mut command = sandbox.command(arguments);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name);
        command.env_remove(name.to_lowercase());
    }
    for name in ["DT_TENANT_URL", "DT_API_URL", "DT_PLATFORM_TOKEN"] {
        command.env_remove(name);
    }
    command.env("DT_API_TOKEN", TOKEN);
    command.args(["--tenant", url, "--retry-pause", "0"]);
    command
}

/// Runs it to its end; whatever is said, the token is not in it.
#[track_caller]
pub(crate) fn run(sandbox: &Sandbox, url: &str, arguments: &[&str]) -> Run {
    end(&mut command(sandbox, url, arguments))
}

#[track_caller]
pub(crate) fn end(command: &mut Command) -> Run {
    let run = finished(command);
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains("SECRETPART"), "{text}");
    }
    run
}
