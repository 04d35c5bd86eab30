//! The package to upload, and what can be said of it before it is sent.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use extyped_manifest::diagnostic::Report;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml;
use extyped_package::extension::package_name;
use extyped_package::limits::{self, Fit};
use extyped_package::{archive, layout};

use super::answer::one_line;
use super::say;
use crate::extension::Extension;
use crate::failure::Failure;
use crate::files;

/// What a package may unpack to here; it holds what is compressed already.
const MAX_UNPACKED: u64 = 2 * limits::HARD;

/// What an upload may consist of.
const PARTS: [&str; 3] = [layout::EXTENSION, layout::SIGNATURE, layout::TIMESTAMP];

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

/// Why there is none.
pub(super) enum NoPackage {
    /// It is there, and no tenant would take it.
    Unfit(Failure),
    /// It cannot be found or read.
    Failed(Failure),
}

impl From<Failure> for NoPackage {
    fn from(failure: Failure) -> Self {
        NoPackage::Failed(failure)
    }
}

impl Package {
    /// The package at `path`, or that of the project there.
    pub(super) fn find(path: &Path) -> Result<Package, NoPackage> {
        if path.is_file() && !is_manifest(path) {
            let project = path.parent().and_then(Path::parent);
            let local = project.and_then(|project| source_of(project).ok());
            return Package::open(path, local.as_ref());
        }
        let local = source_of(path)?;
        let (name, version) = identity(&local.1)?;
        let file = package_name(&name, &version);
        let places = places(path, &local.0, &file);
        let Some(package) = places.iter().find(|place| place.is_file()) else {
            let place = places.first().map(|place| place.display().to_string());
            return Err(Failure::new(format!(
                "there is no package of {name} {version}: {}",
                place.unwrap_or(file)
            ))
            .help("`extyped build` makes it; or name the package itself")
            .into());
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

    fn open(path: &Path, local: Option<&(PathBuf, SourceFile)>) -> Result<Package, NoPackage> {
        let shown = path.display().to_string();
        let unfit = |why: &str, help: &str| {
            let failure = Failure::new(format!("{shown} {why}")).help(help);
            Err(NoPackage::Unfit(failure))
        };
        let bytes = read(path)?;
        if limits::fit(bytes.len() as u64) == Fit::TooLarge {
            return unfit(
                "is larger than 25 MB, the most that a tenant takes",
                "leave out what the extension does not need where it runs",
            );
        }
        if !bytes.starts_with(b"PK") {
            return unfit(
                "is no zip",
                "`extyped build` writes the package into `dist`",
            );
        }
        let parts = archive::read(&bytes, MAX_UNPACKED)
            .map_err(|why| NoPackage::Unfit(Failure::new(format!("{shown} is broken: {why}"))))?;
        let part = |name: &str| parts.iter().find(|part| part.name == name);
        if part(layout::EXTENSION).is_none() {
            return if part(layout::MANIFEST).is_some() {
                unfit(
                    "is `extension.zip` itself, without a signature",
                    "a tenant takes a zip of `extension.zip` and `extension.zip.sig`: \
                     `extyped build` makes it",
                )
            } else {
                unfit(
                    "is no package of an extension: there is no `extension.zip` in it",
                    "`extyped build` makes one",
                )
            };
        }
        if part(layout::SIGNATURE).is_none_or(|signature| signature.content.is_empty()) {
            return unfit(
                "is not signed: there is no `extension.zip.sig` in it",
                "a tenant takes nothing without a signature",
            );
        }
        if let Some(other) = parts
            .iter()
            .find(|part| !PARTS.contains(&part.name.as_str()))
        {
            return unfit(
                &format!(
                    "holds `{}`, with which no tenant takes it",
                    one_line(&other.name)
                ),
                "only `extension.zip` and its signature may be in it; what belongs to the \
                 extension goes into `extension.zip`",
            );
        }
        let packed = Extension::open(&path.display().to_string()).map_err(NoPackage::Unfit)?;
        let (name, version) = identity(&packed.source).map_err(NoPackage::Unfit)?;
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

/// Name and version of the extension of a manifest.
pub(super) fn identity(manifest: &SourceFile) -> Result<(String, String), Failure> {
    let tree = yaml::parse(manifest, &mut Report::default());
    let root = tree.as_ref().map(yaml::Tree::root);
    let field = |name: &str| {
        let value = root.and_then(|root| root.get(name));
        let text = value.and_then(yaml::Node::as_str);
        text.map(str::to_owned).ok_or_else(|| {
            Failure::new(format!("{} has no `{name}`", manifest.name()))
                .help("`extyped check` says what is wrong with it")
        })
    };
    Ok((field("name")?, field("version")?))
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

    #[test]
    fn name_and_version_are_texts_as_written() {
        let manifest = SourceFile::new("m", "name: custom:x\nversion: 1.20\n");
        let (name, version) = identity(&manifest).expect("both");
        assert_eq!((name.as_str(), version.as_str()), ("custom:x", "1.20"));
        let manifest = SourceFile::new("m", "name: custom:x\n");
        let told = identity(&manifest).expect_err("no version").to_string();
        assert!(told.contains("m has no `version`"), "{told}");
    }
}
