//! "Did you mean …?" for the few names an operator writes.

/// The candidate that `word` is most likely a slip for. Case does not count,
/// and one letter in three may be wrong.
pub(crate) fn closest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    candidates
        .into_iter()
        // A name that is far longer or shorter is no slip, however long it is.
        .filter(|candidate| candidate.chars().count().abs_diff(letters) <= letters / 3)
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|&(distance, _)| distance <= letters / 3)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be inserted, removed or replaced to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, to) in b.chars().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX - 1);
            let best = (above + 1)
                .min(left + 1)
                .min(diagonal + usize::from(from != to));
            if let Some(place) = row.get_mut(j) {
                *place = left;
            }
            (diagonal, left) = (above, best);
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        let names = ["default", "Printers", "Pages"];
        for (word, meant) in [
            ("printers", Some("Printers")),
            ("Printer", Some("Printers")),
            ("Pinters", Some("Printers")),
            ("Paged", Some("Pages")),
            ("Scanners", None),
            ("", None),
        ] {
            assert_eq!(closest(word, names), meant, "{word}");
        }
    }

    #[test]
    fn the_distance_counts_letters() {
        for (a, b, letters) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("abc", "", 3),
        ] {
            assert_eq!(distance(a, b), letters, "{a} {b}");
        }
    }
}
