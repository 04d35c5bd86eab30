//! `extyped gencerts`, `sign` and `verify`.

use std::fs;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use extyped_package::SystemRandom;
use extyped_package::archive::{self, Compression, Entry};
use extyped_package::certificate::generate::{Order, make};
use extyped_package::layout;

use crate::sandbox::{Run, Sandbox, finished};

const MANIFEST: &str = "\
name: custom:pond
version: 1.2.3
minDynatraceVersion: '1.285'
author:
  name: me
";

const FILES: [&str; 3] = ["ca.key", "ca.pem", "developer.pem"];

/// A sandbox whose home it is itself, with `extension.zip`.
fn pond() -> Sandbox {
    let sandbox = Sandbox::new();
    zip(&sandbox, "extension.zip", MANIFEST);
    sandbox
}

fn zip(sandbox: &Sandbox, name: &str, manifest: &str) {
    let entries = [Entry::new("extension.yaml", manifest)];
    let zip = archive::write(&entries, Compression::Deflated).expect("an archive");
    fs::write(sandbox.path(name), zip).expect("the file");
}

/// The same with certificates, which are made once for all tests.
pub(crate) fn certified() -> Sandbox {
    static MADE: OnceLock<Vec<String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let sandbox = Sandbox::new();
        let made = run(&sandbox, &["gencerts", "-o", "."]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        FILES.map(|name| sandbox.read(name)).to_vec()
    });
    let sandbox = pond();
    for (name, text) in FILES.iter().zip(made) {
        sandbox.write(name, text);
    }
    sandbox
}

fn command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sandbox.command(arguments);
    command.env("HOME", sandbox.path(""));
    for variable in [
        "DT_CERTIFICATES_FOLDER",
        "EXTYPED_PASSPHRASE",
        "EXTYPED_CA_PASSPHRASE",
        "EXTYPED_DEV_PASSPHRASE",
    ] {
        command.env_remove(variable);
    }
    command
}

pub(crate) fn run(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    finished(&mut command(sandbox, arguments))
}

/// That a run could not do its work, for this reason.
#[track_caller]
fn fails(run: &Run, reason: &str) {
    assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(reason), "{}", run.stderr);
}

#[test]
fn certificates_are_kept_where_dt_sdk_looks_for_them_and_from_others() {
    let sandbox = pond();
    let done = run(&sandbox, &["gencerts"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    for place in [
        "Extension validation",
        "/var/lib/dynatrace/remotepluginmodule/agent/conf/certificates/",
        "/var/lib/dynatrace/oneagent/agent/config/certificates/",
    ] {
        assert!(done.stderr.contains(place), "{}", done.stderr);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = |name: &str| {
            let path = sandbox.path(".dynatrace/certificates").join(name);
            let metadata = fs::metadata(path).expect(name);
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode("ca.key"), 0o600);
        assert_eq!(mode("developer.pem"), 0o600);
        assert_eq!(mode("."), 0o700);
    }
    let left = fs::read_dir(sandbox.path(".dynatrace/certificates")).expect("a folder");
    assert_eq!(left.count(), 3);

    let signed = run(&sandbox, &["sign", "extension.zip"]);
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    let ca = ".dynatrace/certificates/ca.pem";
    let verified = run(&sandbox, &["verify", "custom_pond-1.2.3.zip", "--ca", ca]);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
}

#[test]
fn certificates_are_written_over_nothing_but_by_force() {
    let sandbox = Sandbox::new();
    sandbox.write("ca.pem", "somebody's");
    fails(
        &run(&sandbox, &["gencerts", "-o", "."]),
        "ca.pem is there already",
    );
    assert_eq!(sandbox.names(), ["ca.pem"]);
    let forced = run(&sandbox, &["gencerts", "-o", ".", "--force"]);
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert_eq!(sandbox.names(), FILES);
    assert!(
        sandbox
            .read("ca.pem")
            .starts_with("-----BEGIN CERTIFICATE-----\n")
    );
}

#[test]
fn what_cannot_be_made_is_said_before_anything_is() {
    let sandbox = Sandbox::new();
    for (arguments, reason) in [
        (
            &["--ca-subject", "/CN=x", "--dev-subject", "/CN=x"][..],
            "different subjects",
        ),
        (&["--dev-subject", "CN=x"], "a subject begins with a slash"),
        (&["--days", "0"], "certificates count for 1 to 36500 days"),
        (
            &["--encrypt"],
            "set EXTYPED_CA_PASSPHRASE, or run this on a terminal",
        ),
    ] {
        let arguments = [&["gencerts", "-o", "certs"], arguments].concat();
        fails(&run(&sandbox, &arguments), reason);
    }
    let mut command = command(&sandbox, &["gencerts", "-o", "certs"]);
    command.env("EXTYPED_DEV_PASSPHRASE", "x");
    fails(
        &finished(&mut command),
        "EXTYPED_DEV_PASSPHRASE is set, and nothing is encrypted",
    );
    assert!(sandbox.names().is_empty());
}

#[test]
fn a_package_is_signed_beside_its_zip_and_always_the_same() {
    let sandbox = certified();
    let sign = ["sign", "extension.zip", "--cert", "developer.pem"];
    let signed = run(&sandbox, &sign);
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    assert!(
        signed
            .stderr
            .starts_with("wrote custom_pond-1.2.3.zip, signed by /CN=Some Developer/"),
        "{}",
        signed.stderr
    );
    let package = || fs::read(sandbox.path("custom_pond-1.2.3.zip")).expect("the package");
    let first = package();
    fails(
        &run(&sandbox, &sign),
        "custom_pond-1.2.3.zip is there already",
    );
    let forced = run(&sandbox, &[&sign[..], &["--force"]].concat());
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert_eq!(package(), first);

    let found = layout::read(&first);
    let zip = fs::read(sandbox.path("extension.zip")).expect("the zip");
    assert_eq!(found.extension, Some(zip), "nothing in it is packed anew");
    let again = run(&sandbox, &["sign", "custom_pond-1.2.3.zip"]);
    fails(&again, "is a package, which is signed");
}

#[test]
fn who_cannot_sign_is_told_why() {
    let sandbox = certified();
    let sign = |cert: &str| run(&sandbox, &["sign", "extension.zip", "--cert", cert]);
    fails(
        &run(&sandbox, &["sign", "extension.zip"]),
        "`extyped gencerts`",
    );
    fails(
        &run(&sandbox, &["sign", "nothing.zip"]),
        "nothing.zip cannot be read",
    );
    fails(&sign("nothing.pem"), "nothing.pem cannot be read");
    fails(&sign("ca.pem"), "ca.pem: it has no private key in it");
    fails(&sign("extension.zip"), "extension.zip: it is not in PEM");

    let developer = sandbox.read("developer.pem");
    let (certificate, key) = developer.split_once("-----BEGIN RSA").expect("a key");
    sandbox.write("swapped.pem", &format!("-----BEGIN RSA{key}{certificate}"));
    let swapped = sign("swapped.pem");
    fails(&swapped, "swapped.pem: the key stands first");
    fails(&swapped, "move the block `CERTIFICATE` to the top");
    let mixed = [
        "sign",
        "extension.zip",
        "--cert=developer.pem",
        "--key=ca.key",
    ];
    let mixed = run(&sandbox, &mixed);
    fails(&mixed, "the private key is not the one of the certificate");
    assert!(!sandbox.path("custom_pond-1.2.3.zip").exists());
}

#[test]
fn what_cannot_be_unpacked_is_neither_signed_nor_accepted() {
    let sandbox = certified();
    let sign = ["sign", "extension.zip", "--cert=developer.pem", "-o=p.zip"];
    assert_eq!(run(&sandbox, &sign).code, Some(0));
    let package = fs::read(sandbox.path("p.zip")).expect("a package");
    let zip = fs::read(sandbox.path("extension.zip")).expect("an extension");
    let mut damaged = zip.clone();
    // In the manifest, behind a header of 30 bytes and its name.
    damaged[30 + "extension.yaml".len() + 5] ^= 1;
    for (content, reason) in [
        // The whole extension.zip is still in it.
        (&package[..package.len() - 10], "as if it had been cut off"),
        (&damaged, "extension.yaml: i/o error"),
        (MANIFEST.as_bytes(), "invalid Zip archive"),
    ] {
        fs::write(sandbox.path("other.zip"), content).expect("a file");
        let signed = ["sign", "other.zip", "--cert=developer.pem"];
        let signed = run(&sandbox, &signed);
        fails(&signed, "other.zip is no extension.zip");
        fails(&signed, reason);
        assert!(!sandbox.path("custom_pond-1.2.3.zip").exists());
    }
    fs::write(sandbox.path("cut.zip"), &package[..package.len() - 10]).expect("a file");
    let verified = run(&sandbox, &["verify", "cut.zip"]);
    assert_eq!(verified.code, Some(1), "{}", verified.stdout);
    assert!(
        verified.stdout.contains("as if it had been cut off"),
        "{}",
        verified.stdout
    );
}

#[test]
fn an_expired_certificate_signs_nothing() {
    let sandbox = pond();
    let (authority, developer) = ("/CN=CA", "/CN=Developer");
    let order = Order {
        authority: &authority.parse().expect("a subject"),
        developer: &developer.parse().expect("a subject"),
        days: 1,
        bits: 2_048,
        authority_passphrase: None,
        developer_passphrase: None,
        now: SystemTime::now() - Duration::from_hours(25),
    };
    let made = make(&order, &mut SystemRandom).expect("certificates");
    sandbox.write("developer.pem", &made.developer);
    let signed = run(
        &sandbox,
        &["sign", "extension.zip", "--cert", "developer.pem"],
    );
    fails(&signed, "the certificate in developer.pem counted until 20");
    fails(&signed, "help: make new ones with `extyped gencerts`");
}

#[test]
fn a_manifest_does_not_decide_where_is_written() {
    let sandbox = certified();
    for name in ["../../outside", "", "/etc/pond"] {
        zip(
            &sandbox,
            "odd.zip",
            &MANIFEST.replace("custom:pond", &format!("'{name}'")),
        );
        let signed = run(&sandbox, &["sign", "odd.zip", "--cert", "developer.pem"]);
        fails(
            &signed,
            "odd.zip:extension.yaml has no usable `name` or `version`",
        );
    }
}

#[test]
fn verify_says_what_holds_and_what_does_not() {
    let sandbox = certified();
    let signed = run(
        &sandbox,
        &["sign", "extension.zip", "--cert", "developer.pem"],
    );
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    let sound = run(
        &sandbox,
        &[
            "verify",
            "custom_pond-1.2.3.zip",
            "--ca=ca.pem",
            "--cert=developer.pem",
        ],
    );
    assert_eq!(sound.code, Some(0), "{}", sound.stderr);
    let marks: Vec<char> = sound
        .stdout
        .lines()
        .filter_map(|line| line.chars().next())
        .collect();
    assert_eq!(
        marks,
        ['✔', '✔', '✔', '✔', '✔', '✔', '✔', '✔', '✔', '✔', 'c'],
        "{}",
        sound.stdout
    );
    assert!(
        sound
            .stdout
            .contains("ca.pem belongs into the credential vault")
    );

    let open = run(&sandbox, &["verify", "custom_pond-1.2.3.zip"]);
    assert_eq!(open.code, Some(0), "{}", open.stdout);
    let issuer =
        "? CA          not checked: signed by /CN=Extension CA/O=Some Company/OU=Extension CA;";
    assert!(open.stdout.contains(issuer), "{}", open.stdout);

    let bare = run(&sandbox, &["verify", "extension.zip"]);
    assert_eq!(bare.code, Some(1), "{}", bare.stdout);
    assert!(
        bare.stdout.contains("✘ layout      it is an extension.zip"),
        "{}",
        bare.stdout
    );
    fails(
        &run(&sandbox, &["verify", "nothing.zip"]),
        "nothing.zip cannot be read",
    );
    let wrong = ["verify", "custom_pond-1.2.3.zip", "--ca=ca.key"];
    fails(
        &run(&sandbox, &wrong),
        "ca.key: it has no certificate in it",
    );
}

#[test]
fn an_encrypted_key_takes_its_passphrase_from_a_variable_where_nobody_can_be_asked() {
    let sandbox = pond();
    let mut gencerts = command(&sandbox, &["gencerts", "--encrypt", "-o", "."]);
    gencerts
        .env("EXTYPED_CA_PASSPHRASE", "one")
        .env("EXTYPED_DEV_PASSPHRASE", "two");
    let made = finished(&mut gencerts);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    for name in ["ca.key", "developer.pem"] {
        assert!(
            sandbox
                .read(name)
                .contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        );
    }
    let sign = ["sign", "extension.zip", "--cert", "developer.pem"];
    fails(
        &run(&sandbox, &sign),
        "the key in developer.pem needs a passphrase, and there is no terminal to ask on",
    );
    for (passphrase, told) in [
        (
            "one",
            "developer.pem: the passphrase does not open the private key",
        ),
        ("", "set EXTYPED_PASSPHRASE"),
    ] {
        let mut command = command(&sandbox, &sign);
        command.env("EXTYPED_PASSPHRASE", passphrase);
        fails(&finished(&mut command), told);
    }
    let mut signing = command(&sandbox, &sign);
    signing.env("EXTYPED_PASSPHRASE", "two");
    let signed = finished(&mut signing);
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    // What can be said without it is said.
    let verify = [
        "verify",
        "custom_pond-1.2.3.zip",
        "--ca=ca.pem",
        "--cert=developer.pem",
    ];
    let verified = run(&sandbox, &verify);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
    let open = "? key         not checked: developer.pem: the private key is encrypted\n";
    assert!(verified.stdout.contains(open), "{}", verified.stdout);
}
