//! What every file of the house looks like.

use std::fs;
use std::path::{Path, PathBuf};

use crate::assert_none;
use crate::workspace::{relative, root};

/// Past this a file decides too many things at once.
const MAX_LINES: usize = 600;

/// Folders whose content is a test's data, not somebody's code.
const DATA: &[&str] = &["golden", "fixtures"];

/// Folders that are built, not written.
const BUILT: &[&str] = &["target", "node_modules"];

/// Every file below `folder` but hidden and built ones, in a stable order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the workspace") {
            let entry = entry.expect("an entry of a folder of the workspace");
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // What CI runs is ours although its folder is hidden.
            let hidden = name.starts_with('.') && name != ".ci";
            if hidden || BUILT.contains(&name.as_ref()) {
                continue;
            }
            if entry.path().is_dir() {
                open.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
        && !path
            .components()
            .any(|part| DATA.iter().any(|data| part.as_os_str() == *data))
}

fn too_long(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > MAX_LINES).then(|| format!("{name}: {lines} lines, at most {MAX_LINES}"))
}

/// Places of a machine: homes, and the folder this checkout lies in.
fn machine_places() -> Vec<String> {
    let mut places = vec![
        concat!("/ho", "me/").to_owned(),
        concat!("/Us", "ers/").to_owned(),
        concat!("/ro", "ot/").to_owned(),
        concat!("C:\\", "Users\\").to_owned(),
    ];
    // A checkout in `/src` says nothing: many files speak of a folder so named.
    if root().components().count() > 2 {
        places.push(root().display().to_string());
    }
    places
}

/// The lines of `text` that name a place of a machine. A path that only ends
/// like one, as `fixtures/home/x`, does not count.
fn machine_paths(name: &str, text: &str, places: &[String]) -> Vec<String> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| {
            places.iter().any(|place| {
                line.match_indices(place).any(|(at, _)| {
                    let before = line.get(..at).and_then(|before| before.chars().last());
                    !before.is_some_and(|c| c.is_alphanumeric() || "._-}/".contains(c))
                })
            })
        })
        .map(|(at, line)| format!("{name}:{}: {}", at + 1, line.trim()))
        .collect()
}

#[test]
fn no_source_file_grows_past_its_limit() {
    let broken: Vec<_> = files(root())
        .iter()
        .filter(|path| is_source(path))
        .filter_map(|path| {
            let text = fs::read_to_string(path).expect("a source file is UTF-8");
            too_long(&relative(path), &text)
        })
        .collect();
    assert_none(&broken);
}

#[test]
fn no_file_names_a_place_of_a_machine() {
    let places = machine_places();
    let mut broken = Vec::new();
    for path in files(root()) {
        // Images and the like hold no path anyone reads.
        if let Ok(text) = fs::read_to_string(&path) {
            broken.extend(machine_paths(&relative(&path), &text, &places));
        }
    }
    assert_none(&broken);
}

#[test]
fn the_walk_sees_the_house_and_not_what_is_built() {
    let seen: Vec<_> = files(root()).iter().map(|path| relative(path)).collect();
    for file in ["Cargo.toml", "tests/tests/house/files.rs", ".ci/run"] {
        assert!(seen.iter().any(|name| name == file), "{file} is not seen");
    }
    assert!(!seen.iter().any(|name| name.starts_with("target/")));
    assert!(is_source(Path::new("runtime/src/lib.rs")));
    assert!(!is_source(Path::new("tests/src/golden/plain.rs")));
}

#[test]
fn a_file_past_the_limit_is_found() {
    assert_eq!(too_long("a.rs", &"\n".repeat(MAX_LINES)), None);
    assert!(too_long("a.rs", &"\n".repeat(MAX_LINES + 1)).is_some());
}

#[test]
fn a_path_of_a_machine_is_found() {
    let places = ["/mnt/disk".to_owned()];
    let find = |line: &str| machine_paths("a.md", line, &places).len();
    assert_eq!(find("see /mnt/disk/extension.yaml"), 1);
    assert_eq!(find("\"/mnt/disk\""), 1);
    assert_eq!(find("fixtures/mnt/disk, x/mnt/disk, ${ROOT}/mnt/disk"), 0);
    assert!(machine_places().iter().all(|place| place.len() > 5));
}
