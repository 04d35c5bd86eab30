//! The configuration has the fields of the activation schema, and no others.

extyped::extension!("../load-balancer.yaml");

fn hosts(config: &activation::Remote) -> usize {
    config.host.len()
}

fn main() {}
