//! Finding the manifest, and what to say where there is none.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a macro was called.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The folder of Cargo.toml.
    pub(crate) manifest_dir: Option<PathBuf>,
    /// The folder of the calling file.
    pub(crate) source_dir: Option<PathBuf>,
}

/// How many files a message names.
const NEAR: usize = 5;

impl Site {
    /// The manifest at `path`: relative to the folder of Cargo.toml, else to
    /// that of the calling file. Where there is none, the message says what
    /// was tried and what is near.
    pub(crate) fn locate(&self, path: &str) -> Result<PathBuf, String> {
        let mut tried = self.folders().map(|folder| folder.join(path));
        if let Some(found) = tried.find(|path| path.is_file()) {
            // rustc resolves relative paths from the calling file.
            return Ok(std::path::absolute(&found).unwrap_or(found));
        }
        let mut message = format!("{path}: there is no such file");
        if Path::new(path).is_relative() {
            let mut tried = Vec::new();
            if self.manifest_dir.is_some() {
                tried.push(format!("$CARGO_MANIFEST_DIR/{path}"));
            }
            if let Some(folder) = &self.source_dir {
                tried.push(folder.join(path).display().to_string());
            }
            message = format!("{message}\nlooked for {}", tried.join("\n       and "));
        }
        let near = self.near(path);
        let help = if near.is_empty() {
            "write the path of extension.yaml from the folder of Cargo.toml".to_owned()
        } else {
            format!("near it there is \"{}\"", near.join("\", \""))
        };
        Err(format!("{message}\nhelp: {help}"))
    }

    fn folders(&self) -> impl Iterator<Item = &Path> {
        let source_dir = self.source_dir.iter().filter(|&folder| {
            // A calling file beside Cargo.toml adds nothing.
            self.manifest_dir.as_ref() != Some(folder)
        });
        self.manifest_dir
            .iter()
            .chain(source_dir)
            .map(PathBuf::as_path)
    }

    /// YAML files where the author may have meant, as the macro takes them.
    fn near(&self, path: &str) -> Vec<String> {
        let wanted = Path::new(path);
        let parent = wanted.parent().unwrap_or(Path::new(""));
        let mut near: Vec<String> = Vec::new();
        for folder in self.folders() {
            for place in [parent, Path::new("extension"), Path::new("")] {
                near.extend(yaml_files(&folder.join(place)).map(|name| {
                    let file = place.join(name).display().to_string();
                    file.replace('\\', "/")
                }));
            }
        }
        near.sort_unstable();
        near.dedup();
        near.truncate(NEAR);
        near
    }
}

/// The names of the YAML files in a folder; none where it cannot be read.
fn yaml_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| {
            let extension = path.extension().and_then(OsStr::to_str);
            matches!(extension, Some("yaml" | "yml")) && path.is_file()
        })
        .filter_map(|path| path.file_name().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A package with a manifest and a source file that calls the macro.
    fn package() -> (tempfile::TempDir, Site) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for inner in ["extension", "src"] {
            fs::create_dir(folder.path().join(inner)).expect("it is not there yet");
        }
        for file in [
            "extension/extension.yaml",
            "extension/notes.txt",
            "src/local.yaml",
        ] {
            fs::write(folder.path().join(file), "").expect("it can be written");
        }
        let site = Site {
            manifest_dir: Some(folder.path().to_owned()),
            source_dir: Some(folder.path().join("src")),
        };
        (folder, site)
    }

    #[test]
    fn a_path_starts_at_cargo_toml_or_at_the_calling_file() {
        let (folder, site) = package();
        for (path, found) in [
            ("extension/extension.yaml", "extension/extension.yaml"),
            ("local.yaml", "src/local.yaml"),
        ] {
            assert_eq!(site.locate(path), Ok(folder.path().join(found)));
        }
    }

    #[test]
    fn a_missing_file_names_what_was_tried_and_what_is_near() {
        let (folder, site) = package();
        let beside = folder.path().join("src/extension/extension.yml");
        assert_eq!(
            site.locate("extension/extension.yml"),
            Err(format!(
                "extension/extension.yml: there is no such file\n\
                 looked for $CARGO_MANIFEST_DIR/extension/extension.yml\n       and {}\n\
                 help: near it there is \"extension/extension.yaml\", \"local.yaml\"",
                beside.display()
            ))
        );
    }

    #[test]
    fn where_nothing_is_near_the_help_is_general() {
        let (folder, _) = package();
        let site = Site {
            manifest_dir: Some(folder.path().join("nowhere")),
            source_dir: None,
        };
        let message = site
            .locate("extension.yaml")
            .expect_err("there is no such folder");
        assert!(
            message.ends_with("from the folder of Cargo.toml"),
            "{message}"
        );
    }
}
