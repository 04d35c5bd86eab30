//! The package to upload, and what can be said of it before it is sent.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use extyped_manifest::source::SourceFile;
use extyped_package::layout;
use extyped_package::limits::{self, Fit};

use super::say;
use crate::extension::{Extension, identity, package_name};
use crate::failure::Failure;
use crate::files;

/// A package that can be sent.
pub(super) struct Package {
    /// What to call it.
    pub(super) shown: String,
    pub(super) bytes: Vec<u8>,
    /// What is in it; by the files it was built from if they are the same.
    pub(super) extension: Extension,
    pub(super) name: String,
    pub(super) version: String,
}

impl Package {
    /// The package at `path`, or that of the project there.
    pub(super) fn find(path: &Path) -> Result<Package, Failure> {
        if path.is_file() && !is_manifest(path) {
            let project = path.parent().and_then(Path::parent);
            let local = project.and_then(|project| source_of(project).ok());
            return Package::open(path, local.as_ref());
        }
        let local = source_of(path)?;
        let (name, version) = identity(&local.1)?;
        let file = package_name(&local.1)?;
        let places = places(path, &local.0, &file);
        let Some(package) = places.iter().find(|place| place.is_file()) else {
            let place = places.first().map(|place| place.display().to_string());
            return Err(Failure::new(format!(
                "there is no package of {name} {version}: {}",
                place.unwrap_or(file)
            ))
            .help("`extyped build` makes it; or name the package itself"));
        };
        let package = Package::open(package, Some(&local))?;
        if package.extension.source.name() != local.1.name() {
            say(&format!(
                "{} is not the manifest that {} was built from; `extyped build` builds it anew",
                local.1.name(),
                package.shown
            ));
        }
        Ok(package)
    }

    fn open(path: &Path, local: Option<&(PathBuf, SourceFile)>) -> Result<Package, Failure> {
        let shown = path.display().to_string();
        let unfit = |why: String, help: &str| {
            let why = format!("{shown} is nothing that a tenant takes: {why}");
            Err(Failure::new(why).help(help).unsound())
        };
        let bytes = read(path)?;
        if limits::fit(bytes.len() as u64) == Fit::TooLarge {
            return unfit(
                "it is larger than 25 MB".to_owned(),
                "leave out what the extension does not need where it runs",
            );
        }
        let faults = layout::read(&bytes).faults;
        if !faults.is_empty() {
            let help = "`extyped build` writes the package into `dist`";
            return unfit(faults.join("; "), help);
        }
        let packed = Extension::open(&path.display().to_string()).map_err(Failure::unsound)?;
        let (name, version) = identity(&packed.source).map_err(Failure::unsound)?;
        let is_local = local.is_some_and(|(_, local)| local.text() == packed.source.text());
        let extension = match local {
            Some((path, _)) if is_local => Extension::open(&path.display().to_string())?,
            _ => packed,
        };
        Ok(Package {
            shown,
            bytes,
            extension,
            name,
            version,
        })
    }
}

fn is_manifest(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str());
    matches!(end, Some("yaml" | "yml"))
}

/// The manifest of a project.
fn source_of(path: &Path) -> Result<(PathBuf, SourceFile), Failure> {
    let manifest = files::manifest(path)?;
    let source = SourceFile::read(&manifest).map_err(|unreadable| {
        let shown = manifest.display();
        Failure::new(format!("{shown}: {}", unreadable.diagnostic.message))
    })?;
    Ok((manifest, source))
}

/// Where the package of a project may be: in `dist` of the folder that was
/// named, or of those that its manifest lies in.
fn places(path: &Path, manifest: &Path, file: &str) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if path.is_dir() {
        folders.push(path.to_owned());
    }
    let folder = manifest.parent().map(Path::to_owned).unwrap_or_default();
    if folder.file_name().is_some_and(|name| name == "extension") {
        folders.extend(folder.parent().map(Path::to_owned));
    }
    folders.push(folder);
    let places = folders.iter().map(|folder| {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        files::join(folder, Path::new("dist").join(file))
    });
    places.collect()
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limits::HARD + 1).read_to_end(&mut bytes))
        .map_err(|cause| Failure::new(format!("{} cannot be read", path.display())).cause(cause))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_looked_for_beside_the_folder_of_the_extension() {
        let shown = |path: &str, manifest: &str| {
            let places = places(Path::new(path), Path::new(manifest), "x.zip");
            let places = places.iter().map(|place| place.display().to_string());
            places.collect::<Vec<_>>()
        };
        assert_eq!(
            shown("extension/extension.yaml", "extension/extension.yaml"),
            ["dist/x.zip", "extension/dist/x.zip"]
        );
        assert_eq!(shown("extension.yaml", "extension.yaml"), ["dist/x.zip"]);
    }
}
