//! The arguments of `extyped new`.

use std::path::PathBuf;

use clap::ValueHint;

/// Start an extension: a project that compiles, is tested and can be packed
///
/// Writes the manifest, the activation schema, a program that polls an API, its
/// tests under a fake EEC, and a workflow for CI. Asks on a terminal for what
/// was not said; elsewhere it takes what it knows.
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// The folder to make; its name is that of the extension, which the
    /// platform knows with `custom:` before it
    #[arg(value_name = "NAME", value_hint = ValueHint::DirPath)]
    pub path: Option<PathBuf>,
    /// Who the manifest names as author [default: what git knows]
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
}
