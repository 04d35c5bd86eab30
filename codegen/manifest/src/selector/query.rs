//! Queries in DQL: `timeseries avg(lb.cpu), by:{node}`.

use super::is_key_char;

/// The functions of `timeseries` whose first argument is a metric.
const AGGREGATIONS: [&str; 9] = [
    "avg",
    "sum",
    "min",
    "max",
    "count",
    "median",
    "percentile",
    "rate",
    "start",
];

/// The metric keys that a query asks for. Only `timeseries` reads metrics, and
/// only until the next pipe.
pub(crate) fn queried_keys(query: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    for command in query.split('|') {
        let Some(rest) = after_word(command, "timeseries") else {
            continue;
        };
        for (at, _) in rest.match_indices('(') {
            let name = &rest[..at];
            let name = &name[name
                .rfind(|c: char| !c.is_ascii_alphanumeric())
                .map_or(0, |at| at + 1)..];
            if AGGREGATIONS.contains(&name) {
                keys.extend(argument(&rest[at + 1..]));
            }
        }
    }
    keys
}

/// The entity types that a query fetches, as in ``fetch `dt.entity.lb:node` ``.
pub(crate) fn queried_entity_types(query: &str) -> Vec<&str> {
    const PREFIX: &str = "dt.entity.";
    let is_part = |c: char| is_key_char(c) || c == ':';
    let found = query.match_indices(PREFIX).map(|(at, _)| {
        let name = &query[at + PREFIX.len()..];
        &name[..name.find(|c| !is_part(c)).unwrap_or(name.len())]
    });
    found.filter(|name| !name.is_empty()).collect()
}

/// What follows a command's name; none if this is another command.
fn after_word<'q>(command: &'q str, word: &str) -> Option<&'q str> {
    let command = command.trim_start();
    let command = command.strip_prefix('[').unwrap_or(command).trim_start();
    let rest = command.strip_prefix(word)?;
    (!rest.starts_with(is_key_char)).then_some(rest)
}

/// The key at the start of the arguments; none if it is an expression.
fn argument(text: &str) -> Option<&str> {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix('`') {
        return quoted.split_once('`').map(|(key, _)| key);
    }
    let key = &text[..text.find(|c| !is_key_char(c)).unwrap_or(text.len())];
    let rest = text[key.len()..].trim_start();
    (key.contains('.') && rest.starts_with([',', ')'])).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_where_metrics_are_read() {
        for (query, expected) in [
            ("timeseries avg(lb.cpu), by:{node}", vec!["lb.cpu"]),
            (
                "timeseries { a = sum(`lb.x-y`), b = max(lb.z, rate:1m) } | fieldsAdd c = sum(lb.q)",
                vec!["lb.x-y", "lb.z"],
            ),
            ("fetch logs | makeTimeseries count(lb.cpu)", vec![]),
            ("data record(a=1) | append [timeseries avg(lb.b)]", vec![]),
            ("timeseries avg(lb.cpu", vec![]),
        ] {
            assert_eq!(queried_keys(query), expected, "{query}");
        }
    }

    #[test]
    fn entity_types_are_found_everywhere() {
        assert_eq!(
            queried_entity_types("fetch `dt.entity.lb:node` | lookup [fetch dt.entity.host]"),
            ["lb:node", "host"]
        );
    }
}
