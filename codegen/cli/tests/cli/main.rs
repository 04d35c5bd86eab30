//! The command as a person or a script meets it: arguments in, streams and an
//! exit code out.

mod activation;
#[cfg(all(target_os = "linux", target_env = "gnu", feature = "package"))]
mod build;
#[cfg(feature = "package")]
mod certificates;
mod check;
mod diff;
mod docs;
#[cfg(all(unix, feature = "simulate"))]
mod endings;
mod explain;
mod fix;
mod formats;
mod generate;
mod levels;
#[cfg(feature = "package")]
mod new;
#[cfg(all(unix, feature = "package"))]
mod passphrase;
#[cfg(all(unix, any(feature = "package", feature = "simulate")))]
mod pty;
mod sandbox;
#[cfg(all(unix, feature = "simulate"))]
mod screen;
#[cfg(all(unix, feature = "simulate"))]
mod simulate;
#[cfg(feature = "package")]
mod tenant;
#[cfg(all(unix, feature = "simulate"))]
mod terminal;
mod watch;
