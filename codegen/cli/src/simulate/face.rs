//! How a run is shown.

use std::future::pending;
use std::io::{self, Write};

use extyped_simulator::{Fault, Simulator};

use super::chaos::Chaos;
use super::entry::Entry;
use super::plain::Plain;

/// What somebody at the terminal wants.
#[derive(Debug, PartialEq)]
#[expect(dead_code, reason = "the view in the terminal comes next")]
pub(crate) enum Wish {
    Quit,
    Inject(Fault),
    Chaos(Chaos),
    Clear,
}

pub(crate) enum Face {
    Plain(Plain<Box<dyn Write>>),
}

impl Face {
    pub(crate) fn show(&mut self, entry: &Entry) -> io::Result<()> {
        match self {
            Face::Plain(plain) => plain.show(entry),
        }
    }

    /// Keeps what is shown up to date until somebody wants something. May be
    /// dropped at any time.
    pub(crate) async fn wish(&mut self, _simulator: &Simulator) -> io::Result<Wish> {
        match self {
            Face::Plain(_) => pending().await,
        }
    }
}
