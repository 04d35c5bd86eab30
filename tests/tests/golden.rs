//! The golden files are what the generator writes today.

#[path = "support/large.rs"]
mod large;
mod support;

use std::fs;

use extyped_codegen::manifest::beside::Alone;
use extyped_codegen::manifest::diagnostic::Severity;
use extyped_codegen::manifest::source::SourceFile;
use extyped_codegen::{GeneratedFile, Options, generate_file};

#[test]
fn golden_files_are_up_to_date() {
    let mut stale = Vec::new();
    for fixture in support::fixtures() {
        let path = support::package_dir()
            .join("golden")
            .join(fixture.name)
            .with_extension("rs");
        let GeneratedFile { text, .. } =
            generate_file(&fixture.source(), &fixture.options, &fixture.files());
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &text).expect("golden files can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(fixture.name);
        }
    }
    assert!(
        stale.is_empty(),
        "{stale:?} differ: if that is meant, run \
         `UPDATE_GOLDEN=1 cargo test -p extyped-tests --test golden`"
    );
}

#[test]
fn fixtures_have_no_errors() {
    for fixture in support::fixtures() {
        let GeneratedFile { report, .. } =
            generate_file(&fixture.source(), &fixture.options, &fixture.files());
        let errors: Vec<_> = report
            .diagnostics()
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", fixture.name);
    }
}

#[test]
fn a_manifest_at_the_limit_of_the_platform_gets_a_reporter_for_each_metric() {
    let source = SourceFile::new("extension.yaml", large::manifest(large::METRICS));
    let GeneratedFile { text, report, .. } = generate_file(&source, &Options::default(), &Alone);
    assert!(!report.has_errors(), "{report:#?}");
    assert_eq!(text.matches("/// Metric `large.").count(), large::METRICS);
}
