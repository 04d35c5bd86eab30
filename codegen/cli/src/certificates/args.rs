//! The command lines of `extyped gencerts`, `sign` and `verify`.

use std::path::PathBuf;

use clap::ValueHint;
use extyped_package::certificate::subject::Subject;

/// Make the certificates that packages are signed with
///
/// A CA of your own (ca.pem and its key, ca.key) and a developer whom it vouches
/// for (developer.pem: the certificate, then its key). Ends with 0 when all
/// three are written, and with 2 when none is: files that are there already are
/// left alone without --force.
///
/// With --encrypt the passphrases are asked for on a terminal; elsewhere they
/// are taken from `EXTYPED_CA_PASSPHRASE` and `EXTYPED_DEV_PASSPHRASE`.
#[derive(Debug, clap::Args)]
pub(crate) struct GencertsArgs {
    /// The folder to write to [default: `$DT_CERTIFICATES_FOLDER`, else
    /// `~/.dynatrace/certificates`]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output: Option<PathBuf>,
    /// The name of the CA: CN, O, OU, L, ST and C
    #[arg(
        long,
        value_name = "SUBJECT",
        default_value = "/CN=Extension CA/O=Some Company/OU=Extension CA"
    )]
    pub ca_subject: Subject,
    /// The name of the developer, which has to be another one
    #[arg(
        long,
        value_name = "SUBJECT",
        default_value = "/CN=Some Developer/O=Some Company/OU=Extension Development"
    )]
    pub dev_subject: Subject,
    /// How many days the certificates count
    #[arg(long, value_name = "N", default_value_t = 3 * 365)]
    pub days: u32,
    /// Encrypt both keys, each with a passphrase
    #[arg(long)]
    pub encrypt: bool,
    /// Write over files that are there: what was signed with them is not
    /// accepted any more where only the new ca.pem is known
    #[arg(short, long)]
    pub force: bool,
}

/// Sign an extension.zip, so that it becomes a package
///
/// Writes the package, which has extension.zip and its signature in it, beside
/// ZIP. Ends with 0 when it is written, else with 2. What comes out is the same
/// as that of `dt-sdk sign` and `dt-cli`.
#[derive(Debug, clap::Args)]
pub(crate) struct SignArgs {
    /// The extension.zip, with extension.yaml at its top
    #[arg(value_name = "ZIP", value_hint = ValueHint::FilePath)]
    pub zip: PathBuf,
    #[command(flatten)]
    pub signer: SignerArgs,
    /// The package to write [default: NAME-VERSION.zip beside ZIP]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Write over a package that is there
    #[arg(short, long)]
    pub force: bool,
}

/// Who signs.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct SignerArgs {
    /// The certificate to sign with, and its key behind it in the same file; a
    /// passphrase is asked for, or taken from `EXTYPED_PASSPHRASE` [default:
    /// developer.pem in `$DT_CERTIFICATES_FOLDER`, else in
    /// `~/.dynatrace/certificates`]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub cert: Option<PathBuf>,
    /// The key, if it is in a file of its own
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
}

/// Say whether an agent would take a package
///
/// Checks what is in it, the signature, the certificate and its dates, and which
/// CA is behind it. Ends with 0 when nothing is wrong, with 1 when something is,
/// and with 2 when a file cannot be read.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The package
    #[arg(value_name = "PACKAGE", value_hint = ValueHint::FilePath)]
    pub package: PathBuf,
    /// A CA that is trusted; may be repeated. Without one the chain is not
    /// checked
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca: Vec<PathBuf>,
    /// The developer.pem that it should be signed with, which is checked too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub cert: Option<PathBuf>,
}
