//! The message says where the file was looked for, and what is there.
extyped::extension!("load-balancer.yaml");

fn main() {}
