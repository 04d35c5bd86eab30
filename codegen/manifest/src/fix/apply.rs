//! Applying fixes. A macro tells of them and leaves the file alone.

use super::{edited, in_order};
use crate::diagnostic::{Edit, Fix};

/// A text after [`apply`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The text with the edits.
    pub text: String,
    /// The fixes it has, in the order of the text, as indices into those given.
    pub applied: Vec<usize>,
    /// How many fixes it has not, since they touch what another one changes.
    /// Checking the new text finds out whether they are still needed.
    pub skipped: usize,
}

/// Applies fixes to a text, each whole or not at all.
///
/// Of fixes that overlap, the one whose first edit comes first wins, so the
/// result depends only on the set of fixes and not on their order. Fixes may
/// share edits, as when two findings ask for the same new name.
pub fn apply(text: &str, fixes: &[Fix]) -> Fixed {
    let mut sorted: Vec<(Vec<Edit>, &str, usize)> = fixes
        .iter()
        .enumerate()
        .map(|(at, fix)| {
            let edits = in_order(fix.edits.clone());
            (edits, fix.title.as_str(), at)
        })
        .collect();
    sorted.sort_unstable();

    let mut accepted: Vec<&Edit> = Vec::new();
    let mut applied = Vec::new();
    for (edits, _, at) in &sorted {
        if !fits(text, edits, &accepted) {
            continue;
        }
        applied.push(*at);
        for edit in edits {
            if let Err(at) = accepted.binary_search(&edit) {
                accepted.insert(at, edit);
            }
        }
    }
    Fixed {
        text: edited(text, &accepted),
        skipped: fixes.len() - applied.len(),
        applied,
    }
}

/// Whether edits, sorted, can be made beside those already accepted.
fn fits(text: &str, edits: &[Edit], accepted: &[&Edit]) -> bool {
    let in_text = edits.iter().all(|edit| {
        let range = edit.span.start as usize..edit.span.end as usize;
        text.get(range).is_some()
    });
    in_text
        && !edits.is_empty()
        && edits.windows(2).all(|pair| !clash(&pair[0], &pair[1]))
        && edits.iter().all(|edit| {
            // Accepted edits are sorted and apart: only neighbors can clash.
            let after = accepted.partition_point(|other| *other < edit);
            let nearest = &accepted[after.saturating_sub(1)..accepted.len().min(after + 1)];
            nearest
                .iter()
                .all(|other| *other == edit || !clash(other, edit))
        })
}

/// Whether one of two edits changes the text that the other one replaces, or
/// both insert at the same place, which leaves their order to chance.
fn clash(one: &Edit, other: &Edit) -> bool {
    one.span.start == other.span.start
        || (one.span.start < other.span.end && other.span.start < one.span.end)
}
