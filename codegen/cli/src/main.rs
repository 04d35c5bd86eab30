//! The `extyped` command: checks the manifest of an extension, mends it, and
//! writes the code that belongs to it.

mod activation;
mod args;
#[cfg(feature = "package")]
mod build;
#[cfg(feature = "package")]
mod certificates;
mod check;
mod completions;
mod diff;
mod docs;
#[cfg(any(feature = "package", feature = "simulate"))]
mod duration;
mod explain;
mod extension;
mod failure;
mod files;
mod format;
mod generate;
mod human;
mod json;
mod mend;
#[cfg(feature = "package")]
mod new;
mod outline;
#[cfg(feature = "simulate")]
mod simulate;
#[cfg(feature = "package")]
mod tenant;
mod watch;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Verb};
use crate::failure::Failure;

/// What a verb leaves to say to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// All is well, or nothing worse than a warning.
    Sound,
    /// The manifest has errors, or a file is not what it should be.
    Unsound,
    /// The question could not be answered: usage or input and output.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(match outcome {
            Outcome::Sound => 0,
            Outcome::Unsound => 1,
            Outcome::Failed => 2,
        })
    }
}

fn main() -> ExitCode {
    // Ends the process with code 2 and the usage when the arguments are wrong.
    let args = Args::parse();
    args.color.write_global();
    let outcome = match args.verb {
        Verb::Check(args) if args.watch => watch::run(&args),
        Verb::Check(args) => check::once(&args),
        Verb::Generate(args) => generate::run(&args),
        Verb::Diff(args) => diff::run(&args),
        Verb::Docs(args) => docs::run(&args),
        Verb::Activation(args) => activation::run(&args),
        Verb::Explain(args) => explain::run(&args),
        #[cfg(feature = "simulate")]
        Verb::Simulate(args) => simulate::run(&args),
        #[cfg(feature = "package")]
        Verb::New(args) => new::run(&args),
        #[cfg(feature = "package")]
        Verb::Build(args) => build::run(&args),
        #[cfg(feature = "package")]
        Verb::Gencerts(args) => certificates::gencerts::run(&args),
        #[cfg(feature = "package")]
        Verb::Sign(args) => certificates::sign::run(&args),
        #[cfg(feature = "package")]
        Verb::Verify(args) => certificates::verify::run(&args),
        #[cfg(feature = "package")]
        Verb::Upload(args) => tenant::upload::run(&args),
        #[cfg(feature = "package")]
        Verb::Config(args) => tenant::config::run(&args),
        Verb::Completions(args) => completions::run(&args),
    };
    match outcome {
        Ok(outcome) => outcome,
        Err(failure) => {
            report(&failure);
            failure.outcome()
        }
    }
    .into()
}

/// Says on standard error why nothing came of it.
fn report(failure: &Failure) {
    // Who closes the pipe early has read enough; that is not worth a word.
    if !failure.is_closed_pipe() {
        // Where standard error is gone there is nobody left to tell.
        let _ = write!(anstream::stderr(), "{failure}");
    }
}
