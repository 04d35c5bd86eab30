//! An extension wherever it is: in a folder, in a revision of git, in a built
//! package.

mod git;
mod package;

use std::path::{Path, PathBuf};

use extyped_manifest::beside::{self, Files, Folder, Lookup};
use extyped_manifest::diagnostic::Diagnostic;
#[cfg(feature = "package")]
use extyped_manifest::diagnostic::Report;
use extyped_manifest::file::MAX_BYTES;
use extyped_manifest::source::SourceFile;
#[cfg(feature = "package")]
use extyped_manifest::yaml;

use crate::failure::Failure;
use crate::files;

use self::git::Revision;
use self::package::Package;

/// A manifest and a way to the files that it names.
#[derive(Debug)]
pub(crate) struct Extension {
    /// The manifest, named as the author wrote the place.
    pub source: SourceFile,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Revision(Revision),
    Package(Package),
}

impl Extension {
    /// Finds the extension at `place`: a manifest or its folder, a revision
    /// (`git:REV:PATH`), or a package.
    pub(crate) fn open(place: &str) -> Result<Extension, Failure> {
        if let Some(revision) = place.strip_prefix("git:") {
            let revision = Revision::parse(revision)?;
            let (source, revision) = revision.manifest()?;
            let place = Place::Revision(revision);
            return Ok(Extension { source, place });
        }
        let path = Path::new(place);
        if path.is_file() && package::is_zip(path) {
            let package = Package::open(path)?;
            let source = package.manifest()?;
            let place = Place::Package(package);
            return Ok(Extension { source, place });
        }
        let path = files::manifest(path)?;
        let source =
            SourceFile::read(&path).map_err(|it| unreadable(&it.source, &it.diagnostic))?;
        let place = Place::Folder(path);
        Ok(Extension { source, place })
    }

    /// A file that the manifest names; none if it is not there or no text, or
    /// if its path leads out of the extension: what the manifest says must not
    /// decide which files of this machine are shown.
    pub(crate) fn companion(&self, name: &str) -> Option<SourceFile> {
        if !beside::is_inside(name) {
            return None;
        }
        match &self.place {
            Place::Folder(manifest) => match Folder::of(manifest).read(name) {
                Lookup::Found(source) => Some(source),
                Lookup::Missing | Lookup::Unreadable(_) | Lookup::Skipped => None,
            },
            Place::Revision(revision) => revision.beside(name).read().ok(),
            Place::Package(package) => package.read(name).ok(),
        }
        .map(|source| source.named(name))
    }
}

impl Files for Extension {
    fn read(&self, path: &str) -> Lookup {
        self.companion(path).map_or(Lookup::Missing, Lookup::Found)
    }

    fn is_bare(&self) -> bool {
        false
    }
}

/// Name and version of the extension of a manifest.
#[cfg(feature = "package")]
pub(crate) fn identity(manifest: &SourceFile) -> Result<(String, String), Failure> {
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

/// The name of the file that the extension of a manifest is packed into.
#[cfg(feature = "package")]
pub(crate) fn package_name(manifest: &SourceFile) -> Result<String, Failure> {
    let (name, version) = identity(manifest)?;
    let file = extyped_package::extension::package_name(&name, &version);
    // What a manifest says must not decide where on this machine is written.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || version.is_empty() || !file.chars().all(is_plain) {
        let failure = format!("{} has no usable `name` or `version`", manifest.name());
        return Err(Failure::new(failure).help("`extyped check` says what is wrong with it"));
    }
    Ok(file)
}

/// A place that cannot be read, as a reason to end.
fn unreadable(source: &SourceFile, finding: &Diagnostic) -> Failure {
    Failure::new(format!("{}: {}", source.name(), finding.message))
}

/// The text of a file that came as bytes.
fn text(name: &str, bytes: Vec<u8>) -> Result<SourceFile, Failure> {
    if bytes.len() > MAX_BYTES {
        let limit = MAX_BYTES / 1_000_000;
        return Err(Failure::new(format!("{name} is larger than {limit} MB")));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(name, text)),
        Err(_) => Err(Failure::new(format!("{name} is not encoded in UTF-8"))),
    }
}

#[cfg(all(test, feature = "package"))]
mod tests {
    use super::*;

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
