//! A file that is no YAML is shown where it stops being one.
extyped::extension!("yaml_error.yaml");

fn main() {}
