//! `--expect`: metrics that have to come.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use extyped_manifest::suggest;
use extyped_simulator::{Reported, Simulator};

/// A metric that has to come, and the dimensions it has to come with: written
/// as a metric line begins, with `*` for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expectation {
    text: String,
    key: String,
    dimensions: Vec<(String, String)>,
}

impl Expectation {
    fn is_met_by(&self, line: &Reported) -> bool {
        let is_key = fits(&self.key, &line.key) || fits(&self.key, &line.stored_key());
        is_key
            && self
                .dimensions
                .iter()
                .all(|(key, value)| line.dimension(key).is_some_and(|found| fits(value, found)))
    }
}

impl FromStr for Expectation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = split(text)?.into_iter();
        let key = parts.next().unwrap_or_default().trim().to_owned();
        if key.is_empty() {
            return Err("it begins with a metric key, `my.metric`".to_owned());
        }
        let dimensions = parts.map(|part| match part.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                Ok((key.trim().to_owned(), value.trim().to_owned()))
            }
            _ => Err(format!("`{part}` is no dimension: write `,key=value`")),
        });
        Ok(Expectation {
            key,
            dimensions: dimensions.collect::<Result<_, _>>()?,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Splits at commas that are not within quotes, and takes the quotes away.
fn split(text: &str) -> Result<Vec<String>, String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => parts.push(String::new()),
            '\\' if quoted => {
                let escaped = characters.next();
                if let (Some(part), Some(c)) = (parts.last_mut(), escaped) {
                    part.push(c);
                }
            }
            c => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    Ok(parts)
}

/// Whether a text fits a pattern, in which `*` stands for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(last)
}

/// What is expected, and what of it came. Lines are told while they come: what
/// is forgotten later counts all the same.
#[derive(Debug)]
pub(crate) struct Expectations(Vec<(Expectation, AtomicBool)>);

impl Expectations {
    pub(crate) fn new(expectations: &[Expectation]) -> Self {
        let all = expectations.iter().cloned();
        Expectations(all.map(|one| (one, AtomicBool::new(false))).collect())
    }

    /// A line came.
    pub(crate) fn line(&self, line: &Reported) {
        for (expectation, met) in &self.0 {
            if !met.load(Ordering::Relaxed) && expectation.is_met_by(line) {
                met.store(true, Ordering::Relaxed);
            }
        }
    }

    /// A sentence for each that is not met.
    pub(crate) fn unmet(&self, simulator: &Simulator) -> Vec<String> {
        self.0
            .iter()
            .filter(|(_, met)| !met.load(Ordering::Relaxed))
            .map(|(expectation, _)| {
                format!(
                    "expected `{expectation}`: {}",
                    why_not(expectation, simulator)
                )
            })
            .collect()
    }
}

/// What came instead.
fn why_not(expectation: &Expectation, simulator: &Simulator) -> String {
    let metrics = simulator.metrics();
    let same: Vec<_> = metrics
        .iter()
        .filter(|(key, metric)| {
            fits(&expectation.key, key) || fits(&expectation.key, &metric.stored_key(key))
        })
        .collect();
    if let Some((key, metric)) = same.first() {
        let sets: Vec<String> = metric
            .dimension_sets
            .iter()
            .take(3)
            .map(|set| set.join(", "))
            .map(|set| {
                if set.is_empty() {
                    "none".to_owned()
                } else {
                    set
                }
            })
            .collect();
        return format!(
            "`{key}` came, but no line has these dimensions; its dimensions are {}",
            sets.join("; or ")
        );
    }
    if metrics.is_empty() {
        return "no metric came at all".to_owned();
    }
    match suggest::closest(&expectation.key, metrics.keys().map(String::as_str)) {
        Some(near) => format!("it did not come, and `{near}` did: is that what you mean?"),
        None if metrics.len() <= 5 => {
            let keys: Vec<&str> = metrics.keys().map(String::as_str).collect();
            format!("it did not come; what came is {}", keys.join(", "))
        }
        None => format!(
            "it did not come, and none of the {} metrics that did is near",
            metrics.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("a.*", "a.b.c", true),
            ("a.*", "a.", true),
            ("*.count", "a.b.count", true),
            ("*.count", "a.count.b", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false),
            ("*", "", true),
            ("**", "x", true),
            // The star may not make the same letters serve twice.
            ("aa*aa", "aaa", false),
            ("aa*aa", "aaaa", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn lines_meet_expectations_by_key_and_dimensions() {
        let line = Reported::parse(r#"lb.node.bytes,node.name="n,1",zone=a count,delta=1"#)
            .expect("a line");
        for (text, expected) in [
            ("lb.node.bytes", true),
            // What is stored is what the manifest calls it.
            ("lb.node.bytes.count", true),
            ("lb.node.*", true),
            ("lb.node", false),
            (r#"lb.node.*,node.name="n,1""#, true),
            ("lb.node.bytes,zone=*", true),
            ("lb.node.bytes,zone=b", false),
            ("lb.node.bytes,zone=a,region=*", false),
        ] {
            let expectation: Expectation = text.parse().expect(text);
            assert_eq!(expectation.is_met_by(&line), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_expected_says_why() {
        for (text, part) in [
            ("", "begins with a metric key"),
            (",zone=a", "begins with a metric key"),
            ("a.b,zone", "`zone` is no dimension: write `,key=value`"),
            ("a.b,zone=\"a", "a quote is not closed"),
        ] {
            let error = text.parse::<Expectation>().expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
