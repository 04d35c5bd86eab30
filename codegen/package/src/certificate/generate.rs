//! New certificates: a CA, and a developer whom it vouches for.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use der::flagset::FlagSet;
use rsa::pkcs1v15::{Signature, SigningKey};
use rsa::pkcs8::EncodePublicKey as _;
use rsa::rand_core::TryCryptoRng;
use rsa::sha2::Sha256;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder as _, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};
use zeroize::Zeroizing;

use super::Certificate;
use super::subject::Subject;
use crate::key::{KeyError, PrivateKey};

/// The bits of keys, as the tools of Dynatrace make them.
pub const BITS: usize = 4_096;

/// Most days that a certificate may count.
pub const MAX_DAYS: u32 = 36_500;

/// How far before now certificates begin to count: the clocks of the agents
/// that are given a package are not all right.
const SINCE: Duration = Duration::from_hours(24);

/// What certificates are to be made.
#[derive(Debug)]
pub struct Order<'a> {
    /// The name of the CA.
    pub authority: &'a Subject,
    /// The name of the developer.
    pub developer: &'a Subject,
    /// How long they count, from now on.
    pub days: u32,
    /// The bits of the keys: [`BITS`] outside tests.
    pub bits: usize,
    /// What encrypts the key of the CA.
    pub authority_passphrase: Option<&'a str>,
    /// What encrypts the key of the developer.
    pub developer_passphrase: Option<&'a str>,
    /// The time that it is.
    pub now: SystemTime,
}

/// What was made, as the files that the tools of Dynatrace know.
#[derive(Debug)]
pub struct Made {
    /// The certificate of the CA: `ca.pem`.
    pub authority: String,
    /// The key of the CA: `ca.key`.
    pub authority_key: Zeroizing<String>,
    /// The certificate of the developer and the key behind it:
    /// `developer.pem`.
    pub developer: Zeroizing<String>,
}

/// Makes a CA and a developer with a certificate of it.
pub fn make(order: &Order<'_>, random: &mut impl TryCryptoRng) -> Result<Made, GenerateError> {
    if order.authority == order.developer {
        return Err(GenerateError::SameSubject);
    }
    let validity = validity(order.now, order.days)?;
    let authority_key = PrivateKey::generate(order.bits, random).map_err(GenerateError::Key)?;
    let developer_key = PrivateKey::generate(order.bits, random).map_err(GenerateError::Key)?;
    let authority = Profile {
        subject: order.authority.0.clone(),
        issuer: order.authority.0.clone(),
        is_authority: true,
    };
    let authority = authority.certify(&authority_key, &authority_key, validity, random)?;
    let developer = Profile {
        subject: order.developer.0.clone(),
        issuer: order.authority.0.clone(),
        is_authority: false,
    };
    let developer = developer.certify(&developer_key, &authority_key, validity, random)?;
    let authority_key = authority_key.write(order.authority_passphrase, random);
    let developer_key = developer_key.write(order.developer_passphrase, random);
    let developer_key = developer_key.map_err(GenerateError::Key)?;
    let certificate = written(&developer)?;
    let mut fused = Zeroizing::new(String::with_capacity(
        certificate.len() + developer_key.len(),
    ));
    // In this order: the tools of Dynatrace take the first for the certificate.
    fused.push_str(&certificate);
    fused.push_str(&developer_key);
    Ok(Made {
        authority: written(&authority)?,
        authority_key: authority_key.map_err(GenerateError::Key)?,
        developer: fused,
    })
}

fn written(certificate: &Certificate) -> Result<String, GenerateError> {
    certificate
        .write()
        .map_err(|error| GenerateError::Certificate(error.to_string()))
}

fn validity(now: SystemTime, days: u32) -> Result<Validity, GenerateError> {
    if days == 0 || days > MAX_DAYS {
        return Err(GenerateError::Days);
    }
    let length = Duration::from_hours(24) * days;
    let time = |time: Option<SystemTime>| {
        let time = time.and_then(|time| Time::try_from(time).ok());
        time.ok_or(GenerateError::Days)
    };
    Ok(Validity::new(
        time(now.checked_sub(SINCE))?,
        time(now.checked_add(length))?,
    ))
}

/// What is in a certificate, of either kind.
struct Profile {
    subject: Name,
    issuer: Name,
    is_authority: bool,
}

impl Profile {
    fn certify(
        self,
        key: &PrivateKey,
        signer: &PrivateKey,
        validity: Validity,
        random: &mut impl TryCryptoRng,
    ) -> Result<Certificate, GenerateError> {
        let failed = |error: &dyn fmt::Display| GenerateError::Certificate(error.to_string());
        let public = key.0.as_public_key().to_public_key_der();
        let public = public.map_err(|error| failed(&error))?;
        let public = SubjectPublicKeyInfoOwned::try_from(public.as_bytes());
        let public = public.map_err(|error| failed(&error))?;
        let serial = serial(random)?;
        let builder = CertificateBuilder::new(self, serial, validity, public);
        let signer = SigningKey::<Sha256>::new(signer.0.clone());
        let built = builder.and_then(|builder| builder.build::<_, Signature>(&signer));
        built.map(Certificate).map_err(|error| failed(&error))
    }
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        signer: SubjectPublicKeyInfoRef<'_>,
        content: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = content.subject();
        let mut extensions = Vec::new();
        let use_of_key = if self.is_authority {
            let constraints = BasicConstraints {
                ca: true,
                // It vouches for developers, and not for those who would.
                path_len_constraint: Some(0),
            };
            extensions.push((true, &constraints).to_extension(subject, &extensions)?);
            KeyUsages::KeyCertSign
        } else {
            KeyUsages::DigitalSignature
        };
        let usage = KeyUsage(FlagSet::from(use_of_key));
        let subject_key = SubjectKeyIdentifier::try_from(key)?;
        let authority_key = AuthorityKeyIdentifier::try_from(signer)?;
        extensions.push((true, &usage).to_extension(subject, &extensions)?);
        extensions.push((false, &subject_key).to_extension(subject, &extensions)?);
        extensions.push((false, &authority_key).to_extension(subject, &extensions)?);
        Ok(extensions)
    }
}

/// A number that no other certificate has: 20 bytes are most that it may be.
fn serial(random: &mut impl TryCryptoRng) -> Result<SerialNumber, GenerateError> {
    let mut bytes = [0; 20];
    let filled = random.try_fill_bytes(&mut bytes);
    filled.map_err(|_| GenerateError::Key(KeyError::Randomness))?;
    // Neither negative nor with a zero in front, which would not be written.
    bytes[0] = bytes[0] & 0x7F | 0x40;
    SerialNumber::new(&bytes).map_err(|error| GenerateError::Certificate(error.to_string()))
}

/// Why certificates cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError {
    /// CA and developer would have one name.
    SameSubject,
    /// They would not count at all, or longer than a date can be written.
    Days,
    /// A key cannot be made or written.
    Key(KeyError),
    /// A certificate cannot be written.
    Certificate(String),
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GenerateError::SameSubject => {
                f.write_str("the CA and the developer need different subjects")
            }
            GenerateError::Days => write!(f, "certificates count for 1 to {MAX_DAYS} days"),
            GenerateError::Key(error) => error.fmt(f),
            GenerateError::Certificate(why) => write!(f, "a certificate cannot be written: {why}"),
        }
    }
}

impl Error for GenerateError {}
