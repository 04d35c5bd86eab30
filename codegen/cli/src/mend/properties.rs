//! What holds of mending, whatever the manifest.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use extyped_codegen::Options;
use extyped_manifest::beside::Folder;
use extyped_manifest::diagnostic::{Report, Severity};
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{Mended, mend};

/// Every fixture of every check: manifests with all kinds of faults.
static MANIFESTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../manifest/tests/fixtures");
    let folders = fs::read_dir(fixtures).expect("the fixtures");
    let mut paths: Vec<_> = folders
        .flat_map(|folder| fs::read_dir(folder.expect("an entry").path()).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    let text = |path| fs::read_to_string(path).ok();
    paths.iter().filter_map(text).collect()
});

/// A way to spoil a text, at some of its lines.
#[derive(Debug, Clone)]
enum Slip {
    Remove,
    Double,
    Indent,
    Quote,
    Comment,
    Join,
    Word(String),
}

fn slip() -> impl Strategy<Value = (Slip, Index)> {
    let slip = prop_oneof![
        Just(Slip::Remove),
        Just(Slip::Double),
        Just(Slip::Indent),
        Just(Slip::Quote),
        Just(Slip::Comment),
        Just(Slip::Join),
        "[a-z.:{}$()\"'#, -]{1,12}".prop_map(Slip::Word),
    ];
    (slip, any::<Index>())
}

fn spoiled(text: &str, slips: &[(Slip, Index)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (slip, at) in slips {
        if lines.is_empty() {
            break;
        }
        let at = at.index(lines.len());
        let line = lines[at].clone();
        match slip {
            Slip::Remove => drop(lines.remove(at)),
            Slip::Double => lines.insert(at, line),
            Slip::Indent => lines[at] = format!("  {line}"),
            Slip::Quote => lines[at] = line.replace(": ", ": '") + "'",
            Slip::Comment => lines[at] = format!("{line} # extyped: allow(EXT032) why"),
            Slip::Join => lines[at] = format!("{line} {{a: [b]}}"),
            Slip::Word(word) => lines[at] = format!("{line}{word}"),
        }
    }
    lines.join("\n")
}

fn check(source: &SourceFile) -> Report {
    // A manifest on its own: the files that it names are not there.
    let folder = Folder::of("nowhere/extension.yaml");
    extyped_codegen::check(source, &Options::default(), &folder).report
}

fn mended(text: &str) -> Mended {
    mend(SourceFile::new("extension.yaml", text), |_| true, check)
}

fn is_yaml(text: &str) -> bool {
    let mut report = Report::default();
    let source = SourceFile::new("extension.yaml", text);
    yaml::parse(&source, &mut report).is_some() && !report.has_errors()
}

/// The comments for people: those for the checks may go when they allow nothing.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| line.trim_start().starts_with('#') && !line.contains("extyped:"))
        .map(str::trim)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mending_ends_helps_and_leaves_what_can_be_read(
        manifest in any::<Index>(),
        slips in prop::collection::vec(slip(), 0..4),
    ) {
        let manifest: &String = manifest.get(&MANIFESTS);
        let text = spoiled(manifest, &slips);
        let before = check(&SourceFile::new("extension.yaml", text.as_str()));
        let first = mended(&text);
        let after = first.source.text();
        if first.titles.is_empty() {
            prop_assert_eq!(after, &text);
        } else {
            prop_assert!(is_yaml(after), "{}", after);
            prop_assert!(first.report.count(Severity::Error) <= before.count(Severity::Error));
        }
        if is_yaml(&text) {
            for comment in comments(&text) {
                prop_assert!(after.contains(comment), "{} is not in {}", comment, after);
            }
        }
        let second = mended(after);
        prop_assert_eq!(second.source.text(), after);
        prop_assert!(second.titles.is_empty(), "{:?}", second.titles);
    }
}
