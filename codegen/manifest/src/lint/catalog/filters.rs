//! `EXT106`: the filters of dimensions in declarative data sources.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::Text;
use crate::suggest;

/// What a filter can ask.
const FUNCTIONS: [&str; 9] = [
    "and", "any", "contains", "eq", "exists", "not", "or", "prefix", "suffix",
];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for level in &subject.manifest.sources.levels {
        for &filter in &level.filters {
            if filter.starts_with("var:") || filter.is_template() {
                continue;
            }
            let condition = filter.strip_prefix("const:").unwrap_or(&filter);
            // A filter of JMX is the value itself, or a condition.
            if level.source == "jmx" && !condition.starts_with('$') {
                continue;
            }
            report.extend(check_condition(filter, condition));
        }
    }
}

fn check_condition(filter: Text<'_>, condition: &str) -> Option<Diagnostic> {
    let finding = |problem: String, help: String| {
        Diagnostic::new(
            &codes::FILTER,
            filter.span(),
            format!("the filter `{}` {problem}", filter.as_str()),
        )
        .label("cannot be read")
        .help(help)
    };
    if !condition.starts_with('$') {
        return Some(finding(
            "does not start with `$`".to_owned(),
            "write a condition such as `const:$prefix(value)`, or `var:` and the id of a variable"
                .to_owned(),
        ));
    }
    if let Some((problem, severity)) = unbalanced(condition) {
        let help = "close every `(` with a `)`; `~(` and `~)` stand for themselves";
        return Some(finding(problem.to_owned(), help.to_owned()).severity(severity));
    }
    let name = functions(condition).find(|name| !FUNCTIONS.contains(name))?;
    let help = match suggest::closest(name, FUNCTIONS) {
        Some(close) => format!("did you mean `${close}`?"),
        None => format!("a filter knows `${}`", FUNCTIONS.join("`, `$")),
    };
    Some(finding(format!("uses the unknown function `${name}`"), help).severity(Severity::Warning))
}

/// What is wrong with the parentheses. Whether one that is missing at the end
/// is forgiven is not known: an example of the platform's own lacks one.
fn unbalanced(condition: &str) -> Option<(&'static str, Severity)> {
    let mut depth = 0_u32;
    let mut escaped = false;
    for c in condition.chars() {
        match c {
            _ if escaped => escaped = false,
            '~' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => {
                return Some(("has a `)` that closes nothing", Severity::Error));
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    (depth > 0).then_some(("has a `(` that is never closed", Severity::Warning))
}

/// The names of all functions that a condition calls.
fn functions(condition: &str) -> impl Iterator<Item = &str> {
    condition.match_indices('$').filter_map(|(at, _)| {
        let before = condition[..at].chars().next_back();
        let calls = before.is_none_or(|c| matches!(c, '(' | ',' | ' '));
        let rest = &condition[at + 1..];
        let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric())?];
        (calls && !name.is_empty() && rest[name.len()..].starts_with('(')).then_some(name)
    })
}
