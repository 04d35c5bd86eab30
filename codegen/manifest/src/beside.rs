//! The files beside a manifest: how they are found, and how much of them is
//! read.

use std::cell::Cell;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::Report;
use crate::file;
use crate::model;
use crate::source::SourceFile;
use crate::yaml;

/// Most files that are read for one manifest. The platform takes about 120.
const MAX_FILES: u32 = 500;

/// Most bytes of all files together. The platform takes packages of 25 MB.
const MAX_TOTAL: usize = 25_000_000;

/// The files that a manifest may name.
///
/// A face that has no file system, or does not want to read it, gives its own.
pub trait Files {
    /// The file at a path relative to the manifest's folder.
    fn read(&self, path: &str) -> Lookup;

    /// Whether there is nothing but manifests, so that a file that is missing
    /// was left behind rather than forgotten.
    fn is_bare(&self) -> bool;
}

/// What became of a look for a file.
#[derive(Debug)]
pub enum Lookup {
    /// It is there.
    Found(SourceFile),
    /// There is none.
    Missing,
    /// It is there, and this is why it cannot be read.
    Unreadable(String),
    /// It was not looked for: the budget is used up, or nobody wants to know.
    Skipped,
}

/// A file that a manifest names, and what is wrong with it.
#[derive(Debug)]
pub struct Companion {
    /// The file, called as the manifest calls it.
    pub source: SourceFile,
    /// The findings in it, sorted by place.
    pub report: Report,
}

impl Companion {
    /// Calls the file by its path from where the manifest is called by its own,
    /// for whoever is to open it: `extension/activationSchema.json`.
    #[must_use]
    pub fn beside(self, manifest: &str) -> Self {
        let path = match manifest.rfind(['/', '\\']) {
            Some(end) => {
                let folder = manifest.get(..=end).unwrap_or_default();
                format!("{folder}{}", self.source.name())
            }
            None => self.source.name().to_owned(),
        };
        Companion {
            source: self.source.named(path),
            report: self.report,
        }
    }
}

/// A manifest that is looked at alone, wherever it lies.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Files for Alone {
    fn is_bare(&self) -> bool {
        true
    }

    fn read(&self, _: &str) -> Lookup {
        Lookup::Skipped
    }
}

/// The folder a manifest lies in. It reads at most 500 files and 25 MB, and
/// nothing outside the folder.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    files: Cell<u32>,
    bytes: Cell<usize>,
}

impl Folder {
    /// The folder of the manifest at `manifest`.
    pub fn of(manifest: impl AsRef<Path>) -> Self {
        let root = manifest.as_ref().parent().unwrap_or(Path::new(""));
        Folder {
            root: root.to_owned(),
            files: Cell::new(0),
            bytes: Cell::new(0),
        }
    }
}

/// The paths of the files that a manifest names, as it writes them and each
/// once. Those that lead out of its folder are not among them: no package
/// contains them.
pub fn named(manifest: &SourceFile) -> Vec<String> {
    let tree = yaml::parse(manifest, &mut Report::default());
    let mut paths = Vec::new();
    if let Some(tree) = tree {
        for file in model::named_files(tree.root()) {
            if is_inside(&file.path) {
                paths.push(file.path.to_string());
            }
        }
    }
    paths
}

/// Whether a path, relative to the manifest's folder, stays in it.
pub fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 1_000;

impl Files for Folder {
    fn is_bare(&self) -> bool {
        let here = if self.root.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.root
        };
        let Ok(entries) = here.read_dir() else {
            return true;
        };
        let is_manifest = |path: PathBuf| {
            let end = path.extension().and_then(|end| end.to_str());
            matches!(end, Some("yaml" | "yml"))
        };
        entries
            .take(MAX_ENTRIES)
            .flatten()
            .all(|entry| is_manifest(entry.path()))
    }

    fn read(&self, path: &str) -> Lookup {
        // The check of the path itself says so; nothing outside is touched.
        if !is_inside(path) {
            return Lookup::Skipped;
        }
        let full = self.root.join(path);
        let Ok(metadata) = full.metadata() else {
            return Lookup::Missing;
        };
        if !metadata.is_file() {
            return Lookup::Unreadable("it is no file".to_owned());
        }
        let left = MAX_TOTAL.saturating_sub(self.bytes.get());
        let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        if self.files.get() >= MAX_FILES || size.min(file::MAX_BYTES) > left {
            return Lookup::Skipped;
        }
        self.files.set(self.files.get() + 1);
        self.bytes.set(self.bytes.get() + size.min(file::MAX_BYTES));
        match SourceFile::read(full) {
            Ok(source) => Lookup::Found(source.named(path)),
            Err(unreadable) => Lookup::Unreadable(unreadable.diagnostic.message),
        }
    }
}
