//! `extyped build`: from the sources of an extension to a package.

pub(crate) mod args;
mod cargo;
mod folder;
pub(crate) mod module;
mod stages;
mod subject;
mod target;
mod wheels;

use std::fs;
use std::path::Path;

use extyped_package::extension::{assemble, package_name};

use self::args::BuildArgs;
use self::stages::Stages;
use self::subject::Subject;
use crate::certificates::signer;
use crate::failure::Failure;
use crate::{Outcome, check, files};

/// What `extension.zip` is called where it is not packed into another zip.
const UNSIGNED: &str = "extension.zip";

pub(crate) fn run(args: &BuildArgs) -> Result<Outcome, Failure> {
    let manifest = files::manifest(&args.path)?;
    let mut stages = Stages::start();

    let outcome = check::once(&args.check(&manifest))?;
    if outcome != Outcome::Sound {
        return Ok(outcome);
    }
    let subject = Subject::read(&manifest)?;
    let output = args.output();
    folder::refuse_output(&manifest, &output)?;
    let folder = folder::read(&manifest)?;
    stages.done(
        "Checked",
        format_args!("{} {}", subject.name, subject.version),
    );
    // Whoever has to be asked for a passphrase is still there.
    let identity = if args.no_sign {
        None
    } else {
        Some(signer::identity(&args.signer).map_err(or_unsigned)?)
    };

    let programs = cargo::programs(args, &mut stages)?;
    let mut wheels = Vec::new();
    for program in &programs {
        wheels.push(wheels::make(program, &subject, &mut stages)?);
    }
    wheels::refuse_twins(&wheels)?;

    let zip = assemble(folder, wheels).map_err(|refused| {
        Failure::new(format!("there is no package: {refused}"))
            .help("remove what an earlier build has left in `lib/` of the extension")
    })?;
    stages.done(
        "Assembled",
        format_args!("{UNSIGNED}, {}", stages::size(&zip)),
    );
    stages::weigh(&zip)?;

    let (name, bytes) = match identity {
        None => (UNSIGNED.to_owned(), zip),
        Some(identity) => {
            let package = identity
                .package(zip)
                .map_err(|why| Failure::new(format!("the package cannot be signed: {why}")))?;
            let signer = identity.certificate().subject();
            stages.done("Signed", format_args!("by {signer}"));
            (package_name(&subject.name, &subject.version), package)
        }
    };
    fs::create_dir_all(&output).map_err(|cause| unwritable(&output, cause))?;
    let path = files::join(&output, name);
    files::replace(&path, &bytes).map_err(|cause| unwritable(&path, cause))?;
    stages.wrote(&path, &bytes);
    Ok(Outcome::Sound)
}

/// A build can do without what a signature needs.
fn or_unsigned(failure: Failure) -> Failure {
    failure.or("--no-sign writes extension.zip alone, for `extyped sign`")
}

fn unwritable(path: &Path, cause: std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be written", path.display())).cause(cause)
}
