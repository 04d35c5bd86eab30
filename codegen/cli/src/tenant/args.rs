//! The command line of the verbs that speak to a tenant.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Subcommand, ValueHint};

use super::endpoints::Api;
use crate::duration::duration;
use crate::failure::Failure;

/// Bring a built package to a tenant, and switch to its version
///
/// What the tenant refuses is shown at the lines of the manifest. Ends with 0
/// when the tenant takes the package, with 1 when it refuses it, and with 2
/// when it cannot be asked.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct UploadArgs {
    /// The package (.zip), or the folder of the extension, whose package
    /// `extyped build` has put into `dist`
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// Only ask whether the tenant would take the package; nothing is stored
    #[arg(long, conflicts_with = "activate")]
    pub validate_only: bool,
    /// Make the uploaded version the active one
    #[arg(long)]
    pub activate: bool,
    #[command(flatten)]
    pub tenant: TenantArgs,
}

/// Configure an extension on a tenant
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub verb: ConfigVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    Apply(ApplyArgs),
}

/// Send monitoring configurations to a tenant
///
/// FILE is an array of objects, or one object: `{"scope": "ag_group-default",
/// "value": {…}}`. One with `objectId` replaces the configuration of that id,
/// any other makes a new one each time. They are first held against the
/// activation schema. Ends with 0 when the tenant takes all of them, with 1 when
/// any is refused, and with 2 when it cannot be asked.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct ApplyArgs {
    /// The configurations
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// The name of the extension [default: that of the manifest]
    #[arg(long, value_name = "NAME")]
    pub extension: Option<String>,
    /// The manifest, or the folder that holds it
    #[arg(long, value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub manifest: PathBuf,
    /// An object with the values of `{{name}}` in FILE [default: secrets.json if
    /// it is there]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub secrets: Option<PathBuf>,
    /// Send them without a look at the activation schema
    #[arg(long)]
    pub no_check: bool,
    #[command(flatten)]
    pub tenant: TenantArgs,
}

/// Which tenant, and how it is reached.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The tenant")]
pub(crate) struct TenantArgs {
    /// Its address, `https://abc12345.live.dynatrace.com` or
    /// `https://abc12345.apps.dynatrace.com` [default: `DT_TENANT_URL`, else
    /// `DT_API_URL`]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub tenant: Option<String>,
    /// The API it is asked by [default: platform if the host says `.apps.`]
    #[arg(long, value_enum, value_name = "API")]
    pub api: Option<Api>,
    /// A file with the token, `-` for standard input [default: the token in
    /// `DT_API_TOKEN` or `DT_PLATFORM_TOKEN`]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,
    /// Certificates (PEM) to trust besides those of the system
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca: Option<PathBuf>,
    /// How long a request may take [default: 2m to upload, else 30s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// How often to try again when the tenant is not ready
    #[arg(long, value_name = "NUMBER", default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub retries: u32,
    /// Milliseconds until the first retry; each further one waits twice as long
    #[arg(long, value_name = "NUMBER", default_value_t = 2_000, hide = true)]
    pub retry_pause: u64,
    /// Not to be used: taken only to be refused with a reason
    #[arg(
        long,
        aliases = ["api-token", "platform-token"],
        num_args = 0..=1,
        default_missing_value = "",
        value_name = "TOKEN",
        value_parser = forgotten,
        hide = true
    )]
    token: Option<Forgotten>,
}

/// An argument whose value was not kept; an error of the parser would show it.
#[derive(Debug, Clone)]
struct Forgotten;

#[allow(
    clippy::unnecessary_wraps,
    reason = "as the parser of arguments wants it"
)]
fn forgotten(_: &str) -> Result<Forgotten, Infallible> {
    Ok(Forgotten)
}

impl TenantArgs {
    /// Says why a token is no argument, before anything else is said.
    pub(super) fn refuse_token(&self) -> Result<(), Failure> {
        match self.token {
            None => Ok(()),
            Some(Forgotten) => Err(Failure::new("a token is not taken as an argument").help(
                "arguments show in `ps`, in the history of the shell and in logs of CI: set \
                 DT_API_TOKEN or DT_PLATFORM_TOKEN, or name a file with --token-file; and replace \
                 this token, which has been seen already",
            )),
        }
    }
}

const AFTER: &str = "\
Environment:
  DT_API_TOKEN       The token for the classic API, with the scope extensions.write
                     (upload, activate) or extensionConfigurations.write (config)
  DT_PLATFORM_TOKEN  The token for the platform (`.apps.`), with the scope
                     extensions:definitions:write or extensions:configurations:write
  HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR as everywhere";
