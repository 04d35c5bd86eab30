//! The files beside a manifest that it names: dashboards, alerts, documents,
//! pipelines, activation schemas.

use std::path::{Component, Path, PathBuf};

use extyped_manifest::diagnostic::Report;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Entry, Node};

/// Sections of the manifest that name files.
const SECTIONS: [&str; 6] = [
    "alertTemplates",
    "alerts",
    "dashboards",
    "documents",
    "openpipeline",
    "python",
];

/// The paths that a manifest names, as it writes them and each once. Those that
/// lead out of its folder are not among them: no package contains them.
pub(crate) fn named(source: &SourceFile) -> Vec<String> {
    let mut paths = Vec::new();
    if let Some(tree) = yaml::parse(source, &mut Report::default()) {
        for section in tree.root().entries() {
            if SECTIONS.contains(&section.name()) {
                collect(section, &mut paths);
            }
        }
    }
    paths
}

/// Where the file `name` lies that the manifest at `manifest` names.
pub(crate) fn beside(manifest: &Path, name: &str) -> PathBuf {
    manifest.with_file_name(name)
}

fn collect(entry: Entry<'_>, paths: &mut Vec<String>) {
    let is_path = entry.name() == "path" || entry.name().ends_with("Path");
    if let Some(path) = entry.value.as_str().filter(|_| is_path)
        && is_inside(path)
        && !paths.iter().any(|known| known == path)
    {
        paths.push(path.to_owned());
    }
    below(entry.value, paths);
}

/// The tree is at most a hundred levels deep, so this cannot run away.
fn below(node: Node<'_>, paths: &mut Vec<String>) {
    for entry in node.entries() {
        collect(entry, paths);
    }
    for item in node.items() {
        below(item, paths);
    }
}

fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_wherever_they_are_named() {
        let source = SourceFile::new(
            "extension.yaml",
            "python:\n  activation:\n    remote: {path: activationSchema.json}\n\
             alerts:\n  - path: alerts/a.json\n  - path: alerts/a.json\n\
             dashboards:\n  - path: ../outside.json\n  - path: /etc/passwd\n\
             documents:\n  dashboards:\n    - displayName: x\n      path: documents/b.json\n\
             openpipeline:\n  pipelines:\n    - pipelinePath: c.json\n\
             screens:\n  - path: no/file.json\n",
        );
        assert_eq!(
            named(&source),
            [
                "activationSchema.json",
                "alerts/a.json",
                "documents/b.json",
                "c.json"
            ]
        );
        assert_eq!(named(&SourceFile::new("", "[")), [""; 0]);
        let path = beside(Path::new("a/extension.yaml"), "alerts/a.json");
        assert_eq!(path, Path::new("a/alerts/a.json"));
    }
}
