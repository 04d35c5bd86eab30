//! What somebody at the terminal wants.

use extyped_simulator::Fault;

use super::chaos::Chaos;

#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    Quit,
    Inject(Fault),
    /// Faults at random from now on.
    Chaos(Chaos),
    /// No faults any more.
    Clear,
}
