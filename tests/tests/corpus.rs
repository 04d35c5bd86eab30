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

use extyped_activation::{Schema, Side};
use extyped_codegen::manifest::beside::Folder;
use extyped_codegen::manifest::check;
use extyped_codegen::manifest::contract::{self, Overrides};
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
fn generated_types_read_the_samples_of_their_schemas() {
    let Some(manifests) = manifests::all() else {
        return;
    };
    let (mut modules, mut samples) = (Vec::new(), Vec::new());
    for manifest in &manifests {
        let files = Folder::of(&manifest.path);
        let checked = check(&manifest.source, &Overrides::default(), &files);
        let activation = checked.contract.activation;
        for (side, form) in &activation.sides {
            let Some(form) = form else {
                continue;
            };
            let (of_type, side) = match side {
                contract::Side::Remote => ("Remote", Side::Remote),
                contract::Side::Local => ("Local", Side::Local),
            };
            let schema = Schema::read(&activation.schemas[form.schema].text).expect("a schema");
            let sample = schema.sample(side).expect("the schema has this side");
            let json = serde_json::json!({side.field(): sample.complete()}).to_string();
            let path = format!("manifest_{}::activation", modules.len());
            samples.push((format!("{path}::{of_type}"), json.clone()));
            if activation.sides.len() > 1 {
                samples.push((format!("{path}::Activation"), json));
            }
        }
        if !activation.schemas.is_empty() {
            modules.push(code(manifest));
        }
    }
    assert!(samples.len() > 20, "{}", samples.len());
    compile::read(&modules, &samples);
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
