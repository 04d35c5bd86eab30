use super::*;
use crate::certificate::tests::{developer, key};

const CONTENT: &[u8] = b"PK and what follows";

fn signed() -> Vec<u8> {
    make(CONTENT, &key(), &developer()).expect("a signature")
}

#[test]
fn what_is_signed_is_accepted_and_nothing_else() {
    let signature = Signature::read(&signed()).expect("a signature");
    assert_eq!(signature.certificate(), Ok(&developer()));
    assert!(!signature.has_attributes());
    assert_eq!(signature.check(CONTENT), Ok(()));
    for index in 0..CONTENT.len() {
        let mut content = CONTENT.to_vec();
        content[index] ^= 1;
        let refused = signature.check(&content);
        assert_eq!(refused, Err(SignatureError::OtherContent), "byte {index}");
    }
    assert_eq!(signed(), signed(), "nothing in it changes by itself");
}

/// Except for what is in the certificate, which its CA vouches for: that is a
/// matter of the chain.
#[test]
fn a_flipped_bit_anywhere_in_it_is_seen() {
    let whole = pem::read_only(&signed(), LABEL).expect("CMS");
    let certificate = developer().0.to_der().expect("DER");
    let within = whole
        .windows(certificate.len())
        .position(|window| window == certificate)
        .expect("the certificate");
    let within = within..within + certificate.len();
    for index in (0..whole.len()).filter(|index| !within.contains(index)) {
        let mut changed = whole.clone();
        changed[index] ^= 1 << (index % 8);
        let text = pem::write(LABEL, &changed);
        let accepted = Signature::read(text.as_bytes())
            .is_ok_and(|signature| signature.check(CONTENT).is_ok());
        assert!(!accepted, "byte {index}");
    }
}

#[test]
fn a_flipped_bit_in_its_armor_is_seen() {
    let whole = signed();
    for index in (0..100).chain(whole.len() - 100..whole.len()) {
        // The newline at the end is a space to whoever wants it to be one.
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[index] ^= 1 << bit;
            let accepted =
                Signature::read(&changed).is_ok_and(|signature| signature.check(CONTENT).is_ok());
            assert!(!accepted, "byte {index}, bit {bit}");
        }
    }
}

#[test]
fn what_is_no_signature_is_refused() {
    for text in [
        Vec::new(),
        b"no PEM".to_vec(),
        pem::write(LABEL, b"").as_bytes().to_vec(),
        pem::write(LABEL, b"\x30\x80\x00\x00").as_bytes().to_vec(),
        developer().write().expect("PEM").into_bytes(),
        [signed(), signed()].concat(),
    ] {
        assert!(Signature::read(&text).is_err());
    }
}
