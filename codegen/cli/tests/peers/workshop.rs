//! A folder with an extension.zip, certificates, and tools that are run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use extyped_package::archive::{self, Compression, Entry};
use extyped_package::layout;
use tempfile::TempDir;

const MANIFEST: &str = "\
name: custom:pond
version: 1.2.3
minDynatraceVersion: '1.285'
author:
  name: me
";

/// What extyped calls the package of the manifest.
pub(crate) const PACKAGE: &str = "custom_pond-1.2.3.zip";

pub(crate) struct Workshop {
    folder: TempDir,
}

impl Workshop {
    /// A folder with `extension.zip`.
    pub(crate) fn new() -> Self {
        let workshop = Workshop {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        let entries = [
            Entry::new("extension.yaml", MANIFEST),
            Entry::new("activationSchema.json", vec![b' '; 10_000]),
        ];
        let zip = archive::write(&entries, Compression::Deflated).expect("an archive");
        workshop.write("extension.zip", &zip);
        workshop
    }

    /// The same, with `ca.pem`, `ca.key` and `developer.pem` that extyped made.
    pub(crate) fn with_certificates() -> Self {
        static MADE: OnceLock<Vec<(&str, Vec<u8>)>> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let workshop = Workshop::new();
            workshop.extyped(&["gencerts", "-o", "."]).succeeds();
            let names = ["ca.pem", "ca.key", "developer.pem"];
            names.map(|name| (name, workshop.read(name))).to_vec()
        });
        let workshop = Workshop::new();
        for (name, content) in made {
            workshop.write(name, content);
        }
        workshop
    }

    /// The same, with keys that are encrypted: that of the CA with `one`, that of
    /// the developer with `two`.
    pub(crate) fn with_encrypted_keys() -> Self {
        let workshop = Workshop::new();
        let variables = [
            ("EXTYPED_CA_PASSPHRASE", "one"),
            ("EXTYPED_DEV_PASSPHRASE", "two"),
        ];
        let gencerts = ["gencerts", "--encrypt", "-o", "."];
        let extyped = env!("CARGO_BIN_EXE_extyped");
        workshop.run_with(extyped, &gencerts, &variables).succeeds();
        workshop
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect(name)
    }

    /// Writes a file that its owner alone can read: `dt` refuses other keys.
    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        use std::os::unix::fs::PermissionsExt as _;

        let path = self.path(name);
        fs::write(&path, content).expect(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect(name);
    }

    /// Runs a tool to its end.
    pub(crate) fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Ran {
        self.run_with(program, arguments, &[])
    }

    pub(crate) fn run_with(
        &self,
        program: impl AsRef<Path>,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Ran {
        let mut command = Command::new(program.as_ref());
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env("HOME", self.folder.path())
            .env_remove("DT_CERTIFICATES_FOLDER")
            .envs(variables.iter().copied())
            .stdin(std::process::Stdio::null());
        let told = format!("{command:?}");
        let output = command.output().expect("a program");
        Ran { told, output }
    }

    pub(crate) fn extyped(&self, arguments: &[&str]) -> Ran {
        self.run(env!("CARGO_BIN_EXE_extyped"), arguments)
    }

    /// What `extyped verify` says of a package, with the CA of the folder.
    pub(crate) fn verify(&self, package: &str) -> Ran {
        self.extyped(&["verify", package, "--ca", "ca.pem"])
    }

    /// That `extyped verify` accepts the package, and not if one byte of it is
    /// another one.
    #[track_caller]
    pub(crate) fn accepts(&self, package: &str) {
        self.verify(package).succeeds();
        let bytes = self.read(package);
        let found = layout::read(&bytes);
        let extension = found.extension.expect("an extension");
        let signature = found.signature.expect("a signature");
        for (extension, signature) in flips(&extension, &signature) {
            let flipped = layout::bundle(extension, signature).expect("a package");
            self.write("flipped.zip", &flipped);
            self.verify("flipped.zip").fails_with(1);
        }
        // And where the archive itself tells of it.
        let mut flipped = bytes;
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        self.write("flipped.zip", &flipped);
        self.verify("flipped.zip").fails_with(1);
    }

    /// Takes a package apart into `extension.zip` and `extension.zip.sig`.
    pub(crate) fn unpack(&self, package: &str) {
        let found = layout::read(&self.read(package));
        self.write("extension.zip", &found.extension.expect("an extension"));
        self.write("extension.zip.sig", &found.signature.expect("a signature"));
    }

    /// Puts these two into a package.
    pub(crate) fn pack(&self, package: &str) {
        let (extension, signature) = (self.read("extension.zip"), self.read("extension.zip.sig"));
        let packed = layout::bundle(extension, signature).expect("a package");
        self.write(package, &packed);
    }
}

/// Both with one byte that is another one, at places all over them.
pub(crate) fn flips(extension: &[u8], signature: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let flipped = |bytes: &[u8], part: usize| {
        let mut bytes = bytes.to_vec();
        let place = bytes.len() * part / 8 + 2;
        bytes[place] ^= 1;
        bytes
    };
    let of_extension = (0..8).map(|part| (flipped(extension, part), signature.to_vec()));
    let of_signature = (0..8).map(|part| (extension.to_vec(), flipped(signature, part)));
    of_extension.chain(of_signature).collect()
}

/// A run of a tool.
pub(crate) struct Ran {
    told: String,
    output: Output,
}

impl Ran {
    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        self.fails_with(0)
    }

    #[track_caller]
    pub(crate) fn fails_with(self, code: i32) -> String {
        let text = self.text();
        assert_eq!(
            self.output.status.code(),
            Some(code),
            "{}\n{text}",
            self.told
        );
        text
    }

    #[track_caller]
    pub(crate) fn fails(self) {
        let text = self.text();
        assert!(!self.output.status.success(), "{}\n{text}", self.told);
    }

    fn text(&self) -> String {
        let stdout = String::from_utf8_lossy(&self.output.stdout);
        format!("{stdout}{}", String::from_utf8_lossy(&self.output.stderr))
    }
}
