//! What whoever configures the extension is asked for.

use super::{Changes, Weight};
use crate::outline::{Field, Outline};

pub(super) fn compare(old: &Outline, new: &Outline, changes: &mut Changes) {
    const AREA: &str = "activation";
    for side in &old.activation {
        match new.activation.iter().find(|other| other.name == side.name) {
            None => {
                let reason = "configurations of this kind no longer work";
                changes.add(Weight::Major, AREA, &side.name, "removed", reason);
            }
            Some(other) => match (&side.missing, &other.missing) {
                (None, None) => {
                    let prefix = format!("{}: ", side.name);
                    fields(
                        "activation field",
                        &prefix,
                        &side.fields,
                        &other.fields,
                        changes,
                    );
                }
                // What is missing on both sides is no change of this one.
                (Some(_), Some(_)) => {}
                (None, Some(why)) | (Some(why), None) => {
                    let what = format!("cannot be compared: {why}");
                    let reason = "what it asks for is not known";
                    changes.add(Weight::Patch, AREA, &side.name, what, reason);
                }
            },
        }
    }
    for side in &new.activation {
        if !old.activation.iter().any(|other| other.name == side.name) {
            let reason = "what was there goes on";
            changes.add(Weight::Minor, AREA, &side.name, "added", reason);
        }
    }
    fields("variable", "", &old.variables, &new.variables, changes);
}

fn fields(area: &'static str, prefix: &str, old: &[Field], new: &[Field], changes: &mut Changes) {
    for field in old {
        let subject = format!("{prefix}{}", field.path);
        match new.iter().find(|other| other.path == field.path) {
            Some(other) => one(area, &subject, field, other, changes),
            None => changes.add(
                Weight::Major,
                area,
                &subject,
                "removed",
                "configurations that set it do not fit any more",
            ),
        }
    }
    for field in new {
        if old.iter().any(|other| other.path == field.path) {
            continue;
        }
        let subject = format!("{prefix}{}", field.path);
        // Inside a new object there is nothing yet that could lack it.
        let is_inside_new = field.path.rfind(['.', '[']).is_some_and(|end| {
            let parent = &field.path[..end];
            !old.iter().any(|other| other.path == parent)
        });
        if field.is_required && !is_inside_new {
            let reason = "configurations that exist do not have it";
            changes.add(Weight::Major, area, &subject, "added, and required", reason);
        } else {
            let reason = "configurations that exist go on";
            changes.add(Weight::Minor, area, &subject, "added", reason);
        }
    }
}

fn one(area: &'static str, subject: &str, old: &Field, new: &Field, changes: &mut Changes) {
    changes.texts(
        (Weight::Major, area, subject, "type"),
        Some(&old.kind),
        Some(&new.kind),
        "what is set does not fit any more",
    );
    match (old.is_required, new.is_required) {
        (false, true) => {
            let reason = "configurations that leave it out do not fit any more";
            changes.add(Weight::Major, area, subject, "now required", reason);
        }
        (true, false) => {
            let reason = "configurations that exist go on";
            changes.add(Weight::Minor, area, subject, "no longer required", reason);
        }
        _ => {}
    }
    changes.texts(
        (Weight::Minor, area, subject, "default"),
        old.default.as_deref(),
        new.default.as_deref(),
        "new configurations start with something else",
    );
    for choice in old.choices.iter().filter(|it| !new.choices.contains(it)) {
        let what = format!("choice `{choice}` removed");
        let reason = "configurations that chose it do not fit any more";
        changes.add(Weight::Major, area, subject, what, reason);
    }
    for choice in new.choices.iter().filter(|it| !old.choices.contains(it)) {
        let what = format!("choice `{choice}` added");
        let reason = "configurations that exist go on";
        changes.add(Weight::Minor, area, subject, what, reason);
    }
    for limit in new.limits.iter().filter(|it| !old.limits.contains(it)) {
        let what = format!("limit `{limit}` added");
        let reason = "what is set may not fit any more";
        changes.add(Weight::Major, area, subject, what, reason);
    }
    for limit in old.limits.iter().filter(|it| !new.limits.contains(it)) {
        let what = format!("limit `{limit}` removed");
        let reason = "configurations that exist go on";
        changes.add(Weight::Minor, area, subject, what, reason);
    }
    if (&old.display_name, &old.description) != (&new.display_name, &new.description) {
        let reason = "what is asked for stays the same";
        changes.add(
            Weight::Patch,
            area,
            subject,
            "described in other words",
            reason,
        );
    }
}
