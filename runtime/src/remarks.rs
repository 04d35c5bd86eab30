//! What the ingest says of lines it got, gathered by metric.

use std::collections::BTreeMap;

use crate::sink::Receipt;
use crate::{Status, text};

/// How many the status names of each kind; the rest is counted.
const NAMED: usize = 10;

/// How many are remembered: a bound for what comes from outside.
const MOST: usize = 200;

/// How much of a reason is kept.
const REASON: usize = 200;

/// What one stream of a sink was last told of its lines.
///
/// A remark stands until lines of the same metric were sent in a whole round
/// and no answer in it had any remark on them, so that neither a request
/// without the metric nor one of several takes it back for a moment.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    known: BTreeMap<Subject, Remark>,
    /// Sends that belong together have one number: one poll is often several
    /// requests.
    round: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    kind: Kind,
    /// Empty if it is about no metric in particular.
    metric: String,
    gist: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Invalid,
    Renamed,
    Warning,
}

#[derive(Debug)]
struct Remark {
    text: String,
    /// How many lines it was about in the last round that had it.
    count: u64,
    round: u64,
    /// The last round with an answer that speaks against it.
    denied: u64,
}

impl Remarks {
    /// What is counted from now on is counted anew.
    pub(crate) fn begin_round(&mut self) {
        self.round += 1;
    }

    /// Forgets what this round took back.
    pub(crate) fn end_round(&mut self) {
        let round = self.round;
        self.known
            .retain(|_, remark| remark.round == round || remark.denied != round);
    }

    /// Takes in an answer to lines of the metrics that `sent` knows, and says
    /// what in it is new.
    pub(crate) fn note(&mut self, receipt: &Receipt, sent: impl Fn(&str) -> bool) -> Vec<String> {
        self.deny(receipt, sent);
        let mut news = Vec::new();
        let mut unnamed = receipt.invalid_count();
        for line in receipt.invalid_lines() {
            if line.metric.is_empty() {
                continue;
            }
            unnamed = unnamed.saturating_sub(1);
            let text = format!("`{}` {}", line.metric, short(&line.reason));
            news.extend(self.add(Kind::Invalid, &line.metric, text, 1));
        }
        if unnamed > 0 {
            let mut reasons = receipt.invalid_lines().iter();
            let reason = reasons.find(|line| line.metric.is_empty());
            let text = match reason {
                Some(line) => short(&line.reason).to_owned(),
                None => "not named in the answer".to_owned(),
            };
            news.extend(self.add(Kind::Invalid, "", text, unnamed));
        }
        for renamed in receipt.renamed() {
            let text = format!("`{}` as `{}`", renamed.from, renamed.to);
            news.extend(self.add(Kind::Renamed, &renamed.from, text, 1));
        }
        for warning in &receipt.warnings {
            let text = short(&warning.to_string()).to_owned();
            news.extend(self.add(Kind::Warning, &warning.metric, text, 1));
        }
        news
    }

    /// What stands, if anything does.
    pub(crate) fn status(&self) -> Option<Status> {
        let parts: Vec<String> = [Kind::Invalid, Kind::Renamed, Kind::Warning]
            .into_iter()
            .filter_map(|kind| self.sentence(kind))
            .collect();
        (!parts.is_empty()).then(|| Status::warning(parts.join("; ")))
    }

    /// Marks what the answer speaks against.
    fn deny(&mut self, receipt: &Receipt, sent: impl Fn(&str) -> bool) {
        let valid = receipt.invalid_count() == 0;
        let silent = receipt.renamed().is_empty() && receipt.warnings.is_empty();
        for (subject, remark) in &mut self.known {
            let taken_back = match subject.kind {
                Kind::Invalid => valid,
                Kind::Renamed | Kind::Warning => silent,
            };
            if taken_back && (subject.metric.is_empty() || sent(&subject.metric)) {
                remark.denied = self.round;
            }
        }
    }

    /// What to log, if it is new.
    fn add(&mut self, kind: Kind, metric: &str, text: String, count: u64) -> Option<String> {
        let subject = Subject {
            kind,
            metric: metric.to_owned(),
            gist: text::gist(&text),
        };
        if let Some(known) = self.known.get_mut(&subject) {
            if known.round != self.round {
                known.round = self.round;
                known.count = 0;
            }
            known.count += count;
            known.text = text;
            return None;
        }
        if self.known.len() >= MOST {
            return None;
        }
        let log = match kind {
            Kind::Invalid => format!("a line is not valid: {text}"),
            Kind::Renamed => format!("the ingest stores {text}: {RENAME}"),
            Kind::Warning => format!("the ingest remarks: {text}"),
        };
        let remark = Remark {
            text,
            count,
            round: self.round,
            denied: 0,
        };
        self.known.insert(subject, remark);
        Some(log)
    }

    fn sentence(&self, kind: Kind) -> Option<String> {
        let of_kind = self.known.iter().filter(|(known, _)| known.kind == kind);
        let remarks: Vec<&Remark> = of_kind.map(|(_, remark)| remark).collect();
        if remarks.is_empty() {
            return None;
        }
        let lines: u64 = remarks.iter().map(|remark| remark.count).sum();
        let mut named: Vec<String> = remarks
            .iter()
            .take(NAMED)
            .map(|remark| match (kind, remark.count) {
                (Kind::Invalid, 2..) if remarks.len() > 1 => {
                    format!("{} ({} lines)", remark.text, remark.count)
                }
                _ => remark.text.clone(),
            })
            .collect();
        if remarks.len() > NAMED {
            named.push(format!("and {} more", remarks.len() - NAMED));
        }
        let named = named.join(", ");
        Some(match kind {
            Kind::Invalid => {
                let verb = if lines == 1 { "was" } else { "were" };
                format!("{} {verb} not valid: {named}", text::count(lines, "line"))
            }
            Kind::Renamed => format!("the ingest stores {named}: {RENAME}"),
            Kind::Warning => format!("the ingest remarks: {named}"),
        })
    }
}

const RENAME: &str = "use the new key in extension.yaml and wherever the metric is looked for";

fn short(reason: &str) -> &str {
    match reason.char_indices().nth(REASON) {
        Some((end, _)) => reason.get(..end).unwrap_or(reason),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::{InvalidLine, RenamedMetric};

    /// A round of one request.
    fn round(remarks: &mut Remarks, receipt: &Receipt, sent: &str) -> Vec<String> {
        remarks.begin_round();
        let news = remarks.note(receipt, |metric| metric == sent);
        remarks.end_round();
        news
    }

    fn invalid(lines: &[(&str, &str)]) -> Receipt {
        Receipt::with_invalid(lines.iter().map(|(metric, reason)| InvalidLine {
            metric: (*metric).to_owned(),
            reason: (*reason).to_owned(),
        }))
    }

    fn renamed() -> Receipt {
        Receipt::accepted().with_renamed([RenamedMetric {
            from: "a.b".to_owned(),
            to: "a.b.count".to_owned(),
        }])
    }

    fn said(remarks: &Remarks) -> String {
        remarks
            .status()
            .map_or_else(String::new, |status| status.message().to_owned())
    }

    #[test]
    fn lines_are_counted_by_metric_and_reason() {
        let mut remarks = Remarks::default();
        let news = remarks.note(
            &invalid(&[
                ("a.b", "is 17, too high"),
                ("c.d", "no value"),
                ("a.b", "is 9000, too high"),
                ("a.b", "no value"),
            ]),
            |_| true,
        );
        assert_eq!(news.len(), 3, "{news:?}");
        assert_eq!(
            said(&remarks),
            "4 lines were not valid: `a.b` is 9000, too high (2 lines), `a.b` no value, `c.d` no \
             value"
        );
    }

    #[test]
    fn what_is_known_is_not_news_and_each_round_counts_for_itself() {
        let mut remarks = Remarks::default();
        let two = invalid(&[("a.b", "too high"), ("a.b", "too high")]);
        for round in 0..3 {
            remarks.begin_round();
            // One of several requests may be without.
            let answers = [&two, &Receipt::accepted(), &two, &Receipt::accepted()];
            for (request, answer) in answers.into_iter().enumerate() {
                let news = remarks.note(answer, |_| true);
                assert_eq!(news.is_empty(), (round, request) != (0, 0), "{news:?}");
            }
            remarks.end_round();
            assert_eq!(said(&remarks), "4 lines were not valid: `a.b` too high");
        }
    }

    #[test]
    fn a_remark_stands_until_lines_of_its_metric_come_without() {
        let mut remarks = Remarks::default();
        round(&mut remarks, &invalid(&[("a.b", "too high")]), "a.b");
        round(&mut remarks, &Receipt::accepted(), "c.d");
        assert_eq!(said(&remarks), "1 line was not valid: `a.b` too high");
        round(&mut remarks, &renamed(), "a.b");
        assert!(said(&remarks).starts_with("the ingest stores `a.b` as `a.b.count`: "));
        round(&mut remarks, &Receipt::accepted(), "a.b");
        assert_eq!(remarks.status(), None);
        let again = round(&mut remarks, &renamed(), "a.b");
        assert_eq!(again.len(), 1, "what comes back is news");
    }

    #[test]
    fn lines_that_the_answer_does_not_name_are_counted() {
        let mut remarks = Remarks::default();
        let mut receipt = invalid(&[("a.b", "too high")]);
        receipt.invalid = 500;
        remarks.note(&receipt, |_| true);
        assert_eq!(
            said(&remarks),
            "500 lines were not valid: not named in the answer (499 lines), `a.b` too high"
        );
        let mut whole = invalid(&[("", "too old")]);
        whole.invalid = 3;
        let mut remarks = Remarks::default();
        remarks.note(&whole, |_| true);
        assert_eq!(said(&remarks), "3 lines were not valid: too old");
    }

    #[test]
    fn what_comes_from_outside_is_bounded() {
        let mut remarks = Remarks::default();
        let long = "x".repeat(10_000);
        for n in 0..1_000 {
            // Letters, because numbers do not make a difference.
            let letter = char::from_u32(0x4e00 + n).expect("a character");
            let reason = format!("{letter}{long}");
            remarks.note(&invalid(&[("a.b", &reason)]), |_| true);
        }
        assert_eq!(remarks.known.len(), MOST);
        assert!(said(&remarks).len() < 3_000);
        assert!(said(&remarks).ends_with("and 190 more"));
    }
}
