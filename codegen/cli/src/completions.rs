//! `extyped completions`.

use std::io::{self, Write as _};

use clap::CommandFactory as _;

use crate::Outcome;
use crate::args::{Args, CompletionsArgs};
use crate::failure::Failure;

pub(crate) fn run(args: &CompletionsArgs) -> Result<Outcome, Failure> {
    // By way of memory: the generator panics when a write fails.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "extyped", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Outcome::Sound)
}
