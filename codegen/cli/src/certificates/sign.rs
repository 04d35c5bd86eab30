//! `extyped sign`: from extension.zip to a package.

use std::io::Write as _;

use extyped_package::{archive, layout};

use super::args::SignArgs;
use super::{read, refused, signer};
use crate::extension::{Extension, package_name};
use crate::failure::Failure;
use crate::{Outcome, files};

pub(crate) fn run(args: &SignArgs) -> Result<Outcome, Failure> {
    let zip = read(&args.zip, layout::MAX_BYTES)?;
    // Signed is what can be unpacked, and not what was damaged on the way here.
    let files = archive::read(&zip, layout::MAX_BYTES).map_err(|why| {
        Failure::new(format!(
            "{} is no {}: {why}",
            args.zip.display(),
            layout::EXTENSION
        ))
    })?;
    if files.iter().any(|file| file.name == layout::EXTENSION) {
        let failure = format!("{} is a package, which is signed", args.zip.display());
        return Err(Failure::new(failure).help("name the extension.zip that is in it"));
    }
    let name = package_name(&Extension::open(&args.zip.to_string_lossy())?.source)?;
    let output = match &args.output {
        Some(path) if path.is_dir() => files::join(path, name),
        Some(path) => path.clone(),
        None => args.zip.with_file_name(name),
    };
    // Before anybody is asked for anything.
    if output.exists() && !args.force {
        let failure = Failure::new(format!("{} is there already", output.display()));
        return Err(failure.help("choose another place with -o, or write over it with --force"));
    }
    let identity = signer::identity(&args.signer)?;
    let package = identity.package(zip);
    let package = package.map_err(|error| refused(&args.zip, &error, None))?;
    files::replace(&output, package).map_err(|cause| {
        Failure::new(format!("{} cannot be written", output.display())).cause(cause)
    })?;
    let certificate = identity.certificate();
    let (path, subject, issuer) = (
        output.display(),
        certificate.subject(),
        certificate.issuer(),
    );
    let mut out = anstream::stderr().lock();
    writeln!(
        out,
        "wrote {path}, signed by {subject}: hosts that know the CA {issuer} take it"
    )?;
    Ok(Outcome::Sound)
}
