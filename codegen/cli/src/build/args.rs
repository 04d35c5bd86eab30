//! The arguments of `extyped build`.

use std::path::{Path, PathBuf};

use clap::ValueHint;

use super::target::Target;
use crate::args::{CheckArgs, Format, LevelArgs, MeaningArgs};
use crate::certificates::args::SignerArgs;

/// Build the package of an extension, ready to be uploaded
///
/// Checks the manifest, builds the program, packs it into a wheel for each
/// target, adds everything that lies beside the manifest, and signs the result.
/// The same sources give the same bytes on any day. Ends with 1 when the
/// manifest has errors or nothing could be made of what is there that an agent
/// would take, and with 2 when something cannot be built, read or written.
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArgs {
    /// The folder of the project: it has Cargo.toml and
    /// `extension/extension.yaml`
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::DirPath)]
    pub path: PathBuf,
    /// Build for these machines, `x86_64-unknown-linux-gnu`; with the oldest
    /// glibc that hosts have, `x86_64-unknown-linux-gnu.2.17`, cargo-zigbuild
    /// links [default: this machine]
    #[arg(long = "target", value_name = "TRIPLE[.GLIBC]")]
    pub targets: Vec<Target>,
    /// Pack programs that were built before, instead of building
    #[arg(long = "program", value_name = "FILE", conflicts_with_all = ["targets", "profile", "bin", "cargo"], value_hint = ValueHint::FilePath)]
    pub programs: Vec<PathBuf>,
    /// The profile to build with
    #[arg(long, value_name = "NAME", default_value = "release")]
    pub profile: String,
    /// The program, if the project has several
    #[arg(long, value_name = "NAME")]
    pub bin: Option<String>,
    /// The folder for the package [default: `dist` in the project]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output: Option<PathBuf>,
    /// Write extension.zip and leave it to `extyped sign`
    #[arg(long, conflicts_with_all = ["cert", "key"])]
    pub no_sign: bool,
    #[command(flatten)]
    pub signer: SignerArgs,
    #[command(flatten)]
    pub meaning: MeaningArgs,
    #[command(flatten)]
    pub levels: LevelArgs,
    /// Arguments for cargo, behind `--`
    #[arg(value_name = "CARGO_ARGS", last = true)]
    pub cargo: Vec<String>,
}

impl BuildArgs {
    /// How the manifest is checked.
    pub(super) fn check(&self, manifest: &Path) -> CheckArgs {
        CheckArgs {
            paths: vec![manifest.to_owned()],
            format: Format::Human,
            fix: false,
            dry_run: false,
            watch: false,
            meaning: self.meaning.clone(),
            levels: self.levels.clone(),
        }
    }

    /// The folder for the package.
    pub(super) fn output(&self) -> PathBuf {
        let default = || crate::files::join(&self.path, "dist");
        self.output.clone().unwrap_or_else(default)
    }
}
