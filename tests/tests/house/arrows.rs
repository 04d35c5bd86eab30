//! Which crate of the house may depend on which.

use cargo_metadata::{DependencyKind, Metadata};

use crate::assert_none;
use crate::workspace::METADATA;

/// The arrows of the house, bottom first. A crate may depend on what its line
/// names and on nothing else of the house.
const ARROWS: &[(&str, &[&str])] = &[
    ("extyped-line", &[]),
    ("extyped-activation", &[]),
    ("extyped-manifest", &["extyped-activation", "extyped-line"]),
    ("extyped-codegen", &["extyped-manifest"]),
    ("extyped-package", &[]),
    ("extyped-simulator", &["extyped-line"]),
    (
        "extyped-cli",
        &[
            "extyped-activation",
            "extyped-codegen",
            "extyped-manifest",
            "extyped-package",
            "extyped-simulator",
        ],
    ),
    ("extyped-macros", &["extyped-codegen"]),
    (
        "extyped",
        &[
            "extyped-activation",
            "extyped-line",
            "extyped-macros",
            "extyped-simulator",
        ],
    ),
];

/// Arrows that may exist only behind a feature.
const OPTIONAL: &[(&str, &str)] = &[
    ("extyped", "extyped-macros"),
    ("extyped", "extyped-simulator"),
    ("extyped-cli", "extyped-package"),
    ("extyped-cli", "extyped-simulator"),
    ("extyped-manifest", "extyped-activation"),
];

/// Sees everything and is seen by nobody.
const TESTS: &str = "extyped-tests";

#[derive(Debug, Clone, PartialEq, Eq)]
struct Arrow {
    from: String,
    to: String,
    kind: Kind,
    optional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// In the crate itself or its build script.
    Build,
    /// In its tests and benchmarks only.
    Dev,
}

/// The dependencies between members of the workspace, as declared: optional
/// ones count, whichever features are on.
fn arrows(metadata: &Metadata) -> Vec<Arrow> {
    let members = metadata.workspace_packages();
    let mut arrows = Vec::new();
    for package in &members {
        for dependency in &package.dependencies {
            if members.iter().any(|member| *member.name == dependency.name) {
                arrows.push(Arrow {
                    from: package.name.to_string(),
                    to: dependency.name.clone(),
                    kind: match dependency.kind {
                        DependencyKind::Development => Kind::Dev,
                        _ => Kind::Build,
                    },
                    optional: dependency.optional,
                });
            }
        }
    }
    arrows
}

/// The members that are examples: they lie in `examples/`.
fn examples(metadata: &Metadata) -> Vec<String> {
    let folder = metadata.workspace_root.join("examples");
    metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| package.manifest_path.starts_with(&folder))
        .map(|package| package.name.to_string())
        .collect()
}

fn forbidden(arrows: &[Arrow], examples: &[String]) -> Vec<String> {
    arrows
        .iter()
        .filter_map(|arrow| {
            let why = fault(arrow, examples)?;
            Some(format!("{} → {}: {why}", arrow.from, arrow.to))
        })
        .collect()
}

fn fault(arrow: &Arrow, examples: &[String]) -> Option<String> {
    let (from, to) = (arrow.from.as_str(), arrow.to.as_str());
    if from == TESTS {
        return None;
    }
    if examples.contains(&arrow.from) {
        return published(to)
            .is_none()
            .then(|| "an example uses what an author can use: published crates".to_owned());
    }
    // Tests that turn on features of their own crate.
    if from == to && matches!(arrow.kind, Kind::Dev) {
        return None;
    }
    let Some(allowed) = published(from) else {
        return Some(format!(
            "{from} is not part of the house; add it to the arrows here and in ARCHITECTURE.md"
        ));
    };
    match arrow.kind {
        Kind::Build if !allowed.contains(&to) => Some(format!("only {allowed:?} may follow")),
        Kind::Build if OPTIONAL.contains(&(from, to)) && !arrow.optional => {
            Some("this arrow must be optional".to_owned())
        }
        // Tests of a crate see what lies below it; what needs to look up or
        // across is a test of the house and stands in `tests/`.
        Kind::Dev if !below(from).contains(&to) => Some(format!(
            "tests of {from} may use {:?}; others stand in {TESTS}",
            below(from)
        )),
        _ => None,
    }
}

fn published(name: &str) -> Option<&'static [&'static str]> {
    ARROWS
        .iter()
        .find(|(from, _)| *from == name)
        .map(|(_, to)| *to)
}

/// Everything that `name` reaches along the arrows.
fn below(name: &str) -> Vec<&'static str> {
    let mut reached: Vec<&str> = Vec::new();
    let mut open = published(name).unwrap_or_default().to_vec();
    while let Some(next) = open.pop() {
        if !reached.contains(&next) {
            reached.push(next);
            open.extend(published(next).unwrap_or_default());
        }
    }
    reached
}

#[test]
fn no_arrow_but_those_of_the_design() {
    assert_none(&forbidden(&arrows(&METADATA), &examples(&METADATA)));
}

#[test]
fn every_crate_of_the_house_is_a_member() {
    let members = METADATA.workspace_packages();
    for (name, _) in ARROWS {
        assert!(members.iter().any(|member| member.name == name), "{name}");
    }
}

#[test]
fn the_macro_is_on_by_default() {
    let members = METADATA.workspace_packages();
    let runtime = members
        .iter()
        .find(|member| member.name == "extyped")
        .expect("the runtime");
    let enabled: Vec<_> = runtime.features["default"]
        .iter()
        .flat_map(|feature| runtime.features.get(feature).into_iter().flatten())
        .collect();
    assert!(enabled.contains(&&"dep:extyped-macros".to_owned()));
}

#[test]
fn an_arrow_against_the_design_is_found() {
    let check = |from: &str, to: &str, kind, optional| {
        let arrow = Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            kind,
            optional,
        };
        forbidden(&[arrow], &["load-balancer".to_owned()]).len()
    };
    // Upwards, across, past a layer.
    assert_eq!(
        check("extyped-line", "extyped-manifest", Kind::Build, false),
        1
    );
    assert_eq!(check("extyped", "extyped-manifest", Kind::Build, true), 1);
    assert_eq!(
        check("extyped-macros", "extyped-line", Kind::Build, false),
        1
    );
    // Not optional, or not of the house.
    assert_eq!(check("extyped", "extyped-macros", Kind::Build, false), 1);
    assert_eq!(check("extyped", "extyped-simulator", Kind::Build, false), 1);
    assert_eq!(check("extyped-simulator", "extyped", Kind::Dev, false), 1);
    assert_eq!(check("extyped-facade", "extyped", Kind::Build, false), 1);
    assert_eq!(check("load-balancer", TESTS, Kind::Dev, false), 1);
    assert_eq!(check("extyped-line", "extyped", Kind::Dev, false), 1);
    // And what is allowed.
    assert_eq!(check("extyped", "extyped-macros", Kind::Build, true), 0);
    assert_eq!(check("extyped-macros", "extyped-line", Kind::Dev, false), 0);
    assert_eq!(
        check("load-balancer", "extyped-codegen", Kind::Build, false),
        0
    );
    assert_eq!(check(TESTS, "load-balancer", Kind::Dev, false), 0);
}
