//! The extension that is built, as its manifest names it.

use std::path::Path;

use extyped_manifest::render;
use extyped_manifest::source::SourceFile;

use super::module;
use crate::extension::{identity, package_name};
use crate::failure::Failure;

#[derive(Debug)]
pub(super) struct Subject {
    /// `custom:load-balancer`.
    pub name: String,
    pub version: String,
    /// What its package is called.
    pub package: String,
    /// What `python -m` is called with.
    pub module: String,
}

impl Subject {
    /// Reads a manifest that has been checked.
    pub(super) fn read(manifest: &Path) -> Result<Subject, Failure> {
        let source = SourceFile::read(manifest)
            .map_err(|unreadable| Failure::new(render::harmless(&unreadable.to_string())))?;
        let (name, version) = identity(&source)?;
        Ok(Subject {
            name,
            version,
            package: package_name(&source)?,
            module: module::of(&source)?,
        })
    }
}
