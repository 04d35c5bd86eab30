//! The files beside a manifest: what of a folder is read, and what is not.

use std::fs;
use std::path::PathBuf;

use extyped_manifest::beside::{self, Files, Folder, Lookup};
use extyped_manifest::source::SourceFile;

/// A folder of its own for each test, below what cargo cleans.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("alerts")).expect("the folder can be made");
    fs::write(folder.join("extension.yaml"), "").expect("the file can be written");
    folder
}

fn is_found(files: &Folder, path: &str) -> bool {
    matches!(files.read(path), Lookup::Found(_))
}

#[test]
fn a_file_is_called_as_the_manifest_calls_it() {
    let root = folder("called");
    fs::write(root.join("alerts/a.json"), "{}").expect("the file can be written");
    let files = Folder::of(root.join("extension.yaml"));
    match files.read("alerts/a.json") {
        Lookup::Found(source) => assert_eq!(source.name(), "alerts/a.json"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(files.read("alerts/b.json"), Lookup::Missing));
    assert!(matches!(files.read("alerts"), Lookup::Unreadable(_)));
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let root = folder("outside");
    fs::write(root.join("secret.json"), "{}").expect("the file can be written");
    let files = Folder::of(root.join("alerts/extension.yaml"));
    let absolute = root.join("secret.json");
    for path in ["../secret.json", absolute.to_str().expect("text")] {
        assert!(matches!(files.read(path), Lookup::Skipped), "{path}");
    }
}

#[test]
fn only_so_many_files_are_read() {
    let root = folder("many");
    fs::write(root.join("alerts/a.json"), "{}").expect("the file can be written");
    let files = Folder::of(root.join("extension.yaml"));
    let read = (0..1_000).filter(|_| is_found(&files, "alerts/a.json"));
    assert_eq!(read.count(), 500);
}

#[test]
fn a_manifest_by_itself_is_told_from_one_with_files() {
    let root = folder("bare");
    fs::remove_dir(root.join("alerts")).expect("the folder is empty");
    let files = Folder::of(root.join("extension.yaml"));
    assert!(files.is_bare());
    fs::write(root.join("activationSchema.json"), "{}").expect("the file can be written");
    assert!(!files.is_bare());
}

#[test]
fn files_are_found_wherever_a_manifest_names_them() {
    let named = |text: &str| beside::named(&SourceFile::new("extension.yaml", text));
    assert_eq!(
        named(
            "python:\n  activation:\n    remote: {path: activationSchema.json}\n\
             alerts:\n  - path: alerts/a.json\n  - path: alerts/a.json\n\
             dashboards:\n  - path: ../outside.json\n  - path: /etc/passwd\n\
             documents:\n  dashboards:\n    - displayName: x\n      path: documents/b.json\n\
             openpipeline:\n  pipelines:\n    - pipelinePath: c.json\n\
             screens:\n  - path: no/file.json\n",
        ),
        [
            "activationSchema.json",
            "alerts/a.json",
            "documents/b.json",
            "c.json"
        ]
    );
    assert_eq!(named("["), [""; 0]);
}
