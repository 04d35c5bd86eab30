//! `extyped gencerts`: a CA and a developer.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use extyped_package::certificate::generate::{self, BITS, Made, Order};
use extyped_package::{SystemRandom, Zeroizing};

use super::args::GencertsArgs;
use super::keep::{Kept, Readers};
use super::{CA, CA_KEY, DEVELOPER, folder, keep, passphrase};
use crate::failure::Failure;
use crate::{Outcome, files};

/// The variables with the passphrases of new keys.
const CA_PASSPHRASE: &str = "EXTYPED_CA_PASSPHRASE";
const DEVELOPER_PASSPHRASE: &str = "EXTYPED_DEV_PASSPHRASE";

pub(crate) fn run(args: &GencertsArgs) -> Result<Outcome, Failure> {
    let folder = match &args.output {
        Some(folder) => folder.clone(),
        None => folder::default()?,
    };
    // Before anybody is asked for anything.
    if !args.force {
        refuse_existing(&folder)?;
    }
    let authority_passphrase = chosen(args, CA_KEY, CA_PASSPHRASE)?;
    let developer_passphrase = chosen(args, DEVELOPER, DEVELOPER_PASSPHRASE)?;
    let order = Order {
        authority: &args.ca_subject,
        developer: &args.dev_subject,
        days: args.days,
        bits: BITS,
        authority_passphrase: authority_passphrase.as_ref().map(|it| it.as_str()),
        developer_passphrase: developer_passphrase.as_ref().map(|it| it.as_str()),
        now: SystemTime::now(),
    };
    let made = generate::make(&order, &mut SystemRandom)
        .map_err(|error| Failure::new(error.to_string()))?;
    keep::folder(&folder)?;
    let written = write(&folder, &made, args.force)?;
    report(&written, &folder, args.output.is_none())?;
    Ok(Outcome::Sound)
}

/// The passphrase for a key that is to be encrypted.
fn chosen(
    args: &GencertsArgs,
    file: &str,
    variable: &str,
) -> Result<Option<Zeroizing<String>>, Failure> {
    if args.encrypt {
        return passphrase::choose(&format!("the key in {file}"), variable).map(Some);
    }
    // Whoever set it believes that the key is encrypted.
    if passphrase::set(variable)?.is_some() {
        return Err(
            Failure::new(format!("{variable} is set, and nothing is encrypted"))
                .help("encrypt the keys with --encrypt, or unset it"),
        );
    }
    Ok(None)
}

fn refuse_existing(folder: &Path) -> Result<(), Failure> {
    for name in [CA_KEY, CA, DEVELOPER] {
        let path = files::join(folder, name);
        // A link that leads nowhere is in the way, too.
        if path.symlink_metadata().is_ok() {
            return Err(there_already(&path));
        }
    }
    Ok(())
}

fn there_already(path: &Path) -> Failure {
    Failure::new(format!("{} is there already", path.display())).help(
        "write into another folder with -o; with --force it is lost, and with it everything that \
         hosts accept because of it",
    )
}

/// Writes all three files, or none that was not there before.
fn write(folder: &Path, made: &Made, force: bool) -> Result<Vec<PathBuf>, Failure> {
    let contents = [
        (CA_KEY, made.authority_key.as_bytes(), Readers::Owner),
        (CA, made.authority.as_bytes(), Readers::Everybody),
        (DEVELOPER, made.developer.as_bytes(), Readers::Owner),
    ];
    let mut kept = Vec::new();
    for (name, content, readers) in contents {
        let path = files::join(folder, name);
        let file = Kept::write(folder, content, readers);
        kept.push((file.map_err(|cause| unwritable(&path, cause))?, path));
    }
    let mut written: Vec<PathBuf> = Vec::new();
    for (file, path) in kept {
        if let Err(cause) = file.settle(&path, force) {
            if !force {
                for path in &written {
                    // Best effort: half of the files are of no use to anybody.
                    let _ = std::fs::remove_file(path);
                }
            }
            return Err(if cause.kind() == io::ErrorKind::AlreadyExists {
                there_already(&path)
            } else {
                unwritable(&path, cause)
            });
        }
        written.push(path);
    }
    Ok(written)
}

fn unwritable(path: &Path, cause: io::Error) -> Failure {
    Failure::new(format!("{} cannot be written", path.display())).cause(cause)
}

fn report(written: &[PathBuf], folder: &Path, is_default: bool) -> io::Result<()> {
    let signs = if is_default {
        "`extyped sign` finds it".to_owned()
    } else {
        let path = files::join(folder, DEVELOPER);
        format!("`extyped sign --cert {}`", path.display())
    };
    let mut out = anstream::stderr().lock();
    for path in written {
        writeln!(out, "wrote {}", path.display())?;
    }
    writeln!(
        out,
        "
Which file belongs where:
  ca.pem         in the credential vault of your environment, before the first
                 upload: type \"Public certificate\", scope \"Extension validation\"
                 on ActiveGates, /var/lib/dynatrace/remotepluginmodule/agent/conf/certificates/
                 on OneAgents, /var/lib/dynatrace/oneagent/agent/config/certificates/
  developer.pem  with who signs, and nowhere else: {signs}
  ca.key         offline: whoever has it can sign for all of these hosts"
    )
}
