//! Certificates: what is in one, and whether another one stands behind it.

pub mod chain;
pub mod generate;
pub mod subject;

use std::error::Error;
use std::fmt::{self, Write as _};
use std::time::SystemTime;

use der::{Decode as _, Encode as _};
use rsa::traits::PublicKeyParts as _;
use x509_cert::ext::pkix::KeyUsage;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::key::PrivateKey;
use crate::pem::{self, PemError};

/// A certificate, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate(pub(crate) x509_cert::Certificate);

/// How a moment lies to the time in which a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It has yet to begin.
    Early,
    /// It counts.
    Valid,
    /// It is over.
    Expired,
}

impl Certificate {
    /// The first certificate of a file in PEM.
    pub fn read(bytes: &[u8]) -> Result<Self, CertificateError> {
        let all = Certificate::read_all(bytes)?;
        all.into_iter().next().ok_or(CertificateError::None)
    }

    /// The certificates of a file in PEM, in its order.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, CertificateError> {
        let blocks = pem::read(bytes).map_err(CertificateError::Pem)?;
        let certificates = blocks.iter().filter(|block| block.is_certificate());
        let certificates: Result<Vec<_>, _> = certificates
            .map(|block| Certificate::of(&block.content))
            .collect();
        match certificates {
            Ok(certificates) if certificates.is_empty() => Err(CertificateError::None),
            other => other,
        }
    }

    pub(crate) fn of(content: &[u8]) -> Result<Self, CertificateError> {
        match x509_cert::Certificate::from_der(content) {
            Ok(certificate) => Ok(Certificate(certificate)),
            Err(error) => Err(CertificateError::Damaged(error.to_string())),
        }
    }

    /// The certificate in PEM.
    pub fn write(&self) -> Result<String, CertificateError> {
        let content = self.0.to_der();
        let content = content.map_err(|error| CertificateError::Damaged(error.to_string()))?;
        Ok(pem::write("CERTIFICATE", &content).to_string())
    }

    /// Whose it is, as `/CN=…/O=…`.
    pub fn subject(&self) -> String {
        subject::show(self.0.tbs_certificate().subject())
    }

    /// Who signed it, as `/CN=…/O=…`.
    pub fn issuer(&self) -> String {
        subject::show(self.0.tbs_certificate().issuer())
    }

    /// Whether it names itself as the one who signed it.
    pub fn is_self_signed(&self) -> bool {
        let content = self.0.tbs_certificate();
        content.subject() == content.issuer()
    }

    /// Its number among those of the same issuer, in hexadecimal.
    pub fn serial(&self) -> String {
        let number = self.0.tbs_certificate().serial_number();
        number
            .as_bytes()
            .iter()
            .fold(String::new(), |mut text, byte| {
                // A string takes everything.
                let _ = write!(text, "{byte:02x}");
                text
            })
    }

    /// The first and last moment in which it counts, as text.
    pub fn period(&self) -> (String, String) {
        let validity = self.0.tbs_certificate().validity();
        let show = |time: x509_cert::time::Time| time.to_date_time().to_string();
        (show(validity.not_before), show(validity.not_after))
    }

    /// Whether it counts now.
    pub fn validity(&self, now: SystemTime) -> Validity {
        let validity = self.0.tbs_certificate().validity();
        if now < validity.not_before.to_system_time() {
            Validity::Early
        } else if now > validity.not_after.to_system_time() {
            Validity::Expired
        } else {
            Validity::Valid
        }
    }

    /// The bits of its key.
    pub fn bits(&self) -> Result<u32, CertificateError> {
        Ok(self.public_key()?.n().bit_width())
    }

    /// Whether the key is the one that the certificate is about.
    pub fn is_of(&self, key: &PrivateKey) -> Result<bool, CertificateError> {
        Ok(self.public_key()? == *key.0.as_public_key())
    }

    /// Whether it says that its key may sign data. One that says nothing of its
    /// use is for every use.
    pub(crate) fn may_sign_data(&self) -> bool {
        match self.0.tbs_certificate().get_extension::<KeyUsage>() {
            Ok(None) => true,
            Ok(Some((_, usage))) => usage.digital_signature() || usage.non_repudiation(),
            Err(_) => false,
        }
    }

    pub(crate) fn public_key(&self) -> Result<rsa::PublicKey, CertificateError> {
        let info = self.0.tbs_certificate().subject_public_key_info();
        if info.algorithm.oid != rsa::pkcs1::ALGORITHM_OID {
            return Err(CertificateError::NotRsa);
        }
        let damaged = |error: &dyn fmt::Display| CertificateError::Damaged(error.to_string());
        let content = info.to_der().map_err(|error| damaged(&error))?;
        let info = SubjectPublicKeyInfoRef::from_der(&content).map_err(|error| damaged(&error))?;
        rsa::PublicKey::try_from(info).map_err(|error| damaged(&error))
    }
}

/// Why a certificate cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateError {
    /// The file is no PEM.
    Pem(PemError),
    /// The file has none in it.
    None,
    /// It is not what it is said to be.
    Damaged(String),
    /// Its key is for another algorithm than RSA.
    NotRsa,
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CertificateError::Pem(error) => error.fmt(f),
            CertificateError::None => f.write_str("it has no certificate in it"),
            CertificateError::Damaged(why) => write!(f, "the certificate is damaged: {why}"),
            CertificateError::NotRsa => {
                f.write_str("the key of the certificate is not RSA, which it has to be")
            }
        }
    }
}

impl Error for CertificateError {}

#[cfg(test)]
pub(crate) mod tests;
