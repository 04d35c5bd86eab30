//! Whether one certificate stands behind another.

use std::error::Error;
use std::fmt;

use der::Encode as _;
use rsa::sha2::{Sha256, Sha384, Sha512};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier,
};

use super::Certificate;

/// Signatures of certificates that count: RSA with SHA-2.
pub(crate) const SHA256_WITH_RSA: &str = "1.2.840.113549.1.1.11";
const SHA384_WITH_RSA: &str = "1.2.840.113549.1.1.12";
const SHA512_WITH_RSA: &str = "1.2.840.113549.1.1.13";

/// Whether `authority` signed `certificate`, and was in a position to.
pub fn check(certificate: &Certificate, authority: &Certificate) -> Result<(), ChainError> {
    let (content, above) = (
        certificate.0.tbs_certificate(),
        authority.0.tbs_certificate(),
    );
    if content.issuer() != above.subject() {
        return Err(ChainError::OtherName);
    }
    // Looked at before the rest: of an authority of the same name and another
    // key nothing else is worth knowing.
    if let (Ok(Some((_, own))), Ok(Some((_, SubjectKeyIdentifier(theirs))))) = (
        content.get_extension::<AuthorityKeyIdentifier>(),
        above.get_extension::<SubjectKeyIdentifier>(),
    ) && own.key_identifier.is_some_and(|own| own != theirs)
    {
        return Err(ChainError::OtherKey);
    }
    is_signed(certificate, authority)?;
    match above.get_extension::<BasicConstraints>() {
        Ok(Some((_, constraints))) if constraints.ca => {}
        _ => return Err(ChainError::NoAuthority),
    }
    match above.get_extension::<KeyUsage>() {
        Ok(None) => Ok(()),
        Ok(Some((_, usage))) if usage.key_cert_sign() => Ok(()),
        _ => Err(ChainError::NotForCertificates),
    }
}

fn is_signed(certificate: &Certificate, authority: &Certificate) -> Result<(), ChainError> {
    let (whole, content) = (&certificate.0, certificate.0.tbs_certificate());
    // Said twice, once where no signature protects it.
    if whole.signature_algorithm() != content.signature() {
        return Err(ChainError::Algorithm);
    }
    let key = authority.public_key().map_err(|_| ChainError::Algorithm)?;
    let signed = content.to_der().map_err(|_| ChainError::OtherKey)?;
    let signature = whole.signature().as_bytes().ok_or(ChainError::OtherKey)?;
    let checked = match whole.signature_algorithm().oid.to_string().as_str() {
        SHA256_WITH_RSA => key.pkcs1v15_verify::<Sha256>(&signed, signature),
        SHA384_WITH_RSA => key.pkcs1v15_verify::<Sha384>(&signed, signature),
        SHA512_WITH_RSA => key.pkcs1v15_verify::<Sha512>(&signed, signature),
        _ => return Err(ChainError::Algorithm),
    };
    checked.map_err(|_| ChainError::OtherKey)
}

/// Why a certificate does not stand behind another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainError {
    /// The other one was signed by somebody of another name.
    OtherName,
    /// Its key did not sign the other one as it is, although its name is right.
    OtherKey,
    /// It does not say that it is an authority.
    NoAuthority,
    /// It says that its key does not sign certificates.
    NotForCertificates,
    /// The signature is not RSA with SHA-256 or longer.
    Algorithm,
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChainError::OtherName => "it was signed by somebody else",
            ChainError::OtherKey => {
                "the name is right, but its key did not sign the certificate: it is another CA of \
                 the same name, or the certificate was changed"
            }
            ChainError::NoAuthority => "it does not say that it is a CA (basicConstraints CA:TRUE)",
            ChainError::NotForCertificates => {
                "its key may not sign certificates (keyUsage keyCertSign)"
            }
            ChainError::Algorithm => "the certificate is not signed with RSA and SHA-2",
        })
    }
}

impl Error for ChainError {}
