//! `EXT064`: ids that keep changing.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};

/// Last words of keys whose values keep changing.
const LAST_WORDS: [&str; 10] = [
    "count",
    "counter",
    "datetime",
    "duration",
    "elapsed",
    "epoch",
    "now",
    "timestamp",
    "ts",
    "uptime",
];

/// Keys that do as a whole.
const KEYS: [&str; 5] = ["date", "time", "total", "value", "values"];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for entity in &subject.manifest.topology.types {
        for id in entity.rules.iter().filter_map(|rule| rule.id.as_ref()) {
            for placeholder in &id.pattern.placeholders {
                if !is_volatile(&placeholder.key) {
                    continue;
                }
                report.push(
                    Diagnostic::new(
                        &codes::VOLATILE_ID,
                        id.span_of(&placeholder.range),
                        format!(
                            "`{}` looks like a value that keeps changing, and each value makes \
                             another `{}`",
                            placeholder.key,
                            entity.name.as_str()
                        ),
                    )
                    .label("part of the id")
                    .help(
                        "build the id from what stays the same for one thing, such as its name or \
                         address; what changes can be an attribute",
                    ),
                );
            }
        }
    }
}

fn is_volatile(key: &str) -> bool {
    let last = key.rsplit(['.', '_', '-', ':']).next().unwrap_or(key);
    KEYS.contains(&key) || LAST_WORDS.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::is_volatile;

    #[test]
    fn what_changes_is_told_from_what_stays() {
        for key in [
            "timestamp",
            "event.timestamp",
            "restart_count",
            "uptime",
            "time",
        ] {
            assert!(is_volatile(key), "{key}");
        }
        for key in [
            "account",
            "discount_id",
            "time_zone",
            "node",
            "value_id",
            "uptime.id",
        ] {
            assert!(!is_volatile(key), "{key}");
        }
    }
}
