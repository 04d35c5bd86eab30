//! Public manifests, from the text to compiled code. Skipped, visibly, where
//! the corpus is absent.

#[path = "corpus/compile.rs"]
mod compile;
#[path = "corpus/manifests.rs"]
mod manifests;
#[path = "corpus/report.rs"]
mod report;

use std::fs;
use std::path::Path;

use extyped_codegen::manifest::beside::Folder;
use extyped_codegen::{Options, generate_file};

use self::manifests::Manifest;

/// The report, from the folder of this package.
const REPORT: &str = "../docs/corpus.md";

#[test]
fn the_report_says_what_is_found() {
    if std::env::var_os("EXTYPED_CORPUS").is_some() {
        return manifests::skip("the report is about another corpus");
    }
    let Some(manifests) = manifests::all() else {
        return;
    };
    let text = report::write(&manifests);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(REPORT);
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        fs::write(&path, &text).expect("the report can be written");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == text,
        "docs/corpus.md differs: if that is meant, run \
         `UPDATE_CORPUS=1 cargo test -p extyped-tests --test corpus`"
    );
}

#[test]
fn generated_code_is_rust() {
    for manifest in manifests::all().into_iter().flatten() {
        let text = code(&manifest);
        if let Err(error) = syn::parse_file(&text) {
            panic!("{}: {error}", manifest.name);
        }
    }
}

#[test]
fn generated_code_compiles_under_strict_rules() {
    let Some(manifests) = manifests::all() else {
        return;
    };
    let modules: Vec<String> = manifests.iter().map(code).collect();
    compile::check(&modules);
}

#[test]
fn every_page_of_a_code_is_linked_to_what_it_explains() {
    // The report takes its words from the pages.
    for code in extyped_codegen::manifest::codes::ALL {
        assert!(!report::rule(code).is_empty(), "{}", code.id);
        assert!(!report::origin(code).is_empty(), "{}", code.id);
    }
}

fn code(manifest: &Manifest) -> String {
    generate_file(
        &manifest.source,
        &Options::default(),
        &Folder::of(&manifest.path),
    )
    .text
}
