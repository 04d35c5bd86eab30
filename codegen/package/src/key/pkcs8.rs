//! Keys encrypted as PKCS#8 does it, with PBES2: what OpenSSL writes today.

use pkcs8::der::Decode as _;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::{EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use rsa::rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::KeyError;

/// How often a passphrase is hashed: what OWASP recommends for SHA-256.
const ITERATIONS: u32 = 600_000;
/// Most that a file may ask for. A file that asks for more is no help to
/// whoever has to wait for it.
const MAX_ITERATIONS: u32 = 5_000_000;
/// Most memory that a file may ask for, in bytes.
const MAX_MEMORY: u64 = 256 << 20;

pub(super) fn decrypt(
    info: &EncryptedPrivateKeyInfoRef<'_>,
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(KeyError::Encryption("PBES1".to_owned()));
    };
    if !is_sensible(parameters) {
        return Err(KeyError::TooSlow);
    }
    let decrypted = info
        .encryption_algorithm
        .decrypt(passphrase, info.encrypted_data.as_bytes());
    match decrypted {
        Ok(plain) => Ok(Zeroizing::new(plain)),
        Err(pkcs8::pkcs5::Error::UnsupportedAlgorithm { oid }) => {
            Err(KeyError::Encryption(format!("the algorithm {oid}")))
        }
        Err(_) => Err(KeyError::WrongPassphrase),
    }
}

fn is_sensible(parameters: &Parameters) -> bool {
    match &parameters.kdf {
        Kdf::Pbkdf2(kdf) => kdf.iteration_count <= MAX_ITERATIONS,
        Kdf::Scrypt(kdf) => {
            let block = 128 * u64::from(kdf.block_size);
            let memory = block.checked_mul(kdf.cost_parameter);
            // Time grows with the parallel runs, of which one follows the other.
            memory.is_some_and(|memory| memory <= MAX_MEMORY) && kdf.parallelization <= 16
        }
        _ => false,
    }
}

pub(super) fn encrypt(
    key: &rsa::PrivateKey,
    passphrase: &str,
    random: &mut impl TryCryptoRng,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    let filled = random
        .try_fill_bytes(&mut salt)
        .and_then(|()| random.try_fill_bytes(&mut iv));
    filled.map_err(|_| KeyError::Randomness)?;
    let plain = key.to_pkcs8_der().map_err(|_| KeyError::Damaged)?;
    let info = PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| KeyError::Damaged)?;
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS, &salt, iv)
        .map_err(|_| KeyError::Damaged)?;
    let encrypted = info.encrypt_with_params(parameters, passphrase);
    let encrypted = encrypted.map_err(|_| KeyError::Damaged)?;
    Ok(encrypted.to_bytes())
}
