//! What speaks to a tenant: `extyped upload` and `extyped config`.

mod activate;
mod answer;
pub(crate) mod args;
mod client;
pub(crate) mod config;
mod endpoints;
mod monitoring;
mod package;
mod patience;
mod proxy;
mod token;
mod trouble;
pub(crate) mod upload;
mod violations;

use std::io::Write as _;

/// Tells how things go, beside the result.
fn say(line: &str) {
    // Where standard error is gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{line}");
}
