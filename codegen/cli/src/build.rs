//! `extyped build`: from the sources of an extension to a package.

pub(crate) mod args;
mod cargo;
mod folder;
pub(crate) mod module;
mod stages;
mod subject;
mod target;
mod wheels;

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use extyped_package::extension::{AssembleError, assemble};
use extyped_package::limits::size;

use self::args::BuildArgs;
use self::stages::Stages;
use self::subject::Subject;
use crate::certificates::signer;
use crate::failure::Failure;
use crate::{Outcome, check, files};

/// What `extension.zip` is called where it is not packed into another zip.
const UNSIGNED: &str = "extension.zip";

pub(crate) fn run(args: &BuildArgs) -> Result<Outcome, Failure> {
    if !args.path.is_dir() {
        let path = args.path.display();
        return Err(Failure::new(format!("{path} is no folder"))
            .help("name the folder of the project, which has `extension/extension.yaml` in it"));
    }
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
        let failure = Failure::new(format!("there is no package: {refused}")).unsound();
        match refused {
            AssembleError::Rival(_) => {
                failure.help("remove it: an earlier build, by hand or by another tool, left it")
            }
            _ => failure,
        }
    })?;
    stages.done(
        "Assembled",
        format_args!("{UNSIGNED}, {}", size(zip.len() as u64)),
    );

    let (name, package) = match identity {
        None => (UNSIGNED, Cow::Borrowed(&zip)),
        Some(identity) => {
            let package = identity
                .package(zip.clone())
                .map_err(|why| Failure::new(format!("the package cannot be signed: {why}")))?;
            let signer = identity.certificate().subject();
            stages.done("Signed", format_args!("by {signer}"));
            (&*subject.package, Cow::Owned(package))
        }
    };
    stages::weigh(package.len() as u64, &zip)?;
    fs::create_dir_all(&output).map_err(|cause| unwritable(&output, cause))?;
    let path = files::join(&output, name);
    files::replace(&path, &*package).map_err(|cause| unwritable(&path, cause))?;
    stages.wrote(&path, package.len() as u64);
    Ok(Outcome::Sound)
}

/// A build can do without what a signature needs.
fn or_unsigned(failure: Failure) -> Failure {
    failure.or("--no-sign writes extension.zip alone, for `extyped sign`")
}

fn unwritable(path: &Path, cause: std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be written", path.display())).cause(cause)
}
