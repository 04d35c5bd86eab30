//! The lesson's second exercise, on the manifest of this example: a metric is
//! reported by what the manifest says of it, and by nothing else.

use extyped_codegen::manifest::beside::Alone;
use extyped_codegen::manifest::source::SourceFile;
use extyped_codegen::{GeneratedFile, Options, generate_file};

const MANIFEST: &str = include_str!("../extension/extension.yaml");

/// Where the manifest names the health of pools: in a feature set, with its
/// metadata, and with the entity it belongs to.
const FEATURE_SET: &str = "\
    - featureSet: Pools
      metrics:
        - key: lb.pool.health
";
const METADATA: &str = "  - key: lb.pool.health
    metadata:
      displayName: Load balancer pool health
      description: Share of the pool's members that are up
      unit: Percent
";
const ENTITY: &str = "    - name: lb:pool
";
const RELATIONSHIP: &str = "    - fromType: lb:pool
";

fn generate(manifest: &str) -> GeneratedFile {
    generate_file(
        &SourceFile::new("extension.yaml", manifest),
        &Options::default(),
        &Alone,
    )
}

/// Takes a part out of the manifest, from `start` to the next of its kind.
#[track_caller]
fn cut(manifest: &str, start: &str, end: &str) -> String {
    let (before, rest) = manifest
        .split_once(start)
        .expect("the manifest has the part");
    let after = rest.find(end).map_or("", |at| &rest[at..]);
    format!("{before}{after}")
}

fn without_the_metric() -> String {
    assert!(MANIFEST.contains(FEATURE_SET) && MANIFEST.contains(METADATA));
    MANIFEST.replace(FEATURE_SET, "").replace(METADATA, "")
}

fn without_pools() -> String {
    let manifest = without_the_metric();
    let manifest = cut(&manifest, ENTITY, "  relationships:");
    cut(&manifest, RELATIONSHIP, "    - fromType:")
}

#[test]
fn the_reporter_of_pool_health_exists_once_the_manifest_has_the_metric() {
    let before = generate(&without_pools());
    assert!(
        before.report.diagnostics().is_empty(),
        "{:?}",
        before.report
    );
    assert!(before.text.contains("pub fn cpu("), "{}", before.text);
    assert!(!before.text.contains("fn health("), "{}", before.text);
    assert!(!before.text.contains("PoolDimensions"), "{}", before.text);

    let after = generate(MANIFEST);
    assert!(after.report.diagnostics().is_empty(), "{:?}", after.report);
    assert!(after.text.contains("pub fn health("), "{}", after.text);
    assert!(
        after
            .text
            .contains("pub struct PoolDimensions<DeviceAddress, PoolName>")
    );
}

#[test]
fn an_entity_that_no_metric_can_bring_about_is_an_error() {
    let generated = generate(&without_the_metric());
    let found = generated
        .report
        .diagnostics()
        .iter()
        .any(|finding| finding.message.contains("lb:pool"));
    assert!(found, "{:?}", generated.report);
}
