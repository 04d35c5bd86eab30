//! A manifest as large as the platform takes one.

use std::fmt::Write as _;

/// How many metrics an extension may have.
pub(crate) const METRICS: usize = 500;

/// A manifest with `metrics` metrics of 20 entity types, each with three
/// dimensions of its own and one that they share.
pub(crate) fn manifest(metrics: usize) -> String {
    const TYPES: usize = 20;
    let mut text = String::from(
        "name: custom:large\nversion: 1.0.0\nminDynatraceVersion: \"1.285\"\nauthor:\n  name: \
         extyped\npython:\n  runtime:\n    module: large\n    version:\n      min: \"3.10\"\n  \
         activation:\n    remote:\n      path: activationSchema.json\nmetrics:\n",
    );
    let mut write = |line: std::fmt::Arguments<'_>| {
        text.write_fmt(line).expect("a string takes everything");
    };
    for index in 0..metrics {
        let entity = index % TYPES;
        let suffix = if index % 3 == 0 { ".count" } else { "" };
        write(format_args!(
            "  - key: large.type{entity}.group.metric{index}{suffix}\n    metadata:\n      \
             displayName: Metric {index}\n      description: The number of things that were \
             seen, of the kind that has the number {index}.\n      unit: Count\n"
        ));
    }
    write(format_args!("topology:\n  types:\n"));
    for entity in 0..TYPES {
        write(format_args!(
            "    - name: large:type{entity}\n      displayName: Type {entity}\n      enabled: \
             true\n      rules:\n        - idPattern: \
             large_{{device.address}}_{{a{entity}}}_{{b{entity}}}_{{c{entity}}}\n          \
             sources:\n            - {{sourceType: Metrics, condition: \
             $prefix(large.type{entity}.)}}\n"
        ));
    }
    text
}
