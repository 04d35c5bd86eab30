//! `EXT109` and `EXT110`: the queries of data sources, and the columns that
//! metrics and dimensions take from them.

use super::Subject;
use super::source_fields::Family;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{SourceLevel, Text};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let levels = &subject.manifest.sources.levels;
    for (place, level) in levels.iter().enumerate() {
        let Some(family) = Family::of(level.source).filter(|family| family.asks()) else {
            continue;
        };
        let query = level.node.get("query").and_then(Text::of);
        let query = query.filter(|query| !query.is_template());
        report.extend(query.and_then(|query| check_query(family, level.source, query)));
        check_columns(levels, place, report);
    }
}

fn check_query(family: Family, source: &str, query: Text<'_>) -> Option<Diagnostic> {
    let finding = |message: &str, help: &str| {
        Diagnostic::new(&codes::SOURCE_QUERY, query.span(), message)
            .label("not run")
            .help(help)
    };
    // A variable may stand for a whole query, or its start.
    if query.trim_start().starts_with("var:") {
        return None;
    }
    match family {
        Family::Jmx => (!is_object_name(&query)).then(|| {
            finding(
                "the query is no name of an MBean",
                "write the domain and the properties: `java.lang:type=GarbageCollector,name=*`",
            )
        }),
        Family::Wmi => {
            const STARTS: [&str; 3] = ["select", "associators", "references"];
            (!starts_with_word(&query, &STARTS)).then(|| {
                finding(
                    "the query does not start with `SELECT`",
                    "write the query in WQL: `SELECT Name FROM Win32_Process`",
                )
            })
        }
        _ => check_sql(source, &query).map(|(message, help)| finding(message, help)),
    }
}

fn is_object_name(query: &str) -> bool {
    query
        .split_once(':')
        .is_some_and(|(_, properties)| properties.contains(['=', '*']))
}

fn starts_with_word(query: &str, words: &[&str]) -> bool {
    let start = query.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    let end = start.find(|c: char| !c.is_ascii_alphabetic());
    let first = start[..end.unwrap_or(start.len())].to_ascii_lowercase();
    words.contains(&first.as_str())
}

fn check_sql(source: &str, query: &str) -> Option<(&'static str, &'static str)> {
    let code = without_texts(query);
    if code.contains("--") || code.contains("/*") {
        return Some((
            "the query has a comment, and such queries are rejected",
            "move the comment out of the query: a line of YAML that starts with `#`",
        ));
    }
    if code.trim_end().trim_end_matches(';').contains(';') {
        return Some((
            "the query has more than one statement",
            "make a group for each of them: one query is run at a time",
        ));
    }
    // Other than MySQL and what is reached by JDBC, no database has `SHOW`.
    let is_status = matches!(source, "sqlMySql" | "jdbc") && starts_with_word(&code, &["show"]);
    (!is_status && !starts_with_word(&code, &["select", "with"])).then_some((
        "the query is no `SELECT`, and only these are run",
        "read with `SELECT`: queries run in a transaction that is rolled back",
    ))
}

/// The query without what stands in quotes, where everything is allowed.
fn without_texts(query: &str) -> String {
    let mut code = String::with_capacity(query.len());
    let mut quote: Option<char> = None;
    for c in query.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None => code.push(c),
        }
    }
    code
}

/// How many columns times queries are compared: manifests have a few dozen.
const COMPARED: usize = 10_000;

/// Looks for the columns of a level in the queries that can return them: its
/// own, those around it, and those below it, which inherit its dimensions.
fn check_columns(levels: &[SourceLevel<'_>], place: usize, report: &mut Report) {
    let Some(level) = levels.get(place) else {
        return;
    };
    let columns: Vec<(Text<'_>, &str)> = level
        .values
        .iter()
        .filter(|value| !value.text.is_template())
        .filter_map(|value| {
            let text = value.text.as_str();
            let column = text.strip_prefix("column:").or(text.strip_prefix("col:"))?;
            Some((value.text, column))
        })
        .collect();
    if columns.is_empty() {
        return;
    }
    let queries = reachable(levels, place);
    if columns.len() * queries.len() > COMPARED {
        return;
    }
    // A star returns everything, and a variable may.
    let open = |query: &str| query.contains('*') || query.contains("var:");
    if queries.is_empty() {
        report.extend(columns.first().map(|(text, _)| {
            Diagnostic::new(
                &codes::UNQUERIED_COLUMN,
                text.span(),
                "no query returns columns here",
            )
            .label("stays empty")
            .help("add a `query` to the group or subgroup")
        }));
    } else if !queries.iter().any(|query| open(query)) {
        for (text, column) in columns {
            let name = column.trim().to_lowercase();
            if !queries.iter().any(|query| mentions(query, &name)) {
                report.push(
                    Diagnostic::new(
                        &codes::UNQUERIED_COLUMN,
                        text.span(),
                        format!("the query does not ask for `{column}`"),
                    )
                    .label("stays empty")
                    .help("add the column to the query, or correct its name"),
                );
            }
        }
    }
}

/// The texts of all queries of a level, of those around it and below it, in
/// small letters.
fn reachable(levels: &[SourceLevel<'_>], place: usize) -> Vec<String> {
    let mut wanted = vec![place];
    let mut above = levels.get(place).and_then(|level| level.parent);
    while let Some(parent) = above {
        wanted.push(parent);
        above = levels.get(parent).and_then(|level| level.parent);
    }
    // Those below follow at once, and only they have a parent from here on.
    let below = levels.iter().enumerate().skip(place + 1);
    let below = below.take_while(|(_, level)| level.parent >= Some(place));
    wanted.extend(below.map(|(index, _)| index));
    let levels = wanted.into_iter().filter_map(|index| levels.get(index));
    levels
        .filter_map(|level| level.node.get("query")?.as_str())
        .map(str::to_lowercase)
        .collect()
}

/// Whether a name stands in the query as a whole.
fn mentions(query: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    query.match_indices(name).any(|(at, _)| {
        let before = query[..at].chars().next_back();
        let after = query[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
