//! Metric lines in the portions that are queued and sent.

use std::str::SplitTerminator;
use std::sync::Arc;

use extyped_line::{Line, Lines};

use crate::Timestamp;
use crate::outbox::{Left, Parcel};

/// Metric lines within the limits of one request: at most 1,000 lines and
/// 1,000,000 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricBatch {
    // Shared by the sinks. Not `Arc<str>`, to which a text has to be copied.
    body: Arc<String>,
    lines: usize,
}

impl MetricBatch {
    /// The body of the request: each line ended by a newline.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// The lines one by one, without their newlines.
    pub fn lines(&self) -> SplitTerminator<'_, char> {
        self.body.split_terminator('\n')
    }

    /// Text that was in a batch before.
    #[cfg(feature = "spool")]
    pub(crate) fn from_lines(body: String) -> Self {
        MetricBatch {
            lines: body.lines().count(),
            body: Arc::new(body),
        }
    }

    /// One batch of what several cycles reported, in order.
    pub(crate) fn join(parcels: &[MetricBatch]) -> MetricBatch {
        match parcels {
            [one] => one.clone(),
            several => {
                let bytes = several.iter().map(|parcel| parcel.body.len()).sum();
                let mut body = String::with_capacity(bytes);
                for parcel in several {
                    body.push_str(&parcel.body);
                }
                MetricBatch {
                    body: Arc::new(body),
                    lines: several.iter().map(MetricBatch::len).sum(),
                }
            }
        }
    }

    /// Whether there is a line of this metric.
    pub(crate) fn has_metric(&self, key: &str) -> bool {
        self.lines().any(|line| {
            let rest = line.strip_prefix(key);
            rest.is_some_and(|rest| rest.starts_with([',', ' ']))
        })
    }

    /// Without the lines that are older than `oldest`. A line without a
    /// timestamp gets that of its arrival and is never too old.
    pub(crate) fn since(&self, oldest: Timestamp) -> Left<MetricBatch> {
        let keep = |line: &&str| !is_older(line, oldest.as_millis());
        let kept = self.lines().filter(keep).count();
        if kept == self.lines {
            Left::All
        } else if kept == 0 {
            Left::Nothing
        } else {
            Left::Some(self.filtered(keep))
        }
    }

    fn filtered(&self, keep: impl Fn(&&str) -> bool) -> MetricBatch {
        let mut body = String::new();
        let mut lines = 0;
        for line in self.lines().filter(keep) {
            body.push_str(line);
            body.push('\n');
            lines += 1;
        }
        MetricBatch {
            body: Arc::new(body),
            lines,
        }
    }
}

/// Whether a line says that it is older than this. The last word of a line
/// without a timestamp is its payload, which may be a bare number: one that
/// looks old is worth a closer look.
fn is_older(line: &str, oldest: i64) -> bool {
    let last = line.rsplit_once(' ').map(|(_, last)| last);
    let looks_old = last
        .and_then(|last| last.parse::<i64>().ok())
        .is_some_and(|at| at < oldest);
    looks_old && Line::parse(line).is_ok_and(|line| line.timestamp.is_some())
}

/// What one cycle reported, in parcels that each fit a request. The count is
/// of the lines that are too long for any.
///
/// The text is cut from its end, and gives its memory back piece by piece: a
/// hundred thousand lines are not held twice while they are queued.
pub(crate) fn parcels(lines: Lines) -> (Vec<MetricBatch>, usize) {
    let mut batches = lines.batches();
    let sizes: Vec<(usize, usize)> = batches
        .by_ref()
        .map(|batch| (batch.as_str().len(), batch.line_count()))
        .collect();
    let refused = batches.refused();
    if refused > 0 {
        // Lines are missing between the parcels, so their places are not known
        // from their sizes.
        let parcels = lines.batches().map(|batch| MetricBatch {
            body: Arc::new(batch.as_str().to_owned()),
            lines: batch.line_count(),
        });
        return (parcels.collect(), refused);
    }
    let mut text = lines.into_string();
    let mut parcels: Vec<MetricBatch> = sizes
        .into_iter()
        .rev()
        .map(|(bytes, lines)| {
            let at = text.len().saturating_sub(bytes);
            let body = Arc::new(text.get(at..).unwrap_or_default().to_owned());
            text.truncate(at);
            text.shrink_to_fit();
            MetricBatch { body, lines }
        })
        .collect();
    parcels.reverse();
    (parcels, refused)
}

impl Parcel for MetricBatch {
    fn bytes(&self) -> usize {
        self.body.len()
    }

    fn items(&self) -> u64 {
        self.lines as u64
    }
}

#[cfg(test)]
impl MetricBatch {
    pub(crate) fn of(text: &str) -> Self {
        let (parcels, _) = parcels(Lines::from_text(text.to_owned()));
        MetricBatch::join(&parcels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parcels_keep_the_limits_and_lose_nothing() {
        let text = "a.b gauge,1\n".repeat(2_500);
        let (parcels, refused) = parcels(Lines::from_text(text.clone()));
        assert_eq!(refused, 0);
        let sizes: Vec<usize> = parcels.iter().map(MetricBatch::len).collect();
        assert_eq!(sizes, [1_000, 1_000, 500]);
        assert_eq!(MetricBatch::join(&parcels).body(), text);
    }

    #[test]
    fn lines_older_than_asked_for_are_left_out() {
        let text = "a.b gauge,1 1700000000000\n\
                    a.b,x=\"1 1600000000000\" gauge,2 1700000060000\n\
                    a.b gauge,3\n\
                    a.b 1600000000000\n";
        let batch = MetricBatch::of(text);
        let since = |at| batch.since(Timestamp::from_millis(at));
        assert_eq!(since(1_700_000_000_000), Left::All);
        let (_, rest) = text.split_once('\n').expect("four lines");
        assert_eq!(since(1_700_000_000_001), Left::Some(MetricBatch::of(rest)));
        let old = MetricBatch::of("a.b gauge,1 1700000000000\n");
        let late = Timestamp::from_millis(1_700_000_000_001);
        assert_eq!(old.since(late), Left::Nothing);
    }

    #[test]
    fn a_line_too_long_for_any_parcel_is_counted_and_the_others_are_kept() {
        let long = format!("a.b,x=\"{}\" gauge,1\n", "x".repeat(1_000_000));
        let text = format!("{}{long}a.c gauge,2\n", "a.b gauge,1\n".repeat(1_500));
        let (parcels, refused) = parcels(Lines::from_text(text.clone()));
        assert_eq!(refused, 1);
        assert_eq!(MetricBatch::join(&parcels).body(), text.replace(&long, ""));
    }
}
