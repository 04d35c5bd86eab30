//! What holds for every manifest, and for every text that once was one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use extyped_manifest::beside::Alone;
use extyped_manifest::contract::{Contract, Overrides};
use extyped_manifest::source::SourceFile;
use extyped_manifest::{Checked, check, fix};
use proptest::prelude::*;

/// An entity type with one rule, in the terms of the topology.
#[derive(Debug, Clone)]
struct Entity {
    prefix: &'static str,
    id: BTreeSet<&'static str>,
    required: BTreeSet<&'static str>,
}

/// A manifest small enough to say by hand what it means.
#[derive(Debug, Clone)]
struct Example {
    /// The metrics and the dimensions they declare.
    metrics: BTreeMap<&'static str, BTreeSet<&'static str>>,
    types: Vec<Entity>,
}

const DIMENSIONS: [&str; 5] = ["a", "b", "c", "d", "dt.host"];

fn dimensions(least: usize) -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::collection::btree_set(prop::sample::select(&DIMENSIONS), least..4)
}

fn example() -> impl Strategy<Value = Example> {
    let key = prop::sample::select(&["m.x", "m.x.one", "m.x.two", "m.xy", "m.z.count"]);
    let prefix = prop::sample::select(&["m.", "m.x", "m.x.", "m.z"]);
    let required = prop_oneof![Just(BTreeSet::new()), dimensions(1)];
    let entity = (prefix, dimensions(1), required).prop_map(|(prefix, id, required)| Entity {
        prefix,
        id,
        required,
    });
    let declared = prop_oneof![Just(BTreeSet::new()), dimensions(1)];
    let metrics = prop::collection::btree_map(key, declared, 1..5);
    let types = prop::collection::vec(entity, 0..5);
    (metrics, types).prop_map(|(metrics, types)| Example { metrics, types })
}

impl Example {
    fn text(&self) -> String {
        let mut text = "name: custom:test\nmetrics:\n".to_owned();
        let list = |keys: &BTreeSet<&str>| {
            let items: Vec<String> = keys.iter().map(|key| format!("{{key: {key}}}")).collect();
            format!("[{}]", items.join(", "))
        };
        for (key, declared) in &self.metrics {
            let declared = list(declared);
            let _ = writeln!(
                text,
                "  - {{key: {key}, metadata: {{dimensions: {declared}}}}}"
            );
        }
        if !self.types.is_empty() {
            text.push_str("topology:\n  types:\n");
        }
        for (at, entity) in self.types.iter().enumerate() {
            let id: Vec<String> = entity.id.iter().map(|key| format!("{{{key}}}")).collect();
            let id = id.concat();
            let required = list(&entity.required);
            let prefix = entity.prefix;
            let _ = writeln!(
                text,
                "    - {{name: 't:n{at}', rules: [{{idPattern: 'i{id}', requiredDimensions: {required}, \
                 sources: [{{sourceType: Metrics, condition: '$prefix({prefix})'}}]}}]}}"
            );
        }
        text
    }

    /// The types that select a metric.
    fn types_of(&self, key: &str) -> impl Iterator<Item = &Entity> {
        self.types
            .iter()
            .filter(move |entity| key.starts_with(entity.prefix))
    }
}

impl Entity {
    fn need(&self) -> BTreeSet<&'static str> {
        let all = self.id.union(&self.required);
        all.copied().filter(|key| !key.starts_with("dt.")).collect()
    }

    fn is_conditional(&self) -> bool {
        !self.required.is_empty()
    }
}

/// The required dimensions of all sets of a metric.
fn sets_of<'c>(contract: &'c Contract, key: &str) -> Vec<BTreeSet<&'c str>> {
    let sets = contract.sets.iter();
    sets.filter(|set| {
        set.metrics
            .iter()
            .any(|&at| contract.metrics[at].key == key)
    })
    .map(|set| {
        let dimensions = set.dimensions.iter();
        dimensions
            .filter(|d| d.required)
            .map(|d| d.key.as_str())
            .collect()
    })
    .collect()
}

fn read(text: &str) -> Checked {
    check(
        &SourceFile::new("extension.yaml", text),
        &Overrides::default(),
        &Alone,
    )
}

proptest! {
    #[test]
    fn declared_dimensions_are_all_of_a_set(example in example()) {
        let contract = read(&example.text()).contract;
        for (key, declared) in example.metrics.iter().filter(|(_, d)| !d.is_empty()) {
            let own: BTreeSet<&str> =
                declared.iter().copied().filter(|key| !key.starts_with("dt.")).collect();
            prop_assert_eq!(sets_of(&contract, key), vec![own]);
        }
    }

    #[test]
    fn inferred_sets_serve_every_type_and_never_lose_one_that_wants_all(example in example()) {
        let contract = read(&example.text()).contract;
        for key in example.metrics.iter().filter(|(_, d)| d.is_empty()).map(|(key, _)| key) {
            let sets = sets_of(&contract, key);
            let types = example.types_of(key).count();
            prop_assert!(sets.len() <= types.max(1));
            for entity in example.types_of(key) {
                let serves = |set: &BTreeSet<&str>| entity.need().is_subset(set);
                if entity.is_conditional() {
                    prop_assert!(sets.iter().any(serves), "{key} serves {entity:?}");
                } else {
                    prop_assert!(sets.iter().all(serves), "{key} always serves {entity:?}");
                }
            }
            // And asks for nothing that no type needs.
            let needed: BTreeSet<&str> =
                example.types_of(key).flat_map(Entity::need).collect();
            prop_assert!(sets.iter().all(|set| set.is_subset(&needed)));
        }
    }

    #[test]
    fn sets_are_told_apart_by_what_they_require_and_their_name(example in example()) {
        let contract = read(&example.text()).contract;
        let mut seen = BTreeSet::new();
        for set in &contract.sets {
            let mut required: Vec<&str> =
                set.dimensions.iter().filter(|d| d.required).map(|d| d.key.as_str()).collect();
            required.sort_unstable();
            let name = set.entity_type.as_ref().map(|entity| entity.name.as_str());
            prop_assert!(seen.insert((required, name)), "{:?}", contract.sets);
        }
    }

    #[test]
    fn the_same_text_always_means_the_same(example in example()) {
        let text = example.text();
        prop_assert_eq!(format!("{:?}", read(&text)), format!("{:?}", read(&text)));
    }
}

fn fixtures() -> Vec<String> {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<PathBuf> = Vec::new();
    for code in std::fs::read_dir(root)
        .expect("there are fixtures")
        .flatten()
    {
        let inside = std::fs::read_dir(code.path()).expect("a folder for each code");
        files.extend(inside.flatten().map(|file| file.path()));
    }
    files.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    let read = |path: PathBuf| std::fs::read_to_string(path).expect("the fixture is readable");
    files.into_iter().map(read).collect()
}

/// A fixture after a few blows: lines lost, doubled, indented or swapped, and
/// characters put in that mean something to YAML.
fn damaged() -> impl Strategy<Value = String> {
    let blow = (
        0..5_u8,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        "[-:{}\\[\\]'\"&*!|>#$~%é \n]",
    );
    let blows = prop::collection::vec(blow, 1..6);
    (prop::sample::select(fixtures()), blows).prop_map(|(text, blows)| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (kind, one, other, piece) in blows {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            match kind {
                0 if lines.len() > 1 => drop(lines.remove(one)),
                1 => lines.insert(one, lines[other].clone()),
                2 => lines.swap(one, other),
                3 => lines[one].insert_str(0, "  "),
                _ => {
                    let at = lines[one].len() / 2;
                    let at = lines[one].floor_char_boundary(at);
                    lines[one].insert_str(at, &piece);
                }
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #[test]
    fn no_damage_makes_the_checks_panic_or_point_outside_the_text(text in damaged()) {
        let Checked { contract, report, .. } = read(&text);
        let inside = |start: u32, end: u32| text.get(start as usize..end as usize).is_some();
        for finding in report.diagnostics() {
            let related = finding.related.iter().map(|related| related.span);
            let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
            for span in finding.span.into_iter().chain(related).chain(edits) {
                prop_assert!(inside(span.start, span.end), "{finding:?}");
            }
            if let Some(fix) = &finding.fix {
                let fixed = fix::apply(&text, std::slice::from_ref(fix));
                prop_assert_eq!(fixed.skipped, 0, "{:?}", fix);
            }
        }
        for set in &contract.sets {
            prop_assert!(set.metrics.iter().all(|&at| at < contract.metrics.len()));
        }
    }
}
