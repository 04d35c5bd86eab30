//! The manifests that several tests read.

use std::path::PathBuf;

use extyped_codegen::Options;
use extyped_codegen::manifest::beside::Folder;
use extyped_codegen::manifest::contract::{Kind, Overrides};
use extyped_codegen::manifest::source::SourceFile;

/// A manifest in `fixtures`, and the options that go with it.
pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    pub(crate) options: Options,
}

/// All of them.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let plain = |name| Fixture {
        name,
        options: Options::default(),
    };
    let mut fixtures: Vec<_> = [
        "forms",
        "bare",
        "empty",
        "hostile",
        "inferred",
        "keywords",
        "non_ascii",
        "values",
    ]
    .map(plain)
    .into();
    let mut declared = plain("declared");
    declared
        .options
        .overrides
        .optional
        .push("region".to_owned());
    fixtures.push(declared);
    let mut colliding = plain("colliding");
    colliding.options.names = [
        ("extra", "More"),
        ("twin:metrics", "Twin"),
        ("twin.bytes_in", "other bytes in"),
        ("node_name", "other node"),
    ]
    .map(|(original, name)| (original.to_owned(), name.to_owned()))
    .into();
    fixtures.push(colliding);
    let mut all = plain("options");
    all.options = Options {
        overrides: Overrides {
            kinds: vec![("probe.requests".to_owned(), Kind::Gauge)],
            optional: vec!["region".to_owned()],
        },
        names: vec![("probe:device".to_owned(), "monitored probe".to_owned())],
        crate_path: "crate::vendored".to_owned(),
        visibility: "pub(crate)".to_owned(),
        ..Options::default()
    };
    fixtures.push(all);
    fixtures
}

impl Fixture {
    /// The path from the folder of Cargo.toml.
    pub(crate) fn path(&self) -> String {
        match self.name {
            // It has a file beside it.
            "forms" => "fixtures/forms/extension.yaml".to_owned(),
            name => format!("fixtures/{name}.yaml"),
        }
    }

    /// The folder of the manifest.
    pub(crate) fn files(&self) -> Folder {
        Folder::of(package_dir().join(self.path()))
    }

    pub(crate) fn source(&self) -> SourceFile {
        let path = package_dir().join(self.path());
        SourceFile::read(path)
            .expect("the fixture can be read")
            .named(self.path())
    }
}

/// The folder of Cargo.toml.
pub(crate) fn package_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
