//! How a run is shown: in lines, or as a view that fills the terminal.

use std::future::pending;
use std::io::{self, Write};

use extyped_simulator::Simulator;

use super::chaos::Chaos;
use super::entry::Entry;
use super::plain::Plain;
use super::view::{Live, Phase};
use super::wish::Wish;

pub(crate) enum Face {
    Plain(Plain<Box<dyn Write>>),
    Live(Box<Live>),
}

impl Face {
    pub(crate) fn show(&mut self, entry: Entry) -> io::Result<()> {
        match self {
            Face::Plain(plain) => plain.show(&entry),
            Face::Live(live) => {
                live.show(entry);
                Ok(())
            }
        }
    }

    /// The extension runs as this process.
    pub(crate) fn started(&mut self, id: u32) {
        if let Face::Live(live) = self {
            live.view().process = Some(id);
        }
    }

    /// The end was asked for.
    pub(crate) fn stopping(&mut self) {
        if let Face::Live(live) = self {
            live.view().phase = Phase::Stopping;
        }
    }

    /// These faults come at random from now on.
    pub(crate) fn at_random(&mut self, chaos: Option<Chaos>) {
        if let Face::Live(live) = self {
            live.view().chaos = chaos;
        }
    }

    /// Keeps what is shown up to date until somebody wants something. May be
    /// dropped at any time.
    pub(crate) async fn wish(&mut self, simulator: &Simulator) -> io::Result<Wish> {
        match self {
            Face::Plain(_) => pending().await,
            Face::Live(live) => live.wish(simulator).await,
        }
    }
}
