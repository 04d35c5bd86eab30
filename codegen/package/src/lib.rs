//! Packages of Dynatrace extensions: what an agent is given to run.
//!
//! Nothing here reads a manifest or starts a process; what a package is made
//! from comes in as bytes and names, and what it becomes goes out as bytes.

pub mod archive;
pub mod certificate;
pub mod extension;
pub mod glibc;
pub mod identity;
pub mod key;
pub mod layout;
pub mod limits;
pub mod pem;
pub mod platform;
pub mod program;
pub mod signature;
pub mod verify;
pub mod wheel;

/// The randomness of the system, for keys and serial numbers.
pub use getrandom::SysRng as SystemRandom;
/// What keeps a passphrase, and forgets it thoroughly.
pub use zeroize::Zeroizing;
