//! Private keys: in the forms that tools write, and in those that are written
//! here.

mod legacy;
mod pkcs8;

use std::error::Error;
use std::fmt;

use ::pkcs8::der::Decode as _;
use ::pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _};
use rsa::rand_core::TryCryptoRng;
use rsa::traits::PublicKeyParts as _;
use zeroize::Zeroizing;

use crate::pem::{self, Block, PemError};

/// The labels of keys that are read.
const PKCS1: &str = "RSA PRIVATE KEY";
const PKCS8: &str = "PRIVATE KEY";
const ENCRYPTED_PKCS8: &str = "ENCRYPTED PRIVATE KEY";

/// A private key. It is RSA: Dynatrace takes no other.
#[derive(Clone)]
pub struct PrivateKey(pub(crate) rsa::PrivateKey);

/// Says how long it is, and nothing that helps to guess it.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(RSA {})", self.0.n().bit_width())
    }
}

impl PrivateKey {
    /// A new key of so many bits.
    ///
    /// # Errors
    ///
    /// When there is no randomness, or the key would be shorter than 1,024 bits.
    pub fn generate(bits: usize, random: &mut impl TryCryptoRng) -> Result<Self, KeyError> {
        let key = rsa::PrivateKey::new(random, bits);
        key.map(PrivateKey).map_err(|_| KeyError::Randomness)
    }

    /// The first key of a file in PEM.
    pub fn read(bytes: &[u8], passphrase: Option<&str>) -> Result<Self, KeyError> {
        let blocks = pem::read(bytes).map_err(KeyError::Pem)?;
        let key = blocks.iter().find(|block| block.is_key());
        PrivateKey::of(key.ok_or(KeyError::NoKey)?, passphrase)
    }

    /// The key in a block of PEM; the passphrase is used if it is encrypted.
    ///
    /// # Errors
    ///
    /// [`KeyError::PassphraseNeeded`] when it is encrypted and there is none.
    pub fn of(block: &Block, passphrase: Option<&str>) -> Result<Self, KeyError> {
        let content = block.content.as_slice();
        match block.label.as_str() {
            PKCS1 if block.header("Proc-Type").is_some() => {
                let passphrase = passphrase.ok_or(KeyError::PassphraseNeeded)?;
                let plain = legacy::decrypt(block, passphrase)?;
                // One wrong passphrase in 256 leaves what looks like padding.
                PrivateKey::of_pkcs1(&plain).map_err(|_| KeyError::WrongPassphrase)
            }
            PKCS1 => PrivateKey::of_pkcs1(content),
            PKCS8 => PrivateKey::of_pkcs8(content),
            ENCRYPTED_PKCS8 => {
                let info = EncryptedPrivateKeyInfoRef::from_der(content);
                let info = info.map_err(|_| KeyError::Damaged)?;
                let passphrase = passphrase.ok_or(KeyError::PassphraseNeeded)?;
                let plain = pkcs8::decrypt(&info, passphrase)?;
                match PrivateKey::of_pkcs8(&plain) {
                    Err(KeyError::Damaged) => Err(KeyError::WrongPassphrase),
                    read => read,
                }
            }
            _ => Err(KeyError::NotRsa),
        }
    }

    /// The key in PEM, as the tools of Dynatrace write it; with a passphrase
    /// encrypted, in the form that OpenSSL writes today.
    pub fn write(
        &self,
        passphrase: Option<&str>,
        random: &mut impl TryCryptoRng,
    ) -> Result<Zeroizing<String>, KeyError> {
        if let Some(passphrase) = passphrase {
            let encrypted = pkcs8::encrypt(&self.0, passphrase, random)?;
            return Ok(pem::write(ENCRYPTED_PKCS8, &encrypted));
        }
        let content = self.0.to_pkcs1_der().map_err(|_| KeyError::Damaged)?;
        Ok(pem::write(PKCS1, content.as_bytes()))
    }

    fn of_pkcs1(content: &[u8]) -> Result<Self, KeyError> {
        let key = rsa::PrivateKey::from_pkcs1_der(content);
        key.map(PrivateKey).map_err(|_| KeyError::Damaged)
    }

    fn of_pkcs8(content: &[u8]) -> Result<Self, KeyError> {
        let info = PrivateKeyInfoRef::from_der(content).map_err(|_| KeyError::Damaged)?;
        if info.algorithm.oid != rsa::pkcs1::ALGORITHM_OID {
            return Err(KeyError::NotRsa);
        }
        let key = rsa::PrivateKey::try_from(info);
        key.map(PrivateKey).map_err(|_| KeyError::Damaged)
    }
}

/// Why a key cannot be read or made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The file is no PEM.
    Pem(PemError),
    /// The file has no private key in it.
    NoKey,
    /// It is not what it is said to be, or its numbers do not fit each other.
    Damaged,
    /// It is for another algorithm than RSA.
    NotRsa,
    /// It is encrypted, and no passphrase was given.
    PassphraseNeeded,
    /// The passphrase does not open it.
    WrongPassphrase,
    /// It is encrypted in a way that is not read here.
    Encryption(String),
    /// Guessing the passphrase was made so slow that so is knowing it.
    TooSlow,
    /// The system has no randomness, or the key would be too short.
    Randomness,
}

impl KeyError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            KeyError::NotRsa => Some("make certificates with RSA keys: `extyped gencerts`"),
            KeyError::Encryption(_) | KeyError::TooSlow => {
                Some("encrypt it anew: `openssl pkey -in OLD -aes256 -out NEW`")
            }
            _ => None,
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Pem(error) => error.fmt(f),
            KeyError::NoKey => f.write_str("it has no private key in it"),
            KeyError::Damaged => f.write_str("the private key is damaged"),
            KeyError::NotRsa => f.write_str("the private key is not RSA, which it has to be"),
            KeyError::PassphraseNeeded => f.write_str("the private key is encrypted"),
            KeyError::WrongPassphrase => {
                f.write_str("the passphrase does not open the private key")
            }
            KeyError::Encryption(how) => {
                let how = how.escape_debug();
                write!(
                    f,
                    "the private key is encrypted with {how}, which is not read here"
                )
            }
            KeyError::TooSlow => {
                f.write_str("opening the private key takes more time or memory than is sensible")
            }
            KeyError::Randomness => f.write_str("the system gave no randomness for a key"),
        }
    }
}

impl Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;
    use crate::certificate::tests::key;

    #[test]
    fn what_is_written_is_read() {
        for passphrase in [None, Some("hunter2"), Some("schöne Größe")] {
            let text = key().write(passphrase, &mut SystemRandom).expect("PEM");
            let read = PrivateKey::read(text.as_bytes(), passphrase).expect("a key");
            assert!(read.0 == key().0);
        }
    }

    #[test]
    fn an_encrypted_key_asks_for_its_passphrase() {
        let text = key().write(Some("right"), &mut SystemRandom).expect("PEM");
        let read =
            |passphrase| PrivateKey::read(text.as_bytes(), passphrase).expect_err("a refusal");
        assert_eq!(read(None), KeyError::PassphraseNeeded);
        assert_eq!(read(Some("wrong")), KeyError::WrongPassphrase);
        assert_eq!(read(Some("")), KeyError::WrongPassphrase);
    }

    /// One key as OpenSSL writes it, in seven ways: each is the same key.
    #[test]
    fn every_form_that_tools_write_is_read() {
        let all = include_str!("key/forms.txt");
        let blocks = pem::read(all.as_bytes()).expect("blocks");
        let keys = blocks.iter().map(|block| {
            let needed = PrivateKey::of(block, None).err();
            let is_encrypted = needed == Some(KeyError::PassphraseNeeded);
            let key = PrivateKey::of(block, Some("hunter2")).expect("a key");
            if is_encrypted {
                let error = PrivateKey::of(block, Some("hunter3")).expect_err("a refusal");
                assert_eq!(error, KeyError::WrongPassphrase);
            }
            (key.0, is_encrypted)
        });
        let keys: Vec<_> = keys.collect();
        let encrypted: Vec<bool> = keys.iter().map(|(_, encrypted)| *encrypted).collect();
        assert_eq!(encrypted, [false, false, true, true, true, true, true]);
        assert!(keys.iter().all(|(key, _)| *key == keys[0].0));
    }

    #[test]
    fn a_cipher_that_is_not_read_is_named() {
        let block = |headers: &str| {
            format!(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n{headers}\n\nAAAA\n\
                 -----END RSA PRIVATE KEY-----\n"
            )
        };
        let read = |headers: &str| {
            let text = block(headers);
            PrivateKey::read(text.as_bytes(), Some("x")).expect_err("a refusal")
        };
        let told = read("DEK-Info: DES-EDE3-CBC,0011223344556677");
        assert_eq!(told, KeyError::Encryption("DES-EDE3-CBC".to_owned()));
        assert!(
            told.help()
                .is_some_and(|help| help.contains("openssl pkey"))
        );
        for headers in [
            "DEK-Info: AES-256-CBC",
            "DEK-Info: AES-256-CBC,0011",
            "DEK-Info: AES-256-CBC,x0112233445566770011223344556677",
            "x: y",
        ] {
            assert_eq!(read(headers), KeyError::Damaged, "{headers}");
        }
    }

    #[test]
    fn a_passphrase_that_takes_hours_to_check_is_not_checked() {
        let text = key().write(Some("x"), &mut SystemRandom).expect("PEM");
        let blocks = pem::read(text.as_bytes()).expect("a block");
        let mut block = blocks[0].clone();
        // 600,000 and 8,388,607 as integers in DER.
        let (usual, slow) = ([2, 3, 0x09, 0x27, 0xC0], [2, 3, 0x7F, 0xFF, 0xFF]);
        let at = block.content.windows(5).position(|window| window == usual);
        let at = at.expect("the iterations");
        block.content[at..at + 5].copy_from_slice(&slow);
        let error = PrivateKey::of(&block, Some("x")).expect_err("a refusal");
        assert_eq!(error, KeyError::TooSlow);
    }

    #[test]
    fn what_is_no_key_of_rsa_is_refused() {
        let ed25519 = "MC4CAQAwBQYDK2VwBCIEIBftnHPp22SewYmmEoMcX8VwI4IHwaqd+9LFPj/15eqF";
        for (label, content, expected) in [
            ("PRIVATE KEY", ed25519, KeyError::NotRsa),
            ("EC PRIVATE KEY", "AAAA", KeyError::NotRsa),
            ("RSA PRIVATE KEY", ed25519, KeyError::Damaged),
            ("PRIVATE KEY", "AAAA", KeyError::Damaged),
            ("ENCRYPTED PRIVATE KEY", "AAAA", KeyError::Damaged),
            ("CERTIFICATE", "AAAA", KeyError::NoKey),
        ] {
            let text = format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----\n");
            let error = PrivateKey::read(text.as_bytes(), Some("x")).expect_err("a refusal");
            assert_eq!(error, expected, "{label}");
        }
    }

    #[test]
    fn nothing_of_it_is_shown() {
        assert_eq!(format!("{:?}", key()), "PrivateKey(RSA 2048)");
    }
}
