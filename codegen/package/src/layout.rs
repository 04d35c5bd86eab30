//! What a package has to have in it, and nothing else.

use crate::archive::{self, ArchiveError, Compression, Entry};

/// The archive with the manifest at its top.
pub const EXTENSION: &str = "extension.zip";
/// Its signature.
pub const SIGNATURE: &str = "extension.zip.sig";
/// A time stamp of the signature. Dynatrace reads it of its own extensions.
pub const TIMESTAMP: &str = "extension.zip.sig.tsr";
/// The manifest in `extension.zip`.
pub const MANIFEST: &str = "extension.yaml";

/// Most bytes of a package that is looked at; the platform takes 25 MB.
pub const MAX_BYTES: u64 = 100_000_000;

/// A package with this extension and its signature. Nothing is compressed:
/// the extension is, and a signature is not worth it.
pub fn bundle(extension: Vec<u8>, signature: Vec<u8>) -> Result<Vec<u8>, ArchiveError> {
    let entries = [
        Entry::new(EXTENSION, extension),
        Entry::new(SIGNATURE, signature),
    ];
    archive::write(&entries, Compression::Stored)
}

/// What was found in a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The archive that is signed.
    pub extension: Option<Vec<u8>>,
    /// The signature of it.
    pub signature: Option<Vec<u8>>,
    /// What is not as it should be.
    pub faults: Vec<String>,
}

/// Takes a package apart. What is wrong with it is in the answer, beside all
/// that could be read nevertheless.
pub fn read(package: &[u8]) -> Layout {
    let mut layout = Layout {
        extension: None,
        signature: None,
        faults: Vec::new(),
    };
    let entries = match archive::read(package, MAX_BYTES) {
        Ok(entries) => entries,
        Err(error) => {
            layout.faults.push(format!("it cannot be read: {error}"));
            return layout;
        }
    };
    if entries.iter().any(|entry| entry.name == MANIFEST) {
        layout.faults.push(format!(
            "it is an {EXTENSION}, which is not signed: `extyped sign` makes a package of it"
        ));
        return layout;
    }
    for entry in entries {
        match entry.name.as_str() {
            EXTENSION => layout.extension = Some(entry.content),
            SIGNATURE if !entry.content.is_empty() => layout.signature = Some(entry.content),
            // One without content is as good as none.
            SIGNATURE | TIMESTAMP => {}
            other => {
                let other = other.escape_debug();
                let fault = format!("`{other}` does not belong into a package");
                layout.faults.push(fault);
            }
        }
    }
    match &layout.extension {
        None => layout.faults.push(format!("there is no {EXTENSION} in it")),
        Some(extension) => layout.faults.extend(inner_fault(extension)),
    }
    if layout.signature.is_none() {
        layout.faults.push(format!("there is no {SIGNATURE} in it"));
    }
    layout
}

fn inner_fault(extension: &[u8]) -> Option<String> {
    match archive::sizes(extension) {
        Err(error) => Some(format!("{EXTENSION} cannot be read: {error}")),
        Ok(files) if files.iter().any(|(name, _)| name == MANIFEST) => None,
        Ok(_) => Some(format!("{EXTENSION} has no {MANIFEST} at its top")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension() -> Vec<u8> {
        let entries = [Entry::new(MANIFEST, "name: custom:x\n")];
        archive::write(&entries, Compression::Deflated).expect("an archive")
    }

    fn package(entries: &[Entry]) -> Layout {
        read(&archive::write(entries, Compression::Deflated).expect("an archive"))
    }

    #[test]
    fn what_is_bundled_is_found_again() {
        let package = bundle(extension(), b"signature".to_vec()).expect("a package");
        let layout = read(&package);
        assert_eq!(layout.extension, Some(extension()));
        assert_eq!(layout.signature, Some(b"signature".to_vec()));
        assert_eq!(layout.faults, [""; 0]);
    }

    #[test]
    fn a_time_stamp_may_be_there_and_nothing_else() {
        let mut entries = vec![
            Entry::new(EXTENSION, extension()),
            Entry::new(SIGNATURE, "x"),
            Entry::new(TIMESTAMP, "x"),
        ];
        assert_eq!(package(&entries).faults, [""; 0]);
        entries.push(Entry::new("readme\u{1b}.txt", "x"));
        let layout = package(&entries);
        assert_eq!(
            layout.faults,
            ["`readme\\u{1b}.txt` does not belong into a package"]
        );
        // What is there is looked at nevertheless.
        assert!(layout.extension.is_some() && layout.signature.is_some());
    }

    #[test]
    fn all_that_is_missing_is_told() {
        assert_eq!(
            package(&[Entry::new("x/extension.zip", "x")]).faults,
            [
                "`x/extension.zip` does not belong into a package",
                "there is no extension.zip in it",
                "there is no extension.zip.sig in it"
            ]
        );
        let told = |content: &[u8]| {
            let entries = [Entry::new(EXTENSION, content), Entry::new(SIGNATURE, "x")];
            package(&entries).faults.join(", ")
        };
        assert!(told(b"no zip").starts_with("extension.zip cannot be read"));
        let deep = [Entry::new("extension/extension.yaml", "")];
        let deep = archive::write(&deep, Compression::Stored).expect("an archive");
        assert_eq!(
            told(&deep),
            "extension.zip has no extension.yaml at its top"
        );
    }

    #[test]
    fn an_extension_that_is_not_signed_is_told_from_a_package() {
        let told = read(&extension()).faults.join(", ");
        assert!(told.contains("`extyped sign`"), "{told}");
        assert!(read(b"no zip").faults[0].starts_with("it cannot be read"));
    }
}
