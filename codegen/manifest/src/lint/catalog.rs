//! The checks that have nothing to do with the code that is generated: a macro
//! leaves them to build scripts and the command, because everyone who uses it
//! would wait for them to be compiled.

mod activation;
mod alerts;
mod attributes;
mod cards;
mod contents;
mod data_sources;
mod documents;
mod duplicates;
mod entity_types;
mod files;
mod filters;
mod lengths;
mod limits;
mod metadata;
mod objects;
mod oids;
mod prefixes;
mod queries;
mod references;
mod relationships;
mod schedules;
mod secrets;
mod source_fields;
mod source_values;
mod template;
mod topology_lists;
mod variables;
mod versions;
mod volatile;

pub(crate) use self::contents::Pipelines;
pub(crate) use self::files::check_content;

use super::{Subject, enumerate, mend};
use crate::diagnostic::Report;

pub(super) fn run(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let checks = [
        template::check,
        versions::check,
        limits::check,
        lengths::check,
        metadata::check,
        topology_lists::check,
        prefixes::check,
        attributes::check,
        entity_types::check,
        relationships::check,
        volatile::check,
        duplicates::check,
        references::check,
        alerts::check,
        cards::check,
        data_sources::check,
        source_fields::check,
        source_values::check,
        schedules::check,
        queries::check,
        oids::check,
        objects::check,
        variables::check,
        filters::check,
        secrets::check,
        activation::check_absent,
    ];
    for check in checks {
        check(subject, report);
    }
}
