//! `type: count` wants a key that ends in `.count`.
extyped::extension!("count_without_suffix.yaml");

fn main() {}
