//! Turns the manifest of a Dynatrace extension into typed metric reporters.
//!
//! The macro `extyped::extension!`, build.rs ([`build()`]) and the command line
//! are faces of [`generate`]: they take the same [`Options`] and give the same
//! code for the same manifest.
//!
//! Two phases follow the check of the manifest: *lowering* decides every name
//! and finds collisions, *emission* writes tokens and cannot fail.

#[cfg(feature = "format")]
mod build_script;
#[cfg(feature = "format")]
mod check;
mod emit;
#[cfg(feature = "format")]
mod file;
mod generate;
mod lower;
mod options;

#[cfg(feature = "format")]
pub use self::build_script::{Build, build};
#[cfg(feature = "format")]
pub use self::check::{Findings, check};
#[cfg(feature = "format")]
pub use self::file::{GeneratedFile, generate_file};
pub use self::generate::{Generated, generate};
pub use self::options::Options;
pub use extyped_manifest as manifest;
pub use extyped_manifest::contract::Kind;
