//! What is wrong with the form that an activation schema describes, one file
//! for each theme. Its structure, which types are made of, is looked at
//! elsewhere: every face needs that.

mod absent;
mod bounds;
mod circles;
mod constraints;
mod defaults;
mod enums;
mod exposed;
mod form;
mod graph;
mod keys;
mod names;
mod preconditions;
mod sides;
mod unused;

pub(super) use self::absent::check as check_absent;

use self::form::Form;
use super::{Subject, mend, secrets};
use crate::diagnostic::Report;
use crate::source::SourceFile;
use crate::yaml::Node;

pub(super) fn check(
    subject: &Subject<'_, '_, '_>,
    source: &SourceFile,
    root: Node<'_>,
    report: &mut Report,
) {
    let form = Form::read(source, root);
    sides::check(&form, subject, report);
    let checks = [
        exposed::check,
        defaults::check,
        preconditions::check,
        constraints::check,
        bounds::check,
        keys::check,
        names::check,
        enums::check,
        circles::check,
        unused::check,
    ];
    for check in checks {
        check(&form, report);
    }
}
