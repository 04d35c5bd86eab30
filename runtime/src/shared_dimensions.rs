//! Dimensions that all lines of an endpoint carry.

use std::collections::BTreeMap;

use extyped_line::{Lines, dimension, limits, value};

/// Dimensions that an operator gave an endpoint, and that the manifest knows
/// nothing of. They are added to finished lines, so that reporting costs
/// nothing more where there are none.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedDimensions {
    /// `,key="` and the value with the quote that ends it.
    list: Vec<(String, String)>,
}

impl SharedDimensions {
    /// The dimensions that can be sent; those without a value are left out.
    /// The latest of a key counts. Beside them the keys that are none, and
    /// what is wrong with them.
    pub(crate) fn new(
        given: impl IntoIterator<Item = (String, String)>,
    ) -> (Self, Vec<(String, String)>) {
        let mut problems = Vec::new();
        let mut by_key = BTreeMap::new();
        for (key, text) in given {
            match dimension::validate_key(&key) {
                Ok(()) => {
                    let mut quoted = String::new();
                    if value::quote(&mut quoted, &text) {
                        // The opening has the first of the quotes.
                        let value = quoted.strip_prefix('"').unwrap_or(&quoted);
                        by_key.insert(format!(",{key}=\""), value.to_owned());
                    }
                }
                Err(error) => problems.push((key, error.to_string())),
            }
        }
        let list = by_key.into_iter().collect();
        (SharedDimensions { list }, problems)
    }

    /// Adds them to each line that does not have them already: what the
    /// extension says of a line is nearer to it. Those for which a line has no
    /// room are left out.
    pub(crate) fn added_to(&self, lines: Lines) -> Lines {
        if self.list.is_empty() {
            return lines;
        }
        let more: usize = self
            .list
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        let mut text = String::with_capacity(lines.byte_len() + lines.len() * more);
        for line in &lines {
            self.add_to(line, &mut text);
            text.push('\n');
        }
        Lines::from_counted(text, lines.len())
    }

    fn add_to(&self, line: &str, text: &mut String) {
        let (end, mut count) = dimensions_of(line);
        let (own, rest) = line.split_at(end);
        text.push_str(own);
        let mut length = line.len();
        for (opening, value) in &self.list {
            let added = opening.len() + value.len();
            // A quote inside a value is escaped, so that what is found can
            // only be a key.
            if own.contains(opening.as_str())
                || count == limits::DIMENSIONS
                || length + added > limits::LINE_BYTES
            {
                continue;
            }
            text.push_str(opening);
            text.push_str(value);
            count += 1;
            length += added;
        }
        text.push_str(rest);
    }
}

/// Where the dimensions of a line end, and how many there are.
fn dimensions_of(line: &str) -> (usize, usize) {
    let (mut quoted, mut escaped, mut count) = (false, false, 0);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => count += 1,
            b' ' if !quoted => return (at, count),
            _ => {}
        }
    }
    (line.len(), count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shared(given: &[(&str, &str)]) -> SharedDimensions {
        let given = given
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let (shared, problems) = SharedDimensions::new(given);
        assert!(problems.is_empty(), "{problems:?}");
        shared
    }

    fn added(given: &[(&str, &str)], text: &str) -> String {
        let lines = shared(given).added_to(Lines::from_text(text.to_owned()));
        lines.as_str().to_owned()
    }

    #[test]
    fn every_line_carries_them_behind_its_own() {
        assert_eq!(
            added(
                &[("owner", "team \"a\""), ("cost", "4711")],
                "a.b gauge,1 5\na.b,x=\"1 ,2\" count,delta=1\n"
            ),
            "a.b,cost=\"4711\",owner=\"team \\\"a\\\"\" gauge,1 5\n\
             a.b,x=\"1 ,2\",cost=\"4711\",owner=\"team \\\"a\\\"\" count,delta=1\n"
        );
    }

    #[test]
    fn what_a_line_says_itself_stays() {
        assert_eq!(
            added(&[("cost", "1")], "a.b,cost=\"own\" gauge,1\n"),
            "a.b,cost=\"own\" gauge,1\n"
        );
        assert_eq!(
            added(&[("cost", "1")], "a.b,x=\",cost=\\\"\" gauge,1\n"),
            "a.b,x=\",cost=\\\"\",cost=\"1\" gauge,1\n",
            "a value that looks like it is none"
        );
    }

    #[test]
    fn the_latest_of_a_key_counts_and_an_empty_value_is_none() {
        assert_eq!(
            added(&[("a", "1"), ("a", "2"), ("b", "")], "m gauge,1\n"),
            "m,a=\"2\" gauge,1\n"
        );
    }

    #[test]
    fn a_line_with_all_dimensions_it_may_have_is_left_as_it_is() {
        let own =
            (1..limits::DIMENSIONS).fold(String::new(), |own, n| own + &format!(",d{n}=\"v\""));
        assert_eq!(
            added(&[("x", "1"), ("y", "2")], &format!("m{own} gauge,1\n")),
            format!("m{own},x=\"1\" gauge,1\n")
        );
    }

    #[test]
    fn a_key_that_is_none_is_told_with_what_is_wrong() {
        let given = vec![("Cost Center".to_owned(), "1".to_owned())];
        let (shared, problems) = SharedDimensions::new(given);
        assert!(shared.list.is_empty());
        assert_eq!(problems[0].0, "Cost Center");
    }

    proptest! {
        #[test]
        fn whatever_the_values_are_the_lines_stay_lines(
            values in proptest::collection::vec(any::<String>(), 1..5),
            own in any::<String>(),
        ) {
            let given = values.iter().enumerate().map(|(n, v)| (format!("k{n}"), v.clone()));
            let (shared, _) = SharedDimensions::new(given);
            let mut line = String::from("a.b,own=");
            value::quote(&mut line, &own);
            if line.ends_with('=') {
                line.truncate("a.b".len());
            }
            line.push_str(" gauge,1");
            let lines = shared.added_to(Lines::from_text(line.clone()));
            prop_assert_eq!(lines.as_str().matches('\n').count(), 1);
            prop_assert!(lines.as_str().ends_with(" gauge,1\n"));
            let (end, count) = dimensions_of(&line);
            prop_assert!(lines.as_str().starts_with(&line[..end]));
            let all = dimensions_of(lines.as_str().trim_end());
            prop_assert_eq!(all.1, count + shared.list.len());
        }
    }
}
