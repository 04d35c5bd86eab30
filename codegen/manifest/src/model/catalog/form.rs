//! The sections that are checked by tables.

use super::shape;
use crate::diagnostic::Report;
use crate::model::section::Section;

/// Checks their form.
pub(super) fn check(root: &Section<'_>, report: &mut Report) {
    let screens = std::iter::once(&("screens", shape::SCREENS));
    for &(key, form) in shape::TOP_LEVEL.iter().chain(screens) {
        if let Some(field) = root.field(key) {
            let what = format!("`{key}`");
            shape::check(root.source, field.value, &what, form, report);
        }
    }
}
