//! Where public manifests are found.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use extyped_codegen::manifest::source::SourceFile;

/// A manifest of the corpus.
pub(crate) struct Manifest {
    /// Its repository and its path there, or its path in the corpus.
    pub(crate) name: String,
    pub(crate) source: SourceFile,
    pub(crate) path: PathBuf,
}

/// All manifests, by name; none, with a message, where there are none.
pub(crate) fn all() -> Option<Vec<Manifest>> {
    let root = std::env::var_os("EXTYPED_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    let origins = origins(&root);
    let mut manifests = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_manifest = path
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml");
            if path.is_dir() {
                folders.push(path);
            } else if is_manifest {
                let here = path.strip_prefix(&root).unwrap_or(&path);
                let here = here.to_string_lossy().into_owned();
                let source = SourceFile::read(&path).expect("the corpus is readable");
                manifests.push(Manifest {
                    name: origins.get(&here).cloned().unwrap_or(here),
                    source: source.named("extension.yaml"),
                    path,
                });
            }
        }
    }
    manifests.sort_by(|a, b| a.name.cmp(&b.name));
    if manifests.is_empty() {
        skip(&format!(
            "no manifests in {} (set EXTYPED_CORPUS to test with a corpus)",
            root.display()
        ));
        return None;
    }
    Some(manifests)
}

/// Where each file comes from: the table beside them.
fn origins(root: &Path) -> HashMap<String, String> {
    let table = fs::read_to_string(root.join("INDEX.tsv")).unwrap_or_default();
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        let (repository, path, here) = (cells.next()?, cells.next()?, cells.next()?);
        let path = path.split(" (").next().unwrap_or(path);
        Some((here.to_owned(), format!("{repository}/{path}")))
    });
    rows.collect()
}

/// Says that a test was skipped, where the test runner does not keep it to
/// itself.
pub(crate) fn skip(reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}
