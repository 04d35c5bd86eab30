//! Queries in DQL: `timeseries avg(lb.cpu), by:{node}`.

use std::ops::Range;

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

/// The metric keys that a query asks for: those that `timeseries` reads, until
/// the next pipe, and those that `metric.key` is compared with.
pub(crate) fn queried_keys(query: &str) -> Vec<&str> {
    let code = Code::of(query);
    let mut keys = Vec::new();
    for command in code.commands("timeseries") {
        let rest = &query[command.clone()];
        for (at, _) in rest.match_indices('(') {
            let name = &rest[..at];
            let name = &name[name
                .rfind(|c: char| !c.is_ascii_alphanumeric())
                .map_or(0, |at| at + 1)..];
            if AGGREGATIONS.contains(&name) && code.has(command.start + at) {
                keys.extend(argument(&rest[at + 1..]));
            }
        }
    }
    for (at, name) in query.match_indices("metric.key") {
        let value = query[at + name.len()..].trim_start();
        let value = value.strip_prefix("==").map(str::trim_start);
        let value = value.and_then(|value| value.strip_prefix('"'));
        if let Some((key, _)) = value.and_then(|value| value.split_once('"'))
            && code.has(at)
        {
            keys.push(key);
        }
    }
    keys
}

/// The variables that a query of a dashboard uses: `$node`. In a text, a `$`
/// means nothing.
pub(crate) fn variables(query: &str) -> Vec<&str> {
    let code = Code::of(query);
    let found = query.match_indices('$').filter(|(at, _)| code.has(*at));
    let names = found.map(|(at, _)| {
        let name = &query[at + 1..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        &name[..name.find(|c| !is_part(c)).unwrap_or(name.len())]
    });
    names
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        .collect()
}

/// A query, and what in it is no code: texts in quotes, and comments.
struct Code<'q> {
    query: &'q str,
    hidden: Vec<Range<usize>>,
}

impl<'q> Code<'q> {
    fn of(query: &'q str) -> Self {
        let mut hidden = Vec::new();
        let mut at = 0;
        while let Some(c) = query[at..].chars().next() {
            let rest = &query[at..];
            let length = if c == '"' {
                text(rest)
            } else if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                at += c.len_utf8();
                continue;
            };
            hidden.push(at..at + length);
            at += length;
        }
        Code { query, hidden }
    }

    /// Whether there is code at a place.
    fn has(&self, at: usize) -> bool {
        let after = self.hidden.partition_point(|range| range.end <= at);
        !self
            .hidden
            .get(after)
            .is_some_and(|range| range.contains(&at))
    }

    /// What follows each command of this name: at the start of a query or of
    /// one in brackets, or after a pipe. It ends at the next pipe.
    fn commands(&self, name: &str) -> Vec<Range<usize>> {
        let found = self.query.match_indices(name).filter_map(|(at, _)| {
            let start = at + name.len();
            let rest = &self.query[start..];
            // In this order: looking back through a long comment takes long.
            let is_word = self.has(at) && !rest.starts_with(is_key_char);
            let starts = || matches!(self.before(at), None | Some('|' | '['));
            (is_word && starts()).then(|| {
                let mut pipes = rest.match_indices('|').map(|(pipe, _)| start + pipe);
                start
                    ..pipes
                        .find(|&pipe| self.has(pipe))
                        .unwrap_or(self.query.len())
            })
        });
        found.collect()
    }

    /// The last character of code before a place.
    fn before(&self, at: usize) -> Option<char> {
        let before = self.query[..at].char_indices().rev();
        let mut code = before.filter(|&(at, c)| !c.is_whitespace() && self.has(at));
        code.next().map(|(_, c)| c)
    }
}

/// The length of the text in quotes at the start; `\` escapes.
fn text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
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
    use proptest::prelude::*;

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
            (
                "data record(a=1) | append [timeseries avg(lb.b)]",
                vec!["lb.b"],
            ),
            (
                "// of all nodes\ntimeseries avg(lb.b)\n// timeseries avg(lb.c)",
                vec!["lb.b"],
            ),
            (
                "fetch metric.series | filter metric.key == \"lb.d\"",
                vec!["lb.d"],
            ),
            ("timeseries avg(lb.cpu", vec![]),
        ] {
            assert_eq!(queried_keys(query), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "[a-c.\"$/*\\\\\n|\\[(timeseries avg) é]*") {
            for key in queried_keys(&text).into_iter().chain(variables(&text)) {
                prop_assert!(text.contains(key));
            }
        }
    }

    #[test]
    fn variables_are_found_outside_of_texts() {
        assert_eq!(
            variables(
                "timeseries avg(lb.cpu), by:{node}\n| filter in(node, $node) and x == \"$y\" // $z"
            ),
            ["node"]
        );
        assert_eq!(
            variables("// $a\nfilter a == \"\\\"$b\" and c == $c_1"),
            ["c_1"]
        );
    }

    #[test]
    fn entity_types_are_found_everywhere() {
        assert_eq!(
            queried_entity_types("fetch `dt.entity.lb:node` | lookup [fetch dt.entity.host]"),
            ["lb:node", "host"]
        );
    }
}
