//! OpenSSL, by the commands that the documentation of Dynatrace names.

use std::process::Command;

use crate::venv::skipped;
use crate::workshop::{PACKAGE, Workshop, flips};

/// Whether it is there; says so if not.
fn is_there() -> bool {
    let version = Command::new("openssl").arg("version").output();
    let is_there = version.is_ok_and(|output| output.status.success());
    if !is_there {
        skipped("there is no `openssl` on this machine");
    }
    is_there
}

const VERIFY: &[&str] = &[
    "cms",
    "-verify",
    "-CAfile",
    "ca.pem",
    "-in",
    "extension.zip.sig",
    "-binary",
    "-content",
    "extension.zip",
    "-inform",
    "PEM",
    "-out",
    "/dev/null",
];

#[test]
fn openssl_takes_our_certificates_at_its_strictest() {
    if !is_there() {
        return;
    }
    let workshop = Workshop::with_certificates();
    for strict in [&[][..], &["-x509_strict", "-check_ss_sig"]] {
        let verify = [&["verify", "-CAfile", "ca.pem"], strict, &["developer.pem"]].concat();
        workshop.run("openssl", &verify).succeeds();
    }
    let text = workshop
        .run(
            "openssl",
            &["x509", "-in", "developer.pem", "-noout", "-text"],
        )
        .succeeds();
    for expected in ["(4096 bit)", "sha256WithRSAEncryption", "Digital Signature"] {
        assert!(text.contains(expected), "no `{expected}` in\n{text}");
    }
    for key in ["ca.key", "developer.pem"] {
        let check = ["rsa", "-in", key, "-check", "-noout"];
        workshop.run("openssl", &check).succeeds();
    }
}

#[test]
fn openssl_opens_our_encrypted_keys() {
    if !is_there() {
        return;
    }
    let workshop = Workshop::with_encrypted_keys();
    let open = |key: &str, passphrase: &str| {
        let passphrase = format!("pass:{passphrase}");
        let arguments = ["pkey", "-in", key, "-noout", "-passin", &passphrase];
        workshop.run("openssl", &arguments)
    };
    open("ca.key", "one").succeeds();
    open("developer.pem", "two").succeeds();
    open("developer.pem", "one").fails();
}

#[test]
fn openssl_accepts_our_packages_and_no_flipped_byte() {
    if !is_there() {
        return;
    }
    let workshop = Workshop::with_certificates();
    workshop
        .extyped(&["sign", "extension.zip", "--cert", "developer.pem"])
        .succeeds();
    workshop.unpack(PACKAGE);
    workshop.run("openssl", VERIFY).succeeds();
    let (extension, signature) = (
        workshop.read("extension.zip"),
        workshop.read("extension.zip.sig"),
    );
    for (extension, signature) in flips(&extension, &signature) {
        workshop.write("extension.zip", &extension);
        workshop.write("extension.zip.sig", &signature);
        workshop.run("openssl", VERIFY).fails();
    }
}

/// Certificates as the documentation makes them.
fn certificates(workshop: &Workshop) {
    workshop.write(
        "ca.txt",
        b"[req]\ndistinguished_name=name\nprompt=no\nx509_extensions=ca\n[name]\nCN=Root\nO=House\n\
          [ca]\nbasicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign\n\
          subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always\n",
    );
    workshop.write(
        "developer.txt",
        b"keyUsage=digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
    );
    for command in [
        "req -x509 -new -nodes -newkey rsa:2048 -keyout ca.key -config ca.txt -days 90 -out ca.pem",
        "req -new -nodes -newkey rsa:2048 -keyout developer.key -subj /CN=Dev -out developer.csr",
        "x509 -req -days 90 -in developer.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
         -extfile developer.txt -out developer.pem",
    ] {
        let arguments: Vec<&str> = command.split_whitespace().collect();
        workshop.run("openssl", &arguments).succeeds();
    }
}

#[test]
fn what_openssl_signs_is_accepted_and_no_flipped_byte() {
    if !is_there() {
        return;
    }
    let workshop = Workshop::new();
    certificates(&workshop);
    let sign = "cms -sign -signer developer.pem -inkey developer.key -binary -in extension.zip \
                -outform PEM -out extension.zip.sig";
    for option in ["", " -noattr", " -keyid", " -nosmimecap"] {
        let command = format!("{sign}{option}");
        let arguments: Vec<&str> = command.split_whitespace().collect();
        workshop.run("openssl", &arguments).succeeds();
        workshop.pack("theirs.zip");
        workshop.accepts("theirs.zip");
    }
    // And with their certificates we sign what they accept.
    workshop
        .extyped(&[
            "sign",
            "extension.zip",
            "--cert=developer.pem",
            "--key=developer.key",
        ])
        .succeeds();
    workshop.accepts(PACKAGE);
    workshop.unpack(PACKAGE);
    workshop.run("openssl", VERIFY).succeeds();
}

#[test]
fn what_openssl_signs_otherwise_is_refused_with_the_reason() {
    if !is_there() {
        return;
    }
    let workshop = Workshop::new();
    certificates(&workshop);
    let sign = "cms -sign -signer developer.pem -inkey developer.key -binary -in extension.zip \
                -out extension.zip.sig";
    for (options, reason) in [
        ("-outform DER", "it is not in PEM"),
        (
            "-outform PEM -nodetach",
            "it has the data in it that it signs",
        ),
        (
            "-outform PEM -nocerts",
            "there is none that could be checked",
        ),
        (
            "-outform PEM -certfile ca.pem",
            "it has other certificates in it than that of its signer",
        ),
        ("-outform PEM -md sha512", "its hash is not SHA-256"),
        ("-outform PEM -stream", "not in DER"),
        (
            "-outform PEM -keyopt rsa_padding_mode:pss",
            "it is not made with RSA and the padding of PKCS#1 v1.5",
        ),
    ] {
        let command = format!("{sign} {options}");
        let arguments: Vec<&str> = command.split_whitespace().collect();
        workshop.run("openssl", &arguments).succeeds();
        workshop.pack("theirs.zip");
        let text = workshop.verify("theirs.zip").fails_with(1);
        assert!(text.contains(reason), "{options}: no `{reason}` in\n{text}");
    }
}
