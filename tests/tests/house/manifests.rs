//! What every `Cargo.toml` of the house looks like.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;
use toml::{Table, Value};

use crate::assert_none;
use crate::workspace::{METADATA, relative};

/// Said once, for the whole workspace.
const INHERITED: &[&str] = &[
    "version",
    "edition",
    "rust-version",
    "license",
    "repository",
];

const DEPENDENCIES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

fn versions(metadata: &Metadata) -> BTreeSet<String> {
    metadata
        .workspace_packages()
        .iter()
        .map(|package| package.version.to_string())
        .collect()
}

/// What a member says for itself that the workspace should say.
fn own_opinions(name: &str, text: &str) -> Vec<String> {
    let manifest: Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{name}: {error}")],
    };
    let mut broken = Vec::new();
    for field in INHERITED {
        if !from_workspace(
            manifest
                .get("package")
                .and_then(|package| package.get(field)),
        ) {
            broken.push(format!("{name}: write `{field}.workspace = true`"));
        }
    }
    if !from_workspace(manifest.get("lints")) {
        broken.push(format!("{name}: write `[lints] workspace = true`"));
    }
    for (table, dependency, value) in dependencies(&manifest) {
        if !from_workspace(Some(value)) {
            broken.push(format!(
                "{name}: in [{table}], `{dependency}` needs `workspace = true` and its version in the root Cargo.toml"
            ));
        }
    }
    broken
}

/// All dependencies of a manifest, those of a target included.
fn dependencies(manifest: &Table) -> Vec<(&'static str, &str, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let of_targets = targets
        .into_iter()
        .flat_map(|targets| targets.values().filter_map(Value::as_table));
    std::iter::once(manifest)
        .chain(of_targets)
        .flat_map(|table| {
            DEPENDENCIES.iter().flat_map(move |kind| {
                let entries = table.get(*kind).and_then(Value::as_table);
                entries
                    .into_iter()
                    .flatten()
                    .map(move |(name, value)| (*kind, name.as_str(), value))
            })
        })
        .collect()
}

fn from_workspace(value: Option<&Value>) -> bool {
    value
        .and_then(|value| value.get("workspace"))
        .and_then(Value::as_bool)
        == Some(true)
}

#[test]
fn one_version_for_all_crates() {
    assert_eq!(versions(&METADATA).len(), 1, "{:?}", versions(&METADATA));
}

#[test]
fn members_leave_to_the_workspace_what_is_the_workspaces() {
    let mut broken = Vec::new();
    for package in METADATA.workspace_packages() {
        let path = package.manifest_path.as_std_path();
        let text = std::fs::read_to_string(path).expect("a manifest of the workspace");
        broken.extend(own_opinions(&relative(path), &text));
    }
    assert_none(&broken);
}

#[test]
fn a_second_version_is_found() {
    let mut metadata = METADATA.clone();
    for package in &mut metadata.packages {
        if package.name == "extyped-line" {
            package.version.patch += 1;
        }
    }
    assert_eq!(versions(&metadata).len(), 2);
}

#[test]
fn a_member_with_opinions_is_found() {
    let broken = own_opinions(
        "Cargo.toml",
        r#"
        [package]
        name = "stranger"
        version = "9.9.9"
        edition.workspace = true
        rust-version.workspace = true
        license.workspace = true
        repository.workspace = true

        [dependencies]
        itoa = "1"
        zmij.workspace = true

        [target.'cfg(unix)'.dev-dependencies]
        libc = { version = "0.2" }
        "#,
    );
    let expected = ["`version.workspace", "[lints]", "`itoa`", "`libc`"];
    assert_eq!(broken.len(), expected.len(), "{broken:#?}");
    for (line, part) in broken.iter().zip(expected) {
        assert!(line.contains(part), "{line}");
    }
}
