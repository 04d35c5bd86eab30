//! After which entity type a set of dimensions is named.

use super::dimensions::same_keys;
use super::matching::Match;

/// The type among `candidates` whose need is exactly `keys`: the most specific
/// one, which is the one with the longest matching condition, then the one
/// declared first.
pub(super) fn equal_need<'c, 'm, 't>(
    candidates: &[&'c Match<'m, 't>],
    keys: &[&str],
) -> Option<&'c Match<'m, 't>> {
    let equal = candidates.iter().copied().filter(|candidate| {
        let need: Vec<&str> = candidate.need.iter().map(|need| need.key).collect();
        same_keys(&need, keys)
    });
    most_specific(equal)
}

/// The most specific type of all.
pub(super) fn most_specific<'c, 'm: 'c, 't: 'c>(
    candidates: impl Iterator<Item = &'c Match<'m, 't>>,
) -> Option<&'c Match<'m, 't>> {
    candidates.fold(None, |best, candidate| match best {
        Some(best) if best.specificity() >= candidate.specificity() => Some(best),
        _ => Some(candidate),
    })
}
