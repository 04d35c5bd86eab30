//! `EXT135`: the names by which operators know the fields of a group.

use std::collections::BTreeMap;

use super::form::Form;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::Text;
use crate::yaml::NodeKind;

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    for group in form.part("types") {
        let Some(properties) = group.value.get("properties") else {
            continue;
        };
        // By name, with whether the field may be hidden.
        let mut seen: BTreeMap<&str, (Text<'_>, bool)> = BTreeMap::new();
        for entry in properties.entries() {
            if entry.value.kind() != NodeKind::Mapping {
                continue;
            }
            let given = entry.value.get("displayName").and_then(Text::of);
            let Some(name) = given.filter(|name| !name.trim().is_empty()) else {
                report.push(
                    Diagnostic::new(
                        &codes::ACTIVATION_DISPLAY_NAME,
                        given.map_or(entry.key.span(), Text::span),
                        format!("`{}` has no name for people", entry.name()),
                    )
                    .label("the form shows the key, or nothing")
                    .help("add `displayName`, in the words of who fills in the form"),
                );
                continue;
            };
            // Of two that depend on other fields, only one may be shown.
            let may_hide = entry.value.get("precondition").is_some();
            if let Some(&(other, may_hide_too)) = seen.get(name.as_str())
                && !may_hide
                && !may_hide_too
                && !name.is_template()
            {
                report.push(
                    Diagnostic::new(
                        &codes::ACTIVATION_DISPLAY_NAME,
                        name.span(),
                        format!("two fields of a group are called `{}`", name.as_str()),
                    )
                    .severity(Severity::Warning)
                    .label("nobody can tell them apart")
                    .related(other.span(), "the first one")
                    .help("give each a name of its own"),
                );
            }
            seen.entry(name.as_str()).or_insert((name, may_hide));
        }
    }
}
