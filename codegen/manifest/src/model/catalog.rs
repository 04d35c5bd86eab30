//! Sections that no code is made from: what only the catalog of checks looks
//! at.

mod form;
mod references;
mod screens;
pub(crate) mod shape;
mod variables;

pub(crate) use self::references::{MetricReference, References};
pub(crate) use self::screens::{Card, NamedCard, Screen};
pub(crate) use self::variables::Variable;

use super::section::Section;
use crate::diagnostic::Report;

/// The sections, with what they refer to.
pub(crate) struct Catalog<'t> {
    /// `vars`.
    pub(crate) variables: Vec<Variable<'t>>,
    /// `screens`.
    pub(crate) screens: Vec<Screen<'t>>,
    /// What its texts refer to.
    pub(crate) references: References<'t>,
}

/// Reads them, and checks their form.
pub(super) fn read<'t>(section: &Section<'t>, report: &mut Report) -> Catalog<'t> {
    form::check(section, report);
    let root = section.node;
    let mut references = References::default();
    references.collect(root);
    Catalog {
        variables: variables::read(section),
        screens: screens::read(section),
        references,
    }
}
