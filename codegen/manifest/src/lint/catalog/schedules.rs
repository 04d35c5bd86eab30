//! `EXT108`: when a database is asked, as a cron expression.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::Text;

/// The fields of an expression, with their least and greatest numbers.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 1, 7),
];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for level in &subject.manifest.sources.levels {
        let Some(schedule) = level.node.get("schedule").and_then(Text::of) else {
            continue;
        };
        if level.node.get("interval").is_some() {
            report.push(
                Diagnostic::new(
                    &codes::SCHEDULE,
                    schedule.span(),
                    "the group has a `schedule` and an `interval`",
                )
                .severity(Severity::Warning)
                .label("one of the two is not read")
                .help("keep the one that says when to ask"),
            );
        }
        if !schedule.is_template() && !schedule.starts_with("var:") {
            report.extend(check_schedule(schedule));
        }
    }
}

fn check_schedule(schedule: Text<'_>) -> Option<Diagnostic> {
    let finding = |problem: String| {
        Diagnostic::new(
            &codes::SCHEDULE,
            schedule.span(),
            format!("the schedule `{}` {problem}", schedule.as_str()),
        )
        .label("minute, hour, day of the month, month, day of the week")
    };
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    let Ok(fields) = <[&str; 5]>::try_from(fields) else {
        return Some(
            finding("does not have five fields".to_owned())
                .help("write five of them: `0 12 ? * 2-6` is noon from Monday to Friday"),
        );
    };
    for (field, (name, least, greatest)) in fields.into_iter().zip(FIELDS) {
        if let Some(part) = field
            .split(',')
            .find(|part| !is_part(part, least, greatest))
        {
            return Some(
                finding(format!("has `{part}` for its {name}")).help(format!(
                    "write numbers from {least} to {greatest}, lists (`1,2`), ranges (`1-5`), \
                     steps (`*/2`) or `*`"
                )),
            );
        }
    }
    // Sunday is 1: the two days contradict each other unless one is open.
    let [_, _, of_month, _, of_week] = fields;
    let open = [of_month, of_week].into_iter().filter(|day| *day == "?");
    (open.count() != 1).then(|| {
        finding("has to leave one of its two days open".to_owned())
            .severity(Severity::Warning)
            .help("write `?` for the day of the month or for the day of the week")
    })
}

/// Whether a text is `*`, `?`, a number, a range, or one of these with a step.
fn is_part(part: &str, least: u32, greatest: u32) -> bool {
    let (base, step) = match part.split_once('/') {
        Some((base, step)) => (base, Some(step)),
        None => (part, None),
    };
    let number = |text: &str| {
        let number: Option<u32> = text.parse().ok();
        number.filter(|number| (least..=greatest).contains(number))
    };
    let is_step = step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0));
    let is_base = match base.split_once('-') {
        Some((from, to)) => match (number(from), number(to)) {
            (Some(from), Some(to)) => from <= to,
            _ => false,
        },
        None => base == "*" || base == "?" || number(base).is_some(),
    };
    is_step && is_base
}
