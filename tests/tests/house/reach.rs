//! What each side of the house may pull in from outside.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cargo_metadata::{DependencyKind, Metadata, PackageId, TargetKind};

use crate::assert_none;
use crate::workspace::{METADATA, cargo};

/// Build time: an author waits for these crates before anything of their own
/// compiles.
const BUILD_TIME: &[&str] = &[
    "extyped-line",
    "extyped-manifest",
    "extyped-codegen",
    "extyped-macros",
];

/// Crate name → names of what it builds with.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// Normal and build dependencies of all packages; a name with several
/// versions is one node.
fn everything(metadata: &Metadata) -> Graph {
    graph(metadata, |_| true)
}

/// What ends up in the program: like [`everything`], but a procedural macro
/// stays in the compiler and leads nowhere.
fn linked(metadata: &Metadata) -> Graph {
    graph(metadata, |package| {
        metadata[package]
            .targets
            .iter()
            .all(|target| !target.is_kind(TargetKind::ProcMacro))
    })
}

fn graph(metadata: &Metadata, follow: impl Fn(&PackageId) -> bool) -> Graph {
    let resolve = metadata.resolve.as_ref().expect("a resolved workspace");
    let mut graph = Graph::new();
    for node in &resolve.nodes {
        let edges = graph
            .entry(metadata[&node.id].name.to_string())
            .or_default();
        if !follow(&node.id) {
            continue;
        }
        for dependency in &node.deps {
            let builds = dependency
                .dep_kinds
                .iter()
                .any(|info| info.kind != DependencyKind::Development);
            if builds {
                edges.insert(metadata[&dependency.pkg].name.to_string());
            }
        }
    }
    graph
}

/// The shortest way from `from` to `to`, as `a → b → c`.
fn way(graph: &Graph, from: &str, to: &str) -> Option<String> {
    let mut open = VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::from([from]);
    while let Some(path) = open.pop_front() {
        let last = *path.last()?;
        if last == to {
            return Some(path.join(" → "));
        }
        for next in graph.get(last).into_iter().flatten() {
            if seen.insert(next) {
                open.push_back(path.iter().copied().chain([next.as_str()]).collect());
            }
        }
    }
    None
}

/// The crate names in the output of `cargo tree --prefix none`.
fn names(tree: &str) -> BTreeSet<&str> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

/// What a crate builds with when it alone is built. The metadata of the
/// workspace would count features that only its neighbors turn on.
fn tree(package: &str) -> String {
    let selection = ["-e", "normal,build", "--prefix", "none"];
    cargo(&[&["tree", "-p", package][..], &selection].concat())
}

#[test]
fn build_time_never_sees_tokio() {
    let graph = everything(&METADATA);
    let broken: Vec<_> = BUILD_TIME
        .iter()
        .filter_map(|from| way(&graph, from, "tokio"))
        .collect();
    assert_none(&broken);
}

/// The command brings a server for `extyped simulate`; who only checks and
/// generates can leave it out.
#[test]
fn the_command_without_simulate_never_sees_tokio() {
    let tree = cargo(&[
        "tree",
        "-p",
        "extyped-cli",
        "--no-default-features",
        "-e",
        "normal,build",
        "--prefix",
        "none",
    ]);
    let names = names(&tree);
    assert!(names.contains("extyped-codegen"), "{names:?}");
    assert!(!names.contains("tokio"), "{names:?}");
}

#[test]
fn the_macro_path_never_sees_syn() {
    let tree = tree("extyped-macros");
    let names = names(&tree);
    for expected in ["extyped-codegen", "extyped-manifest", "extyped-line"] {
        assert!(names.contains(expected), "no {expected} in the macro path");
    }
    assert!(
        !names.contains("syn"),
        "ask `cargo tree -p extyped-macros -e normal,build -i syn` for the way"
    );
}

#[test]
fn the_runtime_never_links_syn() {
    assert_none(&Vec::from_iter(way(&linked(&METADATA), "extyped", "syn")));
}

#[test]
fn the_line_protocol_needs_nothing_but_numbers() {
    let graph = everything(&METADATA);
    let needs: Vec<_> = graph["extyped-line"].iter().map(String::as_str).collect();
    assert_eq!(needs, ["itoa", "zmij"]);
}

#[test]
fn what_is_there_is_found() {
    // The same questions where the answer is known to be yes.
    let graph = everything(&METADATA);
    assert!(way(&graph, "extyped", "tokio").is_some());
    assert!(way(&linked(&METADATA), "extyped-cli", "syn").is_some());
    assert!(names(&tree("extyped-cli")).contains("syn"));
}

#[test]
fn the_way_is_named_however_long() {
    let edge = |from: &str, to: &[&str]| {
        let to = to.iter().map(|&name| name.to_owned()).collect();
        (from.to_owned(), to)
    };
    let graph = Graph::from([
        edge("line", &["number", "line"]),
        edge("number", &["helper"]),
        edge("helper", &["tokio", "line"]),
    ]);
    assert_eq!(
        way(&graph, "line", "tokio").as_deref(),
        Some("line → number → helper → tokio")
    );
    assert_eq!(way(&graph, "tokio", "line"), None);
}
