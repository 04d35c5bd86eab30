//! "Did you mean …?": the candidate closest to a word.

/// The candidate that `word` is most likely a slip for, if one is close
/// enough: about one slip in three letters, and case does not count.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    search(word, &mut candidates.into_iter())
}

fn search<'c>(word: &str, candidates: &mut dyn Iterator<Item = &'c str>) -> Option<&'c str> {
    let mut search = Search::new(word);
    for candidate in candidates {
        search.consider(candidate);
    }
    search.found
}

/// What [`closest`] has seen so far.
struct Search<'w, 'c> {
    word: &'w str,
    lowered: String,
    /// The distance below which a candidate is close, and closer than `found`.
    limit: usize,
    found: Option<&'c str>,
}

impl<'w, 'c> Search<'w, 'c> {
    fn new(word: &'w str) -> Self {
        let lowered = word.to_lowercase();
        Search {
            word,
            limit: (lowered.chars().count() / 3).clamp(1, 3) + 1,
            lowered,
            found: None,
        }
    }

    /// The first of equals stays: the order of the candidates decides, so the
    /// answer is always the same.
    fn consider(&mut self, candidate: &'c str) {
        if candidate == self.word {
            return;
        }
        let distance = distance(&self.lowered, &candidate.to_lowercase());
        if distance < self.limit {
            self.limit = distance;
            self.found = Some(candidate);
        }
    }
}

/// How many insertions, deletions, replacements and swaps of neighbors lie
/// between two words.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    // Words that differ this much in length are never close, and keys of
    // thousands of letters must not cost millions of steps.
    if a.len().abs_diff(b.len()) > 3 || a.len() > 300 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, &from) in a.iter().enumerate() {
        let mut current = Vec::with_capacity(previous.len());
        current.push(i + 1);
        for (j, &to) in b.iter().enumerate() {
            let replaced = previous[j] + usize::from(from != to);
            let mut best = replaced.min(previous[j + 1] + 1).min(current[j] + 1);
            let swapped = i > 0 && j > 0 && from == b[j - 1] && a[i - 1] == to;
            if swapped {
                best = best.min(before[j - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_are_recognized() {
        for (word, expected) in [
            ("displayname", Some("displayName")),
            ("dispalyName", Some("displayName")),
            ("unti", Some("unit")),
            ("units", Some("unit")),
            ("color", None),
            ("unit", None),
        ] {
            assert_eq!(
                closest(word, ["displayName", "unit", "description"]),
                expected,
                "{word}"
            );
        }
    }

    #[test]
    fn the_first_of_equally_close_candidates_wins() {
        assert_eq!(closest("nod", ["node", "nodx"]), Some("node"));
        assert_eq!(closest("nod", ["nodx", "node"]), Some("nodx"));
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_zero_only_for_equals(a in "[a-c]{0,6}", b in "[a-c]{0,6}") {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
        }
    }
}
