//! The files of an extension: everything in the folder of its manifest.

use std::fs;
use std::io;
use std::path::Path;

use extyped_package::archive::Entry;

use crate::failure::Failure;
use crate::files;

/// What keeps a private key, whatever the file is called.
const KEY: &str = "PRIVATE KEY-----";

/// The secrets of development mode.
const SECRETS: &str = "secrets.json";

/// All files below the folder of the manifest, named from there. Hidden ones
/// are left out, as are the copies that editors make.
pub(super) fn read(manifest: &Path) -> Result<Vec<Entry>, Failure> {
    let folder = folder_of(manifest);
    if folder.join("Cargo.toml").is_file() {
        return Err(Failure::new(format!(
            "{} lies beside Cargo.toml, so that all of the project would be packed",
            manifest.display()
        ))
        .help("move it and the files it names into a folder of their own, `extension/`")
        .unsound());
    }
    let mut entries = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let unreadable =
            |cause| Failure::new(format!("{} cannot be read", folder.display())).cause(cause);
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(unreadable(io::Error::from(io::ErrorKind::InvalidFilename)));
            };
            if is_left_out(&name) {
                continue;
            }
            let path = files::join(&folder, &name);
            let name = format!("{prefix}{name}");
            if entry.file_type().map_err(unreadable)?.is_symlink() {
                return Err(symbolic(&path));
            }
            if path.is_dir() {
                open.push((path, format!("{name}/")));
            } else {
                entries.push(Entry::new(name, content(&path)?));
            }
        }
    }
    Ok(entries)
}

fn folder_of(manifest: &Path) -> &Path {
    match manifest.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Refuses to write to where everything is packed: the next build would have
/// this package in it.
pub(super) fn refuse_output(manifest: &Path, output: &Path) -> Result<(), Failure> {
    let unreadable =
        |cause| Failure::new(format!("{} cannot be read", output.display())).cause(cause);
    let folder = folder_of(manifest).canonicalize().map_err(unreadable)?;
    let place = std::path::absolute(output).map_err(unreadable)?;
    // Not all of it has to be there yet.
    let mut places = place.ancestors();
    let place = places.find_map(|place| place.canonicalize().ok());
    if place.is_some_and(|place| place.starts_with(&folder)) {
        return Err(Failure::new(format!(
            "{} lies beside the manifest, so that the next build would pack this one",
            output.display()
        ))
        .help("name the folder of the project, or another folder for the package: -o"));
    }
    Ok(())
}

fn is_left_out(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~')
}

/// Where a link leads is for the machine of the build to decide, and may be
/// anything.
fn symbolic(path: &Path) -> Failure {
    Failure::new(format!("{} is a link and is not packed", path.display()))
        .help("put the file itself there")
        .unsound()
}

fn content(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |cause| Failure::new(format!("{} cannot be read", path.display())).cause(cause);
    if !path.is_file() {
        return Err(unreadable(io::Error::other("it is no file")));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let is_secret = path.file_name().is_some_and(|name| name == SECRETS);
    if is_secret || contains(&bytes, KEY.as_bytes()) {
        let what = if is_secret {
            "secrets"
        } else {
            "a private key"
        };
        return Err(Failure::new(format!(
            "{} has {what} in it, and everything in this folder is shipped",
            path.display()
        ))
        .help("keep it outside the folder of the manifest")
        .unsound());
    }
    Ok(bytes)
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    fn names(files: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let folder = folder(files);
        let read = read(&folder.path().join("extension.yaml"));
        let mut names: Vec<String> = read
            .map_err(|failure| failure.to_string())?
            .into_iter()
            .map(|entry| entry.name)
            .collect();
        names.sort();
        Ok(names)
    }

    #[test]
    fn everything_is_packed_but_what_is_hidden() {
        let found = names(&[
            ("extension.yaml", ""),
            ("dashboards/one.json", "{}"),
            (".DS_Store", ""),
            (".git/config", ""),
            ("extension.yaml~", ""),
        ]);
        assert_eq!(
            found.expect("files"),
            ["dashboards/one.json", "extension.yaml"]
        );
    }

    #[test]
    fn secrets_and_keys_are_not_shipped() {
        for (name, text, said) in [
            ("secrets.json", "{}", "has secrets in it"),
            (
                "lib/developer.pem",
                "-----BEGIN RSA PRIVATE KEY-----\n",
                "has a private key in it",
            ),
        ] {
            let refused = names(&[("extension.yaml", ""), (name, text)]).expect_err(name);
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn the_project_is_not_packed_for_its_manifest() {
        let refused = names(&[("extension.yaml", ""), ("Cargo.toml", "")]);
        let refused = refused.expect_err("a project");
        assert!(refused.contains("beside Cargo.toml"), "{refused}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = folder(&[("extension.yaml", "")]);
        std::os::unix::fs::symlink("/etc", folder.path().join("lib")).expect("a link");
        let refused = read(&folder.path().join("extension.yaml")).expect_err("a link");
        assert!(refused.to_string().contains("is a link"), "{refused}");
    }
}
