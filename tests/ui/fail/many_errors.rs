//! So many errors are better read elsewhere.
extyped::extension!("many_errors.yaml");

fn main() {}
