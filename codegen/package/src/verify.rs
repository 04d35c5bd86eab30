//! Whether an agent would take a package, and if not, all reasons at once.

mod report;

use std::time::SystemTime;

use crate::certificate::chain::{self, ChainError};
use crate::certificate::{Certificate, Validity};
use crate::identity::in_order;
use crate::key::{KeyError, PrivateKey};
use crate::layout;
use crate::limits::{self, Fit};
use crate::pem::{self, Block};
use crate::signature::{Signature, SignatureError};

pub use self::report::{Check, Outcome, Report};

/// What is asked of a package.
#[derive(Debug)]
pub struct Question<'a> {
    /// The package.
    pub package: &'a [u8],
    /// The CAs that are trusted, if there is one.
    pub authorities: &'a [Authority],
    /// The file of who should have signed.
    pub developer: Option<Developer<'a>>,
    /// The time that it is.
    pub now: SystemTime,
}

/// A CA that is trusted, and where it was read.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The name of its file.
    pub file: String,
    /// Itself.
    pub certificate: Certificate,
}

/// A file with a certificate and, as a rule, its key.
#[derive(Debug, Clone, Copy)]
pub struct Developer<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// What is in it.
    pub content: &'a [u8],
    /// What opens the key.
    pub passphrase: Option<&'a str>,
}

/// Holds a package against all that has to be right with it. One fault hides no
/// other that can be seen in spite of it.
pub fn verify(question: &Question<'_>) -> Report {
    let mut report = Report::default();
    let layout = layout::read(question.package);
    if layout.faults.is_empty() {
        report.passed(
            "layout",
            format!("{} and {}", layout::EXTENSION, layout::SIGNATURE),
        );
    }
    for fault in &layout.faults {
        report.failed("layout", fault, None);
    }
    size(&mut report, question.package.len() as u64);
    let signature = layout.signature.as_deref().map(Signature::read);
    let signature = match signature {
        None => {
            report.open("signature", "there is none that could be checked");
            None
        }
        Some(Err(error)) => {
            let text = format!("{}: {error}", layout::SIGNATURE);
            report.failed("signature", text, Some(ANEW));
            None
        }
        Some(Ok(signature)) => {
            content(&mut report, &signature, layout.extension.as_deref());
            Some(signature)
        }
    };
    let signer = signature.as_ref().map(Signature::certificate);
    let signer = signer.and_then(Result::ok);
    if let Some(signer) = signer {
        certificate(&mut report, signer, question.now);
        authority(&mut report, signer, question);
    } else {
        report.open("certificate", "there is none that could be checked");
    }
    if let Some(file) = &question.developer {
        developer(&mut report, file, signer);
    }
    report
}

fn size(report: &mut Report, bytes: u64) {
    let text = limits::size(bytes);
    match limits::fit(bytes) {
        Fit::Safe => report.passed("size", text),
        Fit::Doubtful => report.open(
            "size",
            format!("{text}; some documentation of the platform says at most 15 MB"),
        ),
        Fit::TooLarge => report.failed("size", format!("{text}, and 25 MB are the limit"), None),
    }
}

const ANEW: &str = "sign the extension anew: `extyped sign`";

fn content(report: &mut Report, signature: &Signature, extension: Option<&[u8]>) {
    let Some(extension) = extension else {
        return report.open("signature", "there is nothing that it could be of");
    };
    match signature.check(extension) {
        Ok(()) => {
            let how = if signature.has_attributes() {
                " (of attributes with its hash, as OpenSSL signs)"
            } else {
                ""
            };
            let text = format!("{} is what was signed{how}", layout::EXTENSION);
            report.passed("signature", text);
        }
        Err(error @ SignatureError::OtherContent) => {
            let text = format!("{}: {error}", layout::SIGNATURE);
            let help = "one of both was changed afterwards, or they were never made for each \
                        other: sign the extension anew, `extyped sign`";
            report.failed("signature", text, Some(help));
        }
        Err(error) => {
            let text = format!("{}: {error}", layout::SIGNATURE);
            report.failed("signature", text, Some(ANEW));
        }
    }
}

fn certificate(report: &mut Report, signer: &Certificate, now: SystemTime) {
    let subject = signer.subject();
    match signer.bits() {
        Err(error) => report.failed("certificate", format!("{subject}: {error}"), Some(NEW)),
        Ok(_) if !signer.may_sign_data() => report.failed(
            "certificate",
            format!("{subject} is not for signing data (keyUsage digitalSignature)"),
            Some(NEW),
        ),
        Ok(bits) => report.passed("certificate", format!("of {subject}, RSA {bits}")),
    }
    dates(report, "dates", "the certificate", signer, now);
}

const NEW: &str = "make new certificates: `extyped gencerts`";

fn dates(
    report: &mut Report,
    check: &'static str,
    what: &str,
    certificate: &Certificate,
    now: SystemTime,
) {
    let (since, until) = certificate.period();
    match certificate.validity(now) {
        Validity::Valid => report.passed(check, format!("{what} counts until {until}")),
        Validity::Expired => {
            report.failed(check, format!("{what} counted until {until}"), Some(NEW));
        }
        Validity::Early => report.failed(
            check,
            format!("{what} counts from {since} on, which is yet to come"),
            Some("wait until then, or see whether the clock here is right"),
        ),
    }
}

fn authority(report: &mut Report, signer: &Certificate, question: &Question<'_>) {
    let issuer = signer.issuer();
    // No CA could help: the platform wants two certificates.
    if signer.is_self_signed() {
        let text = format!("{issuer} signed its own certificate");
        return report.failed(
            "CA",
            text,
            Some("sign with a certificate that a CA of another name stands behind: `extyped gencerts`"),
        );
    }
    if question.authorities.is_empty() {
        let text = format!("signed by {issuer}; say with --ca which CA you trust");
        return report.open("CA", text);
    }
    let mut named = Vec::new();
    for authority in question.authorities {
        match chain::check(signer, &authority.certificate) {
            Ok(()) => {
                report.passed("CA", format!("{}: {issuer}", authority.file));
                return dates(
                    report,
                    "CA dates",
                    "that of the CA",
                    &authority.certificate,
                    question.now,
                );
            }
            Err(ChainError::OtherName) => {}
            Err(error) => named.push(format!("{}: {error}", authority.file)),
        }
    }
    if named.is_empty() {
        let all = question.authorities.iter().map(|authority| {
            let subject = authority.certificate.subject();
            format!("{} is {subject}", authority.file)
        });
        let all: Vec<String> = all.collect();
        let text = format!("signed by {issuer}, and {}", all.join(", "));
        let help = "name the ca.pem that belongs to the certificate of the developer";
        report.failed("CA", text, Some(help));
    } else {
        let help = "name the ca.pem that was made together with the certificate of the developer";
        report.failed("CA", named.join("; "), Some(help));
    }
}

/// Whether the file is that of the signer, and could be signed with.
fn developer(report: &mut Report, file: &Developer<'_>, signer: Option<&Certificate>) {
    let name = file.file;
    let blocks = match pem::read(file.content) {
        Ok(blocks) => blocks,
        Err(error) => return report.failed("developer", format!("{name}: {error}"), None),
    };
    let block = blocks.iter().find(|block| block.is_certificate());
    let certificate = match block.map(|block| Certificate::of(&block.content)) {
        Some(Ok(certificate)) => Some(certificate),
        Some(Err(error)) => {
            report.failed("developer", format!("{name}: {error}"), None);
            None
        }
        None => {
            report.failed(
                "developer",
                format!("{name} has no certificate in it"),
                None,
            );
            None
        }
    };
    match (&certificate, signer) {
        (Some(own), Some(signer)) if own == signer => {
            report.passed("developer", format!("{name} is who signed"));
        }
        (Some(own), Some(signer)) => {
            let text = format!(
                "{name} is {} with the serial number {}, and who signed is {} with {}",
                own.subject(),
                own.serial(),
                signer.subject(),
                signer.serial()
            );
            report.failed("developer", text, Some(ANEW));
        }
        _ => {}
    }
    let key = blocks.iter().find(|block| block.is_key());
    let Some(key) = key else {
        return report.open("key", format!("{name} has no private key in it"));
    };
    match in_order(&blocks) {
        Ok(()) => report.passed("order", "the certificate stands first, then the key"),
        Err(error) => report.failed("order", format!("{name}: {error}"), error.help()),
    }
    if let Some(certificate) = certificate {
        fits(report, file, key, &certificate);
    }
}

fn fits(report: &mut Report, file: &Developer<'_>, key: &Block, certificate: &Certificate) {
    let name = file.file;
    match PrivateKey::of(key, file.passphrase) {
        Err(error @ KeyError::PassphraseNeeded) => report.open("key", format!("{name}: {error}")),
        Err(error) => report.failed("key", format!("{name}: {error}"), error.help()),
        Ok(key) => match certificate.is_of(&key) {
            Ok(true) => report.passed("key", "it is the one of the certificate"),
            Ok(false) => report.failed(
                "key",
                format!("{name}: the key is not the one of the certificate"),
                Some("put the key there that was made together with the certificate"),
            ),
            Err(error) => report.failed("key", format!("{name}: {error}"), None),
        },
    }
}

#[cfg(test)]
mod tests;
