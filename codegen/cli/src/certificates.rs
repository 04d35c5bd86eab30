//! Certificates, signatures, and whether a package is as an agent wants it.

pub(crate) mod args;
mod folder;
pub(crate) mod gencerts;
mod keep;
mod passphrase;
pub(crate) mod sign;
pub(crate) mod signer;
pub(crate) mod verify;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::failure::Failure;

/// What a file of the tools of Dynatrace is called.
const CA: &str = "ca.pem";
const CA_KEY: &str = "ca.key";
const DEVELOPER: &str = "developer.pem";

/// The content of a file that has no more bytes than that.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let failed = |cause| Failure::new(format!("{} cannot be read", path.display())).cause(cause);
    let file = File::open(path).map_err(failed)?;
    let mut content = Vec::new();
    let mut limited = file.take(limit + 1);
    limited.read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > limit {
        let (path, limit) = (path.display(), limit / 1_000_000);
        return Err(Failure::new(format!("{path} is larger than {limit} MB")));
    }
    Ok(content)
}

/// The content of a file in PEM.
fn read_pem(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path, extyped_package::pem::MAX_BYTES as u64)
}

/// What is wrong with a file, as a reason to end.
fn refused(path: &Path, error: &dyn std::fmt::Display, help: Option<&str>) -> Failure {
    let failure = Failure::new(format!("{}: {error}", path.display()));
    match help {
        Some(help) => failure.help(help),
        None => failure,
    }
}
