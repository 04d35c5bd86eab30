//! Keys encrypted as OpenSSL once did it, by two lines ahead of the content:
//! what the tools of Dynatrace in Python still write.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::KeyError;
use crate::pem::Block;

pub(super) fn decrypt(block: &Block, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let info = block.header("DEK-Info").unwrap_or_default();
    let (cipher, iv) = info.split_once(',').ok_or(KeyError::Damaged)?;
    let length = match cipher {
        "AES-128-CBC" => 16,
        "AES-192-CBC" => 24,
        "AES-256-CBC" => 32,
        other => return Err(KeyError::Encryption(other.to_owned())),
    };
    let iv = hexadecimal(iv).ok_or(KeyError::Damaged)?;
    let key = derive(passphrase, &iv, length);
    let mut content = block.content.clone();
    let wrong = |_| KeyError::WrongPassphrase;
    macro_rules! decrypt {
        ($cipher:ty) => {
            Decryptor::<$cipher>::new_from_slices(&key, &iv)
                .map_err(|_| KeyError::Damaged)?
                .decrypt_padded::<Pkcs7>(&mut content)
                .map_err(wrong)?
                .len()
        };
    }
    let plain = match length {
        16 => decrypt!(Aes128),
        24 => decrypt!(Aes192),
        _ => decrypt!(Aes256),
    };
    content.truncate(plain);
    Ok(content)
}

/// `EVP_BytesToKey` of OpenSSL with MD5 and one round. That is weak, which is
/// why keys are only read so.
fn derive(passphrase: &str, iv: &[u8; 16], length: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(48));
    let mut last = Zeroizing::new([0; 16]);
    while key.len() < length {
        let mut digest = Md5::new();
        if !key.is_empty() {
            digest.update(last.as_slice());
        }
        digest.update(passphrase.as_bytes());
        // The salt is the first half of what the cipher starts from.
        digest.update(&iv[..8]);
        *last = digest.finalize().into();
        key.extend_from_slice(last.as_slice());
    }
    key.truncate(length);
    key
}

fn hexadecimal(text: &str) -> Option<[u8; 16]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let pairs: &[[u8; 2]; 16] = pairs.try_into().ok()?;
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}
