//! Metric lines, taken apart by rules of their own: what this project writes is
//! not read by what wrote it.

use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) key: String,
    /// As they are written, with their quotes. Their order means nothing.
    pub(crate) dimensions: BTreeMap<String, String>,
    pub(crate) payload: String,
    pub(crate) stamp: Stamp,
}

/// When it was, as far as the line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    None,
    Millis(i64),
    /// The tick of this run of `poll`, from zero.
    Run(i64),
    /// Beside it: some moment of the run.
    Near(i64),
}

impl Line {
    pub(crate) fn read(text: &str) -> Self {
        let bad = |what: &str| -> ! { panic!("{what} in the line `{text}`") };
        let mut dimensions = BTreeMap::new();
        let end = text.find([',', ' ']).unwrap_or_else(|| bad("no payload"));
        let (key, mut rest) = text.split_at(end);
        while let Some(dimension) = rest.strip_prefix(',') {
            let (name, value) = dimension
                .split_once('=')
                .unwrap_or_else(|| bad("a dimension without a value"));
            let end = match value.strip_prefix('"') {
                Some(quoted) => 1 + end_of_quoted(quoted).unwrap_or_else(|| bad("open quotes")),
                None => value.find([',', ' ']).unwrap_or_else(|| bad("no payload")),
            };
            let (value, after) = value.split_at(end);
            if dimensions
                .insert(name.to_owned(), value.to_owned())
                .is_some()
            {
                bad("a dimension twice");
            }
            rest = after;
        }
        let mut words = rest.split(' ').filter(|word| !word.is_empty());
        let payload = words.next().unwrap_or_else(|| bad("no payload"));
        let stamp = match words.next().map(str::parse) {
            None => Stamp::None,
            Some(Ok(millis)) => Stamp::Millis(millis),
            Some(Err(_)) => bad("no timestamp"),
        };
        if words.next().is_some() {
            bad("something after the timestamp");
        }
        Line {
            key: key.to_owned(),
            dimensions,
            payload: payload.to_owned(),
            stamp,
        }
    }

    /// Whether it is of this callback, in self-monitoring.
    pub(crate) fn is_of_callback(&self, name: &str) -> bool {
        let callback = self.dimensions.get("callback");
        callback.is_some_and(|callback| callback.trim_matches('"') == name)
    }
}

/// What follows the closing quote of a value.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return Some(at + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        for (key, value) in &self.dimensions {
            write!(f, ",{key}={value}")?;
        }
        write!(f, " {} {:?}", self.payload, self.stamp)
    }
}

#[test]
fn a_line_is_taken_apart() {
    let line = Line::read(r#"a.b,c="d, \"e\" \\",f=g gauge,min=1,max=2 17"#);
    assert_eq!(line.key, "a.b");
    let dimensions: Vec<_> = line.dimensions.into_iter().collect();
    let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    assert_eq!(dimensions, [("c", r#""d, \"e\" \\""#), ("f", "g")].map(own));
    assert_eq!(line.payload, "gauge,min=1,max=2");
    assert_eq!(line.stamp, Stamp::Millis(17));
    assert_eq!(Line::read("a 3").stamp, Stamp::None);
}
