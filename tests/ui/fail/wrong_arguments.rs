//! Every mistake in the arguments is shown at its place.
extyped::extension!(
    "../load-balancer.yaml",
    kind = { "lb.node.cpu" = gauge },
    kinds = { "lb.node.cpu" = histogram },
    names = ["lb:node"],
    optional = "node.name",
);

extyped::extension!(extension.yaml);

extyped::extension!(
    "../load-balancer.yaml",
    names = { "lb:node" = "-" },
    visibility = private,
    crate = self::extyped,
);

fn main() {}
