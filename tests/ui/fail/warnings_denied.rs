//! A warning about the manifest can be denied like any other.
#![deny(warnings)]

extyped::extension!("../warning.yaml");

fn main() {}
