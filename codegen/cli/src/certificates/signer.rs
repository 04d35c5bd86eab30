//! Who signs: the files that were named, or those where they are looked for.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use extyped_package::certificate::Validity;
use extyped_package::identity::{Identity, IdentityError};

use super::args::SignerArgs;
use super::{DEVELOPER, folder, passphrase, read_pem, refused};
use crate::failure::Failure;

/// The developer who signs; asks for a passphrase if one is needed.
pub(crate) fn identity(args: &SignerArgs) -> Result<Identity, Failure> {
    let path = certificate(args)?;
    let certificate = read_pem(&path)?;
    let key = args.key.as_deref().map(read_pem).transpose()?;
    let keyed = args.key.as_deref().unwrap_or(&path);
    let read = |passphrase: Option<&str>| match &key {
        None => Identity::read(&certificate, passphrase),
        Some(key) => Identity::read_pair(&certificate, key, passphrase),
    };
    let identity = match read(None) {
        Err(error) if error.needs_passphrase() => {
            let what = format!("the key in {}", keyed.display());
            let passphrase = passphrase::of(&what, passphrase::DEVELOPER)?;
            read(Some(passphrase.as_str()))
        }
        read => read,
    };
    let identity = identity.map_err(|error| {
        let file = match error {
            IdentityError::Key(_) => keyed,
            _ => &path,
        };
        refused(file, &error, error.help())
    })?;
    refuse_dated(&identity, &path)?;
    Ok(identity)
}

fn certificate(args: &SignerArgs) -> Result<PathBuf, Failure> {
    let named = match &args.cert {
        Some(path) => path.clone(),
        None => folder::default()?,
    };
    if !named.is_dir() && args.cert.is_some() {
        return Ok(named);
    }
    let path = crate::files::join(&named, DEVELOPER);
    if path.exists() {
        return Ok(path);
    }
    Err(Failure::new(format!("{} is not there", path.display()))
        .help("make certificates with `extyped gencerts`, or name the one to sign with: --cert"))
}

/// No agent takes what was signed with a certificate that does not count.
fn refuse_dated(identity: &Identity, path: &Path) -> Result<(), Failure> {
    let certificate = identity.certificate();
    let (since, until) = certificate.period();
    let path = path.display();
    match certificate.validity(SystemTime::now()) {
        Validity::Valid => Ok(()),
        Validity::Expired => Err(Failure::new(format!(
            "the certificate in {path} counted until {until}"
        ))
        .help("make new ones with `extyped gencerts`, and give the hosts the new ca.pem")),
        Validity::Early => Err(Failure::new(format!(
            "the certificate in {path} counts from {since} on, which is yet to come"
        ))
        .help("wait until then, or see whether the clock here is right")),
    }
}
