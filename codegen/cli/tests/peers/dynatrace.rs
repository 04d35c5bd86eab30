//! The tools of Dynatrace: `dt-sdk` of the SDK for Python, and `dt` of dt-cli.

use std::path::PathBuf;

use crate::venv::{self, skipped};
use crate::workshop::{PACKAGE, Workshop};

const PACKAGES: &[&str] = &["dt-extensions-sdk[cli]==1.11.2", "dt-cli==1.6.21"];

/// Both tools, `dt-sdk` and `dt`; says so if they cannot be had.
fn tools() -> Option<(PathBuf, PathBuf)> {
    match venv::python(PACKAGES, "dynatrace_extension.cli.main, dtcli.signing") {
        Ok(python) => Some((python.with_file_name("dt-sdk"), python.with_file_name("dt"))),
        Err(why) => {
            skipped(&why);
            None
        }
    }
}

fn signature(workshop: &Workshop, package: &str) -> Vec<u8> {
    workshop.unpack(package);
    workshop.read("extension.zip.sig")
}

#[test]
fn all_three_write_the_same_signature() {
    let Some((sdk, dt)) = tools() else {
        return;
    };
    let workshop = Workshop::with_certificates();
    workshop
        .extyped(&["sign", "extension.zip", "--cert", "developer.pem"])
        .succeeds();
    let ours = signature(&workshop, PACKAGE);
    let sign = [
        "sign",
        "extension.zip",
        "-c",
        "developer.pem",
        "-o",
        "sdk.zip",
    ];
    workshop.run(sdk, &sign).succeeds();
    assert_eq!(signature(&workshop, "sdk.zip"), ours);
    // It asks for a mode of files that dt-sdk does not give them either.
    let sign = [
        "extension",
        "sign",
        "--force",
        "--key",
        "developer.pem",
        "-o",
        "dt.zip",
    ];
    workshop.run(dt, &sign).succeeds();
    assert_eq!(signature(&workshop, "dt.zip"), ours);
    for package in ["sdk.zip", "dt.zip"] {
        workshop.accepts(package);
    }
}

/// How `dt-sdk` signs with an encrypted key.
const SIGN: [&str; 8] = [
    "sign",
    "extension.zip",
    "-c",
    "developer.pem",
    "-p",
    "two",
    "-o",
    "theirs.zip",
];

#[test]
fn what_dt_sdk_makes_is_accepted_and_no_flipped_byte() {
    let Some((sdk, _)) = tools() else {
        return;
    };
    let workshop = Workshop::new();
    let gencerts = [
        "gencerts",
        "-o",
        ".",
        "--ca_pass",
        "one",
        "--dev_pass",
        "two",
    ];
    workshop.run(&sdk, &gencerts).succeeds();
    workshop.run(&sdk, &SIGN).succeeds();
    workshop.accepts("theirs.zip");
    // Its key, which it encrypts in the old way, signs here as well.
    let extyped = env!("CARGO_BIN_EXE_extyped");
    let sign = ["sign", "extension.zip", "--cert", "developer.pem"];
    let passphrase = [("EXTYPED_PASSPHRASE", "two")];
    workshop.run_with(extyped, &sign, &passphrase).succeeds();
    let theirs = signature(&workshop, "theirs.zip");
    assert_eq!(signature(&workshop, PACKAGE), theirs);
    let text = workshop
        .run_with(extyped, &sign[..], &[("EXTYPED_PASSPHRASE", "three")])
        .fails_with(2);
    assert!(text.contains("is there already"), "{text}");
}

#[test]
fn dt_sdk_signs_with_our_encrypted_key() {
    let Some((sdk, _)) = tools() else {
        return;
    };
    let workshop = Workshop::with_encrypted_keys();
    workshop.run(sdk, &SIGN).succeeds();
    workshop.accepts("theirs.zip");
}

#[test]
fn what_dt_cli_makes_is_accepted_and_no_flipped_byte() {
    let Some((_, dt)) = tools() else {
        return;
    };
    let workshop = Workshop::new();
    for arguments in [
        &["extension", "genca", "--no-ca-passphrase"][..],
        &[
            "extension",
            "generate-developer-pem",
            "--ca-crt=ca.pem",
            "--ca-key=ca.key",
            "--name=Some Developer",
            "--company=Some Company",
            "-o",
            "developer.pem",
        ],
        &[
            "extension",
            "sign",
            "--force",
            "--key=developer.pem",
            "-o",
            "theirs.zip",
        ],
    ] {
        workshop.run(&dt, arguments).succeeds();
    }
    workshop.accepts("theirs.zip");
    workshop
        .extyped(&["sign", "extension.zip", "--cert=developer.pem"])
        .succeeds();
    workshop.accepts(PACKAGE);
}
