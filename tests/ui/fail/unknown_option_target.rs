//! An option that names nothing is a mistake, not a wish.
extyped::extension!(
    "../load-balancer.yaml",
    kinds = { "lb.node.cpuu" = gauge },
    names = { "lb:nodes" = "Member" },
    optional = ["node.nam"],
);

fn main() {}
