//! Signatures of `extension.zip`: CMS beside the content, as Dynatrace reads it.

mod make;

use std::error::Error;
use std::fmt;

use cms::cert::CertificateChoices;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use rsa::sha2::{Digest as _, Sha256};
use x509_cert::attr::Attributes;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::certificate::chain::SHA256_WITH_RSA;
use crate::certificate::{Certificate, CertificateError};
use crate::pem::{self, PemError};

pub(crate) use self::make::make;

/// What a signature is called in PEM.
const LABEL: &str = "CMS";

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap(SHA256_WITH_RSA);
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

/// A signature in the form that Dynatrace takes. What it is a signature of is
/// for [`Signature::check`] to say.
#[derive(Debug, Clone)]
pub struct Signature {
    signer: SignerInfo,
    certificates: Vec<Certificate>,
}

impl Signature {
    /// The signature in a file `extension.zip.sig`.
    pub fn read(bytes: &[u8]) -> Result<Self, SignatureError> {
        let content = pem::read_only(bytes, LABEL).map_err(SignatureError::Pem)?;
        let damaged = |error: der::Error| SignatureError::Damaged(error.to_string());
        let whole = ContentInfo::from_der(&content).map_err(damaged)?;
        if whole.content_type != SIGNED_DATA {
            return Err(SignatureError::Form("it is no signature".to_owned()));
        }
        let data: SignedData = whole.content.decode_as().map_err(damaged)?;
        Signature::of(&data)
    }

    fn of(data: &SignedData) -> Result<Self, SignatureError> {
        let wrong = |what: &str| Err(SignatureError::Form(what.to_owned()));
        if data.encap_content_info.econtent_type != DATA {
            return wrong("it is not of plain data");
        }
        if data.encap_content_info.econtent.is_some() {
            return wrong("it has the data in it that it signs, which have to be beside it");
        }
        let [signer] = data.signer_infos.0.as_slice() else {
            return wrong("it has to be of one signer");
        };
        let version = match &signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(_) => CmsVersion::V1,
            SignerIdentifier::SubjectKeyIdentifier(_) => CmsVersion::V3,
        };
        if signer.version != version || data.version != version {
            return wrong("its versions do not fit what is in it");
        }
        let digests = data.digest_algorithms.as_slice();
        if digests.len() != 1 || !digests.iter().all(is_sha256) || !is_sha256(&signer.digest_alg) {
            return wrong("its hash is not SHA-256");
        }
        if ![RSA, RSA_SHA256].contains(&signer.signature_algorithm.oid)
            || !is_bare(&signer.signature_algorithm)
        {
            return wrong("it is not made with RSA and the padding of PKCS#1 v1.5");
        }
        // Nothing protects them, so that they could say anything.
        if signer.unsigned_attrs.is_some() || data.crls.is_some() {
            return wrong("it has more in it than is signed");
        }
        let mut certificates = Vec::new();
        for choice in data.certificates.iter().flat_map(|set| set.0.iter()) {
            if let CertificateChoices::Certificate(certificate) = choice {
                certificates.push(Certificate(certificate.clone()));
            }
        }
        if data
            .certificates
            .as_ref()
            .is_some_and(|set| set.0.len() > 1)
        {
            return wrong("it has other certificates in it than that of its signer");
        }
        Ok(Signature {
            signer: signer.clone(),
            certificates,
        })
    }

    /// The certificate of the one who signed.
    pub fn certificate(&self) -> Result<&Certificate, SignatureError> {
        let mut certificates = self.certificates.iter();
        let found = certificates.find(|certificate| {
            let content = certificate.0.tbs_certificate();
            match &self.signer.sid {
                SignerIdentifier::IssuerAndSerialNumber(id) => {
                    id.issuer == *content.issuer() && id.serial_number == *content.serial_number()
                }
                SignerIdentifier::SubjectKeyIdentifier(id) => content
                    .get_extension::<SubjectKeyIdentifier>()
                    .is_ok_and(|own| own.is_some_and(|(_, own)| own == *id)),
            }
        });
        found.ok_or(SignatureError::NoCertificate)
    }

    /// Whether attributes are signed in place of the content, as OpenSSL does
    /// it unless told otherwise.
    pub fn has_attributes(&self) -> bool {
        self.signer.signed_attrs.is_some()
    }

    /// Whether these bytes were signed with the key of the certificate.
    pub fn check(&self, content: &[u8]) -> Result<(), SignatureError> {
        let key = self.certificate()?.public_key();
        let key = key.map_err(SignatureError::Certificate)?;
        let signature = self.signer.signature.as_bytes();
        let hash = Sha256::digest(content);
        let hash = match &self.signer.signed_attrs {
            None => hash,
            Some(attributes) => {
                if only(attributes, MESSAGE_DIGEST).as_deref() != Some(hash.as_slice()) {
                    return Err(SignatureError::OtherContent);
                }
                let is_data = attributes.iter().any(|attribute| {
                    attribute.oid == CONTENT_TYPE
                        && attribute.values.as_slice().iter().all(|value| {
                            value
                                .decode_as::<ObjectIdentifier>()
                                .is_ok_and(|it| it == DATA)
                        })
                });
                if !is_data {
                    return Err(SignatureError::Form(
                        "what is signed says nothing of its kind, or that it is no data".to_owned(),
                    ));
                }
                // Signed as the set that they are, not as the field they are in.
                let attributes = attributes.to_der();
                let attributes =
                    attributes.map_err(|error| SignatureError::Damaged(error.to_string()))?;
                Sha256::digest(&attributes)
            }
        };
        key.pkcs1v15_verify_prehash::<Sha256>(&hash, signature)
            .map_err(|_| SignatureError::OtherContent)
    }
}

/// The bytes of an attribute that stands there once, with one value.
fn only(attributes: &Attributes, oid: ObjectIdentifier) -> Option<Vec<u8>> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    let (attribute, None) = (found.next()?, found.next()) else {
        return None;
    };
    let [value] = attribute.values.as_slice() else {
        return None;
    };
    let value = value.decode_as::<der::asn1::OctetString>().ok()?;
    Some(value.as_bytes().to_vec())
}

fn is_sha256(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.oid == SHA256 && is_bare(algorithm)
}

/// Whether there is nothing but the name of an algorithm. Of these, both ways
/// to say so are in use.
fn is_bare(algorithm: &AlgorithmIdentifierOwned) -> bool {
    let mut parameters = algorithm.parameters.iter();
    parameters.all(|parameters| *parameters == der::Any::null())
}

/// Why a signature cannot be read, or is none of this content.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// It is not in PEM, or not alone.
    Pem(PemError),
    /// It is not in DER, or broken.
    Damaged(String),
    /// It is a signature, and not of the form that Dynatrace takes.
    Form(String),
    /// It does not bring the certificate of its signer along.
    NoCertificate,
    /// The certificate has no key that could have signed.
    Certificate(CertificateError),
    /// It was made of other content, or with another key.
    OtherContent,
    /// It cannot be made.
    Making(String),
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SignatureError::Pem(error) => error.fmt(f),
            SignatureError::Damaged(why) => write!(f, "it is damaged, or not in DER: {why}"),
            SignatureError::Form(what) => f.write_str(what),
            SignatureError::NoCertificate => {
                f.write_str("it does not have the certificate of its signer in it")
            }
            SignatureError::Certificate(error) => error.fmt(f),
            SignatureError::OtherContent => f.write_str("it is not a signature of this content"),
            SignatureError::Making(why) => write!(f, "the signature cannot be made: {why}"),
        }
    }
}

impl Error for SignatureError {}

#[cfg(test)]
mod tests;
