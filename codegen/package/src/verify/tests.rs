use std::time::Duration;

use super::*;
use crate::archive::{self, Compression, Entry};
use crate::certificate::tests::{authority, fresh, made, now};
use crate::identity::{Identity, IdentityError};

fn extension() -> Vec<u8> {
    let entries = [Entry::new("extension.yaml", "name: custom:x\n")];
    archive::write(&entries, Compression::Deflated).expect("an archive")
}

fn package() -> Vec<u8> {
    let identity = Identity::read(made().developer.as_bytes(), None).expect("an identity");
    identity.package(extension()).expect("a package")
}

fn trusted() -> Vec<Authority> {
    vec![Authority {
        file: "ca.pem".to_owned(),
        certificate: authority(),
    }]
}

/// All checks, a line each.
fn told(question: &Question<'_>) -> String {
    let report = verify(question);
    let lines = report.checks.iter().map(|check| {
        let mark = match check.outcome {
            Outcome::Passed => "+",
            Outcome::Failed => "!",
            Outcome::Open => "?",
        };
        format!("{mark} {}: {}\n", check.about, check.text)
    });
    let lines: String = lines.collect();
    assert_eq!(report.is_sound(), !lines.contains("! "), "{lines}");
    lines
}

fn ask<'a>(package: &'a [u8], authorities: &'a [Authority]) -> Question<'a> {
    Question {
        package,
        authorities,
        developer: None,
        now: now(),
    }
}

fn developer(content: &str) -> Developer<'_> {
    Developer {
        file: "developer.pem",
        content: content.as_bytes(),
        passphrase: None,
    }
}

#[test]
fn a_sound_package_passes_every_check() {
    let (package, trusted) = (package(), trusted());
    let question = Question {
        developer: Some(developer(&made().developer)),
        ..ask(&package, &trusted)
    };
    assert_eq!(
        told(&question),
        "\
+ layout: extension.zip and extension.zip.sig
+ size: 2 kB
+ signature: extension.zip is what was signed
+ certificate: of /CN=Developer/O=House, RSA 2048
+ dates: the certificate counts until 2030-03-20T17:46:40Z
+ CA: ca.pem: /CN=CA/O=House
+ CA dates: that of the CA counts until 2030-03-20T17:46:40Z
+ developer: developer.pem is who signed
+ order: the certificate stands first, then the key
+ key: it is the one of the certificate
"
    );
}

#[test]
fn without_a_ca_it_is_told_whose_it_would_have_to_be() {
    let lines = told(&ask(&package(), &[]));
    let expected = "? CA: signed by /CN=CA/O=House; say with --ca which CA you trust\n";
    assert!(lines.ends_with(expected), "{lines}");
}

#[test]
fn one_fault_hides_no_other() {
    let other = fresh("/CN=Other/O=House", "/CN=Developer/O=House");
    let other = Identity::read(other.developer.as_bytes(), None).expect("an identity");
    let entries = [
        Entry::new("readme.txt", ""),
        Entry::new("extension.zip", extension()),
        Entry::new("extension.zip.sig", other.sign(b"what else").expect("CMS")),
    ];
    let package = archive::write(&entries, Compression::Stored).expect("an archive");
    let trusted = trusted();
    let question = Question {
        developer: Some(developer(&made().developer)),
        now: now() + Duration::from_hours(24 * 5),
        ..ask(&package, &trusted)
    };
    let lines = told(&question);
    for expected in [
        "! layout: `readme.txt` does not belong into a package\n",
        "! signature: extension.zip.sig: it is not a signature of this content\n",
        "! dates: the certificate counted until 2030-03-20T17:46:40Z\n",
        "! CA: signed by /CN=Other/O=House, and ca.pem is /CN=CA/O=House\n",
        "! developer: developer.pem is /CN=Developer/O=House with the serial number ",
        "+ order: ",
        "+ key: ",
    ] {
        assert!(lines.contains(expected), "no `{expected}` in\n{lines}");
    }
}

#[test]
fn what_cannot_be_checked_is_open_and_what_is_missing_is_a_fault() {
    let lines = told(&ask(b"no zip", &[]));
    for expected in [
        "! layout: it cannot be read",
        "? signature: ",
        "? certificate: ",
    ] {
        assert!(lines.contains(expected), "no `{expected}` in\n{lines}");
    }
}

#[test]
fn a_certificate_that_vouches_for_itself_is_refused() {
    let key = crate::key::PrivateKey::read(made().authority_key.as_bytes(), None).expect("a key");
    let key = key.write(None, &mut crate::SystemRandom).expect("PEM");
    let identity = Identity::read_pair(made().authority.as_bytes(), key.as_bytes(), None);
    let package = identity.expect("an identity").package(extension());
    let lines = told(&ask(&package.expect("a package"), &trusted()));
    for expected in [
        "! certificate: /CN=CA/O=House is not for signing data",
        "! CA: /CN=CA/O=House signed its own certificate\n",
    ] {
        assert!(lines.contains(expected), "no `{expected}` in\n{lines}");
    }
}

/// The certificate of a developer is protected by the CA alone.
#[test]
fn a_flipped_bit_in_the_certificate_is_seen_by_the_ca() {
    use der::Encode as _;

    let content = crate::certificate::tests::developer().0.to_der();
    let content = content.expect("DER");
    for index in 0..content.len() {
        let mut changed = content.clone();
        changed[index] ^= 1 << (index % 8);
        let accepted = Certificate::of(&changed)
            .is_ok_and(|certificate| chain::check(&certificate, &authority()).is_ok());
        assert!(!accepted, "byte {index}");
    }
}

#[test]
fn a_key_that_stands_first_is_told() {
    let (certificate, key) = made()
        .developer
        .split_once("-----BEGIN RSA")
        .expect("a key");
    let swapped = format!("-----BEGIN RSA{key}{certificate}");
    let error = Identity::read(swapped.as_bytes(), None).expect_err("a refusal");
    assert_eq!(error, IdentityError::KeyFirst);
    assert!(error.help().is_some_and(|help| help.contains("to the top")));

    let package = package();
    let question = Question {
        developer: Some(developer(&swapped)),
        ..ask(&package, &[])
    };
    let lines = told(&question);
    for expected in [
        "+ developer: ",
        "! order: developer.pem: the key stands first",
        "+ key: ",
    ] {
        assert!(lines.contains(expected), "no `{expected}` in\n{lines}");
    }
}

#[test]
fn a_key_of_somebody_else_is_told() {
    let other = fresh("/CN=CA/O=House", "/CN=Developer/O=House");
    let (_, key) = other.developer.split_once("-----BEGIN RSA").expect("a key");
    let (certificate, _) = made()
        .developer
        .split_once("-----BEGIN RSA")
        .expect("a key");
    let mixed = format!("{certificate}-----BEGIN RSA{key}");
    let error = Identity::read(mixed.as_bytes(), None).expect_err("a refusal");
    assert_eq!(error, IdentityError::OtherKey);

    let package = package();
    let question = |content| Question {
        developer: Some(developer(content)),
        ..ask(&package, &[])
    };
    let lines = told(&question(&mixed));
    let expected = "! key: developer.pem: the key is not the one of the certificate\n";
    assert!(lines.ends_with(expected), "{lines}");
    let lines = told(&question(certificate));
    let expected = "? key: developer.pem has no private key in it\n";
    assert!(lines.ends_with(expected), "{lines}");
}

#[test]
fn an_encrypted_key_stays_open_without_its_passphrase() {
    let key = crate::certificate::tests::key();
    let key = key.write(Some("hunter2"), &mut crate::SystemRandom);
    let (certificate, _) = made()
        .developer
        .split_once("-----BEGIN RSA")
        .expect("a key");
    let file = format!("{certificate}{}", *key.expect("PEM"));
    let needed = Identity::read(file.as_bytes(), None).expect_err("a refusal");
    assert!(needed.needs_passphrase());
    assert!(Identity::read(file.as_bytes(), Some("hunter2")).is_ok());

    let package = package();
    for (passphrase, expected) in [
        (None, "? key: developer.pem: the private key is encrypted\n"),
        (Some("hunter2"), "+ key: it is the one of the certificate\n"),
        (
            Some("hunter3"),
            "! key: developer.pem: the passphrase does not open",
        ),
    ] {
        let question = Question {
            developer: Some(Developer {
                passphrase,
                ..developer(&file)
            }),
            ..ask(&package, &[])
        };
        let lines = told(&question);
        assert!(lines.contains(expected), "{lines}");
    }
}

#[test]
fn what_no_tenant_takes_is_too_large_for_an_agent() {
    let told = |bytes| told(&ask(&vec![0; bytes], &[]));
    let (limit, doubt) = (25 << 20, 15_000_000);
    assert!(told(limit + 1).contains("! size: 26.2 MB, and 25 MB are the limit\n"));
    assert!(told(limit).contains("? size: 26.2 MB; some documentation"));
    assert!(told(doubt + 1).contains("? size: 15.0 MB; some documentation"));
    assert!(told(doubt).contains("+ size: 15.0 MB\n"));
}
