//! Who signs: a certificate, and the key that it is about.

use std::error::Error;
use std::fmt;

use crate::archive::ArchiveError;
use crate::certificate::{Certificate, CertificateError};
use crate::key::{KeyError, PrivateKey};
use crate::layout;
use crate::pem::{self, Block};
use crate::signature::{self, SignatureError};

/// A developer who can sign.
#[derive(Debug, Clone)]
pub struct Identity {
    certificate: Certificate,
    key: PrivateKey,
}

impl Identity {
    /// Reads a file with both in it, as `developer.pem` is: the certificate
    /// first, then the key.
    ///
    /// # Errors
    ///
    /// [`IdentityError::needs_passphrase`] tells whether it can be read with
    /// one.
    pub fn read(fused: &[u8], passphrase: Option<&str>) -> Result<Self, IdentityError> {
        let blocks = pem::read(fused).map_err(KeyError::Pem)?;
        let certificate = certificate(&blocks)?;
        in_order(&blocks)?;
        let key = blocks.iter().find(|block| block.is_key());
        let key = PrivateKey::of(key.ok_or(KeyError::NoKey)?, passphrase)?;
        Identity::of(certificate, key)
    }

    /// Reads the certificate from one file and the key from another.
    pub fn read_pair(
        certificate: &[u8],
        key: &[u8],
        passphrase: Option<&str>,
    ) -> Result<Self, IdentityError> {
        let certificate = Certificate::read(certificate)?;
        Identity::of(certificate, PrivateKey::read(key, passphrase)?)
    }

    fn of(certificate: Certificate, key: PrivateKey) -> Result<Self, IdentityError> {
        if !certificate.is_of(&key)? {
            return Err(IdentityError::OtherKey);
        }
        Ok(Identity { certificate, key })
    }

    /// The certificate, to look at.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The signature of an `extension.zip`: what is to be in
    /// `extension.zip.sig`.
    pub fn sign(&self, extension: &[u8]) -> Result<Vec<u8>, SignatureError> {
        signature::make(extension, &self.key, &self.certificate)
    }

    /// The package of an `extension.zip`: itself and its signature.
    pub fn package(&self, extension: Vec<u8>) -> Result<Vec<u8>, PackageError> {
        let signature = self.sign(&extension).map_err(PackageError::Signature)?;
        layout::bundle(extension, signature).map_err(PackageError::Archive)
    }
}

fn certificate(blocks: &[Block]) -> Result<Certificate, IdentityError> {
    let block = blocks.iter().find(|block| block.is_certificate());
    let block = block.ok_or(CertificateError::None)?;
    Ok(Certificate::of(&block.content)?)
}

/// That the certificate stands first in a file with both.
pub(crate) fn in_order(blocks: &[Block]) -> Result<(), IdentityError> {
    match blocks.first() {
        Some(first) if first.is_certificate() => Ok(()),
        Some(first) if first.is_key() => Err(IdentityError::KeyFirst),
        _ => Err(IdentityError::OtherFirst),
    }
}

/// Why nobody can sign with these files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityError {
    /// The certificate cannot be read.
    Certificate(CertificateError),
    /// The key cannot be read.
    Key(KeyError),
    /// In a file with both the key stands first.
    KeyFirst,
    /// In a file with both something else stands first.
    OtherFirst,
    /// The key is not the one that the certificate is about.
    OtherKey,
}

impl IdentityError {
    /// Whether nothing is missing but a passphrase.
    pub fn needs_passphrase(&self) -> bool {
        *self == IdentityError::Key(KeyError::PassphraseNeeded)
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            IdentityError::Key(error) => error.help(),
            IdentityError::KeyFirst | IdentityError::OtherFirst => Some(
                "move the block `CERTIFICATE` to the top of the file: dt-sdk and dt-cli take the \
                 first block for the certificate",
            ),
            IdentityError::OtherKey => {
                Some("name the key that was made together with the certificate")
            }
            IdentityError::Certificate(_) => None,
        }
    }
}

impl From<CertificateError> for IdentityError {
    fn from(error: CertificateError) -> Self {
        IdentityError::Certificate(error)
    }
}

impl From<KeyError> for IdentityError {
    fn from(error: KeyError) -> Self {
        IdentityError::Key(error)
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IdentityError::Certificate(error) => error.fmt(f),
            IdentityError::Key(error) => error.fmt(f),
            IdentityError::KeyFirst => {
                f.write_str("the key stands first, where the certificate has to be")
            }
            IdentityError::OtherFirst => f.write_str("the certificate does not stand first"),
            IdentityError::OtherKey => {
                f.write_str("the private key is not the one of the certificate")
            }
        }
    }
}

impl Error for IdentityError {}

/// Why there is no package.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackageError {
    /// It cannot be signed.
    Signature(SignatureError),
    /// It cannot be put together.
    Archive(ArchiveError),
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackageError::Signature(error) => error.fmt(f),
            PackageError::Archive(error) => error.fmt(f),
        }
    }
}

impl Error for PackageError {}
