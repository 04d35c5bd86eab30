//! Licenses: ours on every crate, and only permissive ones below.

use cargo_metadata::Metadata;

use crate::assert_none;
use crate::workspace::{METADATA, root};

const OURS: &str = "MIT OR Apache-2.0";

/// Licenses that ask for nothing but their own text and a notice.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

fn unlicensed_members(metadata: &Metadata) -> Vec<String> {
    metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| package.license.as_deref() != Some(OURS))
        .map(|package| format!("{}: the license is not {OURS}", package.name))
        .collect()
}

fn restrictive_dependencies(metadata: &Metadata) -> Vec<String> {
    metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some())
        .filter(|package| !package.license.as_deref().is_some_and(is_permissive))
        .map(|package| {
            let license = package.license.as_deref().unwrap_or("no license");
            format!("{} {}: {license}", package.name, package.version)
        })
        .collect()
}

/// Whether some way to read the SPDX expression is permissive throughout.
/// `A/B` is how older crates write `A OR B`.
fn is_permissive(expression: &str) -> bool {
    let text = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest) && rest.is_empty()
}

/// Both sides are always read, so that the rest is where it should be.
fn any(words: &mut &[&str]) -> bool {
    let mut permissive = all(words);
    while take(words, "OR") {
        permissive |= all(words);
    }
    permissive
}

fn all(words: &mut &[&str]) -> bool {
    let mut permissive = one(words);
    while take(words, "AND") {
        permissive &= one(words);
    }
    permissive
}

fn one(words: &mut &[&str]) -> bool {
    if take(words, "(") {
        let permissive = any(words);
        return take(words, ")") && permissive;
    }
    let Some((first, rest)) = words.split_first() else {
        return false;
    };
    *words = rest;
    let mut license = (*first).to_owned();
    if take(words, "WITH")
        && let Some((exception, rest)) = words.split_first()
    {
        *words = rest;
        license = format!("{license} WITH {exception}");
    }
    PERMISSIVE.contains(&license.as_str())
}

fn take(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[test]
fn every_crate_has_our_license() {
    assert_none(&unlicensed_members(&METADATA));
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(root().join(file).is_file(), "{file} is missing");
    }
}

#[test]
fn every_dependency_is_permissive() {
    assert_none(&restrictive_dependencies(&METADATA));
}

#[test]
fn a_missing_or_restrictive_license_is_found() {
    let mut metadata = METADATA.clone();
    for package in &mut metadata.packages {
        if package.name == "extyped-line" {
            package.license = Some("MIT".to_owned());
        }
        if package.name == "itoa" {
            package.license = Some("GPL-3.0-only".to_owned());
        }
        if package.name == "zmij" {
            package.license = None;
        }
    }
    assert_eq!(unlicensed_members(&metadata).len(), 1);
    assert_eq!(restrictive_dependencies(&metadata).len(), 2);
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0-only OR MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
        "MIT AND (GPL-2.0-only OR ISC)",
    ] {
        assert!(is_permissive(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "(MIT OR ISC) AND GPL-3.0-only",
        "(MIT",
        "MIT)",
        "MIT WITH unknown-exception",
    ] {
        assert!(!is_permissive(bad), "{bad}");
    }
}
