//! How a run is shown: in lines, or as a view that fills the terminal.

use std::io;

use extyped_simulator::Simulator;

use super::chaos::Chaos;
use super::entry::Entry;
use super::plain::Plain;
use super::view::{Live, Phase};
use super::wish::Wish;

pub(crate) enum Face {
    Plain(Plain),
    Live(Box<Live>),
}

impl Face {
    pub(crate) fn show(&mut self, entry: Entry) {
        match self {
            Face::Plain(plain) => plain.show(&entry),
            Face::Live(live) => live.show(entry),
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

    /// Keeps what is shown up to date until somebody wants something, or nothing
    /// can be shown any more: then it is not asked again. May be dropped at any
    /// time.
    pub(crate) async fn wish(&mut self, simulator: &Simulator) -> io::Result<Wish> {
        match self {
            Face::Plain(plain) => Err(plain.failure().await),
            Face::Live(live) => live.wish(simulator).await,
        }
    }

    /// Done when all is written that was to be seen, and the terminal is free.
    pub(crate) async fn close(self) -> io::Result<()> {
        match self {
            Face::Plain(plain) => plain.close().await,
            Face::Live(_) => Ok(()),
        }
    }
}
