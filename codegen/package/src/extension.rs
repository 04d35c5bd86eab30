//! `extension.zip`: the folder of the extension as its author wrote it, and the
//! wheels in `lib/`.

use std::error::Error;
use std::fmt;
use std::path::Path;

use crate::archive::{self, ArchiveError, Compression, Entry};

/// The folder of the archive that the Extension Execution Controller installs
/// wheels from.
pub const LIB: &str = "lib/";

/// `extension.zip` of the files of the folder, named from there, and of the
/// wheels, by their file names. The order of either does not matter.
///
/// # Errors
///
/// When `lib/` already has a wheel of the same distribution: an installer
/// would have to choose.
pub fn assemble(files: Vec<Entry>, wheels: Vec<Entry>) -> Result<Vec<u8>, AssembleError> {
    for wheel in &wheels {
        let mine = distribution(&wheel.name);
        let rival = files.iter().find(|file| {
            let wheel = file.name.strip_prefix(LIB);
            wheel.is_some_and(|name| is_wheel(name) && distribution(name) == mine)
        });
        if let Some(rival) = rival {
            return Err(AssembleError::Rival(rival.name.clone()));
        }
    }
    let wheels = wheels.into_iter().map(|wheel| Entry {
        name: format!("{LIB}{}", wheel.name),
        ..wheel
    });
    let mut entries: Vec<Entry> = files.into_iter().chain(wheels).collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    // What is executable on the machine of the build is a matter of that
    // machine; nothing here is run.
    for entry in &mut entries {
        entry.executable = false;
    }
    Ok(archive::write(&entries, Compression::Deflated)?)
}

/// Whether an installer takes the file for a wheel.
fn is_wheel(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it == "whl")
}

/// What a wheel is of: the first part of its file name, where `-` and `_` are
/// the same.
fn distribution(wheel: &str) -> String {
    let (name, _) = wheel.split_once('-').unwrap_or((wheel, ""));
    name.to_lowercase().replace(['.', '-'], "_")
}

/// The name of the package of an extension: what the platform's own tools call
/// it, too.
pub fn package_name(extension: &str, version: &str) -> String {
    format!("{}-{version}.zip", extension.replace(':', "_"))
}

/// Why there is no `extension.zip`.
#[derive(Debug)]
#[non_exhaustive]
pub enum AssembleError {
    /// The folder has a wheel of this extension already.
    Rival(String),
    /// The archive cannot be written.
    Archive(ArchiveError),
}

impl From<ArchiveError> for AssembleError {
    fn from(error: ArchiveError) -> Self {
        AssembleError::Archive(error)
    }
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AssembleError::Rival(name) => {
                write!(f, "{name} is a wheel of this extension already")
            }
            AssembleError::Archive(error) => error.fmt(f),
        }
    }
}

impl Error for AssembleError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> Vec<Entry> {
        vec![
            Entry::new("extension.yaml", "name: custom:x\r\n"),
            Entry::new("lib/other-1.0-py3-none-any.whl", "a library"),
            Entry::new("activationSchema.json", "{}").executable(),
        ]
    }

    fn wheel() -> Entry {
        Entry::new("my_ext-1.0.0-py3-none-win_amd64.whl", "a wheel")
    }

    #[test]
    fn the_folder_and_the_wheels_are_in_it_in_one_order() {
        let zip = assemble(folder(), vec![wheel()]).expect("an archive");
        let entries = archive::read(&zip, 1_000).expect("its entries");
        let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
        assert_eq!(
            names,
            [
                "activationSchema.json",
                "extension.yaml",
                "lib/my_ext-1.0.0-py3-none-win_amd64.whl",
                "lib/other-1.0-py3-none-any.whl",
            ]
        );
        assert_eq!(entries[1].content, b"name: custom:x\r\n", "byte for byte");

        let mut other = folder();
        other.reverse();
        other[0].executable = false;
        assert_eq!(zip, assemble(other, vec![wheel()]).expect("an archive"));
    }

    #[test]
    fn a_wheel_of_an_earlier_build_is_not_packed_beside_the_new_one() {
        let mut files = folder();
        files.push(Entry::new("lib/My.Ext-0.9.0-py3-none-any.whl", "old"));
        let refused = assemble(files, vec![wheel()]).expect_err("two wheels");
        assert!(
            refused.to_string().contains("lib/My.Ext-0.9.0"),
            "{refused}"
        );
    }

    #[test]
    fn a_package_is_named_as_the_tools_of_the_platform_do() {
        assert_eq!(
            package_name("custom:my-ext", "1.2.3"),
            "custom_my-ext-1.2.3.zip"
        );
    }
}
