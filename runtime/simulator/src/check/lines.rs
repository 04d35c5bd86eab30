//! Metric lines.

use std::collections::BTreeSet;

use super::Problem;
use crate::Reported;
use crate::reported::excerpt;

/// A line and what was found.
#[derive(Debug)]
pub(crate) struct CheckedLine<'t> {
    pub(crate) text: &'t str,
    pub(crate) outcome: Result<Reported, Problem>,
    /// What an author should know of a line that is taken all the same.
    pub(crate) remark: Option<Problem>,
    /// The name under which it is stored, where that is another.
    pub(crate) renamed: Option<String>,
}

/// Which metrics the lines are of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'c> {
    /// The extension's, with the keys of its manifest, if that is known.
    Extension(Option<&'c BTreeSet<String>>),
    /// The platform's own.
    SelfMonitoring,
}

/// How lines are checked.
pub(crate) struct Lines<'c> {
    pub(crate) kind: Kind<'c>,
    /// In cluster time, milliseconds since 1970.
    pub(crate) now: i64,
}

impl Lines<'_> {
    /// Reads a body: lines with a newline between them.
    pub(crate) fn check<'t>(&self, body: &'t str) -> Vec<CheckedLine<'t>> {
        body.split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line))
            .filter(|line| !line.is_empty())
            .map(|line| self.check_one(line))
            .collect()
    }

    fn check_one<'t>(&self, text: &'t str) -> CheckedLine<'t> {
        let parsed = match self.kind {
            Kind::Extension(_) => Reported::parse(text),
            Kind::SelfMonitoring => Reported::parse_self_monitoring(text),
        };
        let parsed = parsed.and_then(|reported| match reported.outside_window(self.now) {
            Some(reason) => Err(reason),
            None => Ok(reported),
        });
        let reported = match parsed {
            Ok(reported) => reported,
            Err(reason) => {
                return CheckedLine {
                    text,
                    outcome: Err(Problem::new(excerpt(text), reason)),
                    remark: None,
                    renamed: None,
                };
            }
        };
        let stored = reported.stored_key();
        let (remark, renamed) = match self.kind {
            Kind::Extension(_) if stored != reported.key => {
                (Some(format!("it is stored as `{stored}`")), Some(stored))
            }
            Kind::Extension(Some(listed)) if !listed.contains(&stored) => {
                let remark = "the manifest does not have this metric".to_owned();
                (Some(remark), None)
            }
            Kind::SelfMonitoring | Kind::Extension(_) => (None, None),
        };
        CheckedLine {
            text,
            remark: remark.map(|reason| Problem::new(reported.key.clone(), reason)),
            outcome: Ok(reported),
            renamed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_judged_by_itself() {
        let listed = BTreeSet::from(["a.b".to_owned(), "a.count".to_owned()]);
        let lines = Lines {
            kind: Kind::Extension(Some(&listed)),
            now: 1_700_000_000_000,
        };
        let body = "a.b 1\n\na.b nan\r\na.count 1\nother 1\na.b 1 1600000000000\n";
        let checked = lines.check(body);
        let told: Vec<_> = checked
            .iter()
            .map(|line| match (&line.outcome, &line.remark) {
                (Err(problem), _) => format!("invalid: {}", problem.reason),
                (Ok(_), Some(remark)) => format!("{}: {}", remark.subject, remark.reason),
                (Ok(_), None) => "fine".to_owned(),
            })
            .collect();
        assert_eq!(told.len(), 5, "{told:?}");
        assert_eq!(told[0], "fine");
        assert!(told[1].starts_with("invalid: "), "{told:?}");
        assert_eq!(told[2], "a.count: it is stored as `a.count.gauge`");
        assert_eq!(told[3], "other: the manifest does not have this metric");
        assert!(told[4].contains("none older than an hour"), "{told:?}");
    }

    #[test]
    fn self_monitoring_has_keys_of_its_own() {
        let lines = Lines {
            kind: Kind::SelfMonitoring,
            now: 1_700_000_000_000,
        };
        let checked = lines.check("dsfm:datasource.python.threads count,delta=4\na.b 1\n");
        let [threads, other] = checked.as_slice() else {
            panic!("{checked:?}");
        };
        let key = threads.outcome.as_ref().map(|line| line.key.as_str());
        assert_eq!(key, Ok("dsfm:datasource.python.threads"));
        assert!(threads.remark.is_none() && threads.renamed.is_none());
        assert!(other.outcome.is_err());
    }
}
