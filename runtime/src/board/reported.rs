//! Statuses of endpoints that a callback knows of besides its own.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Status;

/// How many endpoints one callback may report: a bound for what comes from
/// answers of devices, far above what anybody reads.
const MOST: usize = 20_000;

/// The latest status of each endpoint that a callback reported, in the order
/// it first named them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reported {
    list: Vec<(Arc<str>, Status)>,
    places: HashMap<Arc<str>, usize>,
}

impl Reported {
    /// Whether there was room for it.
    pub(crate) fn set(&mut self, name: &str, status: Status) -> bool {
        if let Some((_, known)) = self
            .places
            .get(name)
            .and_then(|&place| self.list.get_mut(place))
        {
            *known = status;
            return true;
        }
        if self.list.len() >= MOST {
            return false;
        }
        let name: Arc<str> = name.into();
        self.places.insert(Arc::clone(&name), self.list.len());
        self.list.push((name, status));
        true
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Status)> {
        self.list.iter().map(|(name, status)| (name, status))
    }

    pub(super) fn map(mut self, change: impl Fn(Status) -> Status) -> Self {
        for (_, status) in &mut self.list {
            *status = change(std::mem::replace(status, Status::ok()));
        }
        self
    }

    /// Takes over what a run reported. Whether anything changed.
    pub(super) fn update(&mut self, run: Reported, complete: bool) -> bool {
        if complete {
            let changed = self.list != run.list;
            *self = run;
            return changed;
        }
        let mut changed = false;
        for (name, status) in run.list {
            let known = self.places.get(&name).and_then(|&at| self.list.get(at));
            if known.is_none_or(|(_, known)| *known != status) {
                changed |= self.set(&name, status);
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(statuses: &[(&str, Status)]) -> Reported {
        let mut reported = Reported::default();
        for (name, status) in statuses {
            assert!(reported.set(name, status.clone()));
        }
        reported
    }

    fn names(reported: &Reported) -> Vec<&str> {
        reported.iter().map(|(name, _)| &**name).collect()
    }

    #[test]
    fn the_latest_status_of_an_endpoint_counts() {
        let reported = reported(&[
            ("b", Status::ok()),
            ("a", Status::ok()),
            ("b", Status::warning("hot")),
        ]);
        let told: Vec<String> = reported.iter().map(|(n, s)| format!("{n} {s}")).collect();
        assert_eq!(told, ["b WARNING - hot", "a OK"]);
    }

    #[test]
    fn a_complete_run_forgets_what_it_left_out_and_a_broken_one_does_not() {
        let first = [("a", Status::ok()), ("b", Status::ok())];
        let mut all = reported(&first);
        assert!(all.update(reported(&[("b", Status::warning("hot"))]), false));
        assert_eq!(names(&all), ["a", "b"]);
        assert!(!all.update(reported(&[("b", Status::warning("hot"))]), false));
        assert!(all.update(reported(&[("b", Status::warning("hot"))]), true));
        assert_eq!(names(&all), ["b"]);
        assert!(!all.update(reported(&[("b", Status::warning("hot"))]), true));
    }

    #[test]
    fn their_number_is_bounded() {
        let mut reported = Reported::default();
        for n in 0..MOST {
            assert!(reported.set(&n.to_string(), Status::ok()));
        }
        assert!(!reported.set("one more", Status::ok()));
        assert!(reported.set("0", Status::warning("hot")), "known already");
    }
}
