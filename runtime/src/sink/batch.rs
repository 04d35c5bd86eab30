//! Metric lines in the portions that are queued and sent.

use std::str::SplitTerminator;
use std::sync::Arc;

use extyped_line::Lines;

use crate::outbox::Parcel;

/// Metric lines within the limits of one request: at most 1,000 lines and
/// 1,000,000 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricBatch {
    body: Arc<str>,
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

    /// One batch of what several cycles reported, in order.
    pub(crate) fn join(parcels: &[MetricBatch]) -> MetricBatch {
        match parcels {
            [one] => one.clone(),
            several => MetricBatch {
                body: several
                    .iter()
                    .map(MetricBatch::body)
                    .collect::<String>()
                    .into(),
                lines: several.iter().map(MetricBatch::len).sum(),
            },
        }
    }
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
            body: batch.as_str().into(),
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
            let body = text.get(at..).unwrap_or_default().into();
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
    fn a_line_too_long_for_any_parcel_is_counted_and_the_others_are_kept() {
        let long = format!("a.b,x=\"{}\" gauge,1\n", "x".repeat(1_000_000));
        let text = format!("{}{long}a.c gauge,2\n", "a.b gauge,1\n".repeat(1_500));
        let (parcels, refused) = parcels(Lines::from_text(text.clone()));
        assert_eq!(refused, 1);
        assert_eq!(MetricBatch::join(&parcels).body(), text.replace(&long, ""));
    }
}
