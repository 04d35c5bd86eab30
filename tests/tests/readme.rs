//! What the README says besides Rust, which its doc tests compile.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this crate lies in a folder of the workspace")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).expect(file)
}

/// The lines of all blocks in this language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(fence), None) => open = Some(fence),
            (Some(_), Some(_)) => open = None,
            (None, Some(fence)) if fence == language => lines.push(line.to_owned()),
            (None, _) => {}
        }
    }
    lines
}

/// The targets of links that are no addresses.
fn links(text: &str) -> Vec<&str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .filter(|target| !target.contains("://"))
        .collect()
}

#[test]
fn every_cargo_command_is_one_that_ci_runs() {
    let ci = read(".ci/run");
    let readme = read("README.md");
    let commands: Vec<_> = blocks(&readme, "sh")
        .into_iter()
        .filter(|line| line.starts_with("cargo "))
        .collect();
    assert_eq!(
        commands,
        [
            "cargo run -p load-balancer -- --demo --cycles 12",
            "cargo test --workspace",
        ]
    );
    for command in commands {
        assert!(ci.contains(&command), ".ci/run does not run `{command}`");
    }
}

#[test]
fn every_rust_block_is_a_doc_test() {
    // The build script knows these kinds; another one would be left out.
    let readme = read("README.md");
    let fences: Vec<_> = readme
        .lines()
        .filter(|line| line.starts_with("```r"))
        .collect();
    assert_eq!(
        fences,
        [
            "```rust",
            "```rust,configuration",
            "```rust,test_harness",
            "```rust,no_run"
        ]
    );
}

#[test]
fn the_dependencies_are_those_of_an_author() {
    // Cargo would fetch from the address, so that it is compared instead.
    let table = |text: String| text.parse::<toml::Table>().expect("a table");
    let readme = table(blocks(&read("README.md"), "toml").join("\n"));
    let dependencies = readme["dependencies"].as_table().expect("a table");
    assert!(dependencies.keys().eq(["extyped", "serde"]));
    let workspace = table(read("Cargo.toml"));
    let repository = &workspace["workspace"]["package"]["repository"];
    assert_eq!(&dependencies["extyped"]["git"], repository);
    // The example on top derives `Deserialize`.
    let features = dependencies["serde"]["features"].as_array();
    assert!(features.is_some_and(|features| features.contains(&"derive".into())));
}

#[test]
fn every_block_is_of_a_kind_that_is_tested() {
    let readme = read("README.md");
    let kinds: BTreeSet<_> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("```"))
        .filter(|kind| !kind.is_empty())
        .collect();
    let tested = [
        "rust",
        "rust,configuration",
        "rust,no_run",
        "rust,test_harness",
        "sh",
        "toml",
    ];
    assert!(kinds.iter().eq(tested.iter()), "{kinds:?}");
}

#[test]
fn the_first_example_fits_on_fifteen_lines() {
    let example = blocks(&read("README.md"), "rust");
    let lines = example.iter().filter(|line| !line.is_empty()).count();
    assert!((10..=15).contains(&lines), "{lines} lines");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let pages = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/adr/README.md",
    ];
    for page in pages {
        let folder = root().join(page);
        let folder = folder.parent().expect("a page lies in a folder");
        for link in links(&read(page)) {
            assert!(folder.join(link).exists(), "{page}: {link}");
        }
    }
}

#[test]
fn the_places_of_the_architecture_exist() {
    // Whatever stands in backticks and looks like a path of this repository.
    let text = read("ARCHITECTURE.md");
    let folders = ["codegen/", "runtime/", "tests/", "macros/", "examples/"];
    let places: Vec<_> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|place| folders.iter().any(|folder| place.starts_with(folder)))
        .collect();
    assert!(places.len() > 5, "{places:?}");
    for place in places {
        assert!(root().join(place).exists(), "there is no {place}");
    }
}

#[test]
fn blocks_and_links_are_found() {
    let text = "[a](b.md)\n```sh\none\n```\n```rust\ntwo\n```\n[c](https://d)\n";
    assert_eq!(blocks(text, "sh"), ["one"]);
    assert_eq!(blocks(text, "rust"), ["two"]);
    assert_eq!(links(text), ["b.md"]);
}
