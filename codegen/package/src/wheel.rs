//! The wheel: how a program gets to where the Extension Execution Controller
//! runs `python -m MODULE`.
//!
//! It has a package with the name of the module: the program, and a few lines
//! of Python that start it. See <https://packaging.python.org/specifications/>
//! for what the other files say.

use std::fmt::Write as _;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

use crate::archive::{self, ArchiveError, Compression, Entry};
use crate::glibc::Glibc;
use crate::platform::Platform;

const ON_LINUX: &str = include_str!("wheel/shim/linux.py");
const ON_WINDOWS: &str = include_str!("wheel/shim/windows.py");

/// Where the shims have the name of the program.
const PROGRAM: &str = "@PROGRAM@";

/// The oldest Python that the shims are tested with.
pub const OLDEST_PYTHON: (u32, u32) = (3, 10);

/// What a wheel is made of.
#[derive(Debug, Clone)]
pub struct Wheel<'a> {
    /// The name of the extension, for people.
    pub extension: &'a str,
    /// Its version.
    pub version: &'a str,
    /// What `python -m` is called with; a name as Python has them.
    pub module: &'a str,
    /// The name of the program, as processes are listed; letters, digits, `-`,
    /// `_` and `.`.
    pub program: &'a str,
    /// The program itself.
    pub bytes: &'a [u8],
    /// The machines it is for.
    pub platform: Platform,
    /// The oldest glibc that it promises to start with.
    pub glibc: Glibc,
}

impl Wheel<'_> {
    /// The name that installers read the machines from.
    pub fn file_name(&self) -> String {
        let tags = self.platform.tags(self.glibc).join(".");
        format!("{}-{}-py3-none-{tags}.whl", self.module, self.version)
    }

    /// The archive.
    ///
    /// # Errors
    ///
    /// When the program is too large for one.
    pub fn write(&self) -> Result<Vec<u8>, ArchiveError> {
        let (shim, suffix) = match self.platform {
            Platform::Linux(_) => (ON_LINUX, ""),
            Platform::Windows(_) => (ON_WINDOWS, ".exe"),
        };
        let module = self.module;
        let program = format!("{}{suffix}", self.program);
        let information = format!("{module}-{}.dist-info", self.version);
        let mut entries = vec![
            Entry::new(format!("{module}/__init__.py"), self.greeting()),
            Entry::new(
                format!("{module}/__main__.py"),
                shim.replace(PROGRAM, &program),
            ),
            Entry::new(format!("{module}/{program}"), self.bytes).executable(),
            Entry::new(format!("{information}/METADATA"), self.metadata()),
            Entry::new(format!("{information}/WHEEL"), self.tags()),
        ];
        let record = format!("{information}/RECORD");
        entries.push(Entry::new(record.clone(), listed(&entries, &record)));
        archive::write(&entries, Compression::Deflated)
    }

    fn greeting(&self) -> String {
        let (name, version) = (self.extension, self.version);
        format!("\"\"\"The Dynatrace extension {name} {version}.\"\"\"\n")
    }

    fn metadata(&self) -> String {
        let (major, minor) = OLDEST_PYTHON;
        format!(
            "Metadata-Version: 2.1\n\
             Name: {}\n\
             Version: {}\n\
             Summary: The Dynatrace extension {}\n\
             Requires-Python: >={major}.{minor}\n",
            self.module, self.version, self.extension,
        )
    }

    fn tags(&self) -> String {
        let mut text = concat!(
            "Wheel-Version: 1.0\n",
            "Generator: extyped ",
            env!("CARGO_PKG_VERSION"),
            "\n",
            // There is machine code in it.
            "Root-Is-Purelib: false\n",
        )
        .to_owned();
        for tag in self.platform.tags(self.glibc) {
            text.push_str("Tag: py3-none-");
            text.push_str(&tag);
            text.push('\n');
        }
        text
    }
}

/// What an installer checks the files against. The list itself has no digest.
fn listed(entries: &[Entry], list: &str) -> String {
    let mut text = String::new();
    for entry in entries {
        let digest = Base64UrlUnpadded::encode_string(&Sha256::digest(&entry.content));
        let (name, size) = (&entry.name, entry.content.len());
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{name},sha256={digest},{size}");
    }
    text.push_str(list);
    text.push_str(",,\n");
    text
}
