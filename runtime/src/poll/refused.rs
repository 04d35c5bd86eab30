//! Which refused values the log has told of.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::report::{Refusal, Refused};

/// What the last cycle of a callback refused. A metric that is refused in every
/// cycle for the same reason is told of in the first: the status shows it for
/// as long as it lasts.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeSet<(Cow<'static, str>, Refusal)>);

impl Told {
    /// What this cycle refuses that the one before did not.
    pub(super) fn news<'r>(&mut self, refused: &'r [Refused]) -> Vec<&'r Refused> {
        let known = std::mem::take(&mut self.0);
        let subject = |refused: &Refused| (refused.metric.clone(), refused.cause);
        self.0 = refused.iter().map(subject).collect();
        let mut news: Vec<&Refused> = refused.iter().collect();
        news.retain(|refused| !known.contains(&subject(refused)));
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(metric: &'static str, cause: Refusal, count: u64) -> Refused {
        Refused {
            metric: metric.into(),
            cause,
            count,
        }
    }

    #[test]
    fn what_is_refused_in_every_cycle_is_told_of_in_the_first() {
        let mut told = Told::default();
        let nan = |count| refused("a.b", Refusal::NotFinite, count);
        let negative = refused("a.b", Refusal::NegativeTotal, 1);
        assert_eq!(told.news(&[nan(1)]), [&nan(1)]);
        assert!(told.news(&[nan(7)]).is_empty(), "only another count");
        assert_eq!(told.news(&[nan(1), negative.clone()]), [&negative]);
        assert!(told.news(&[negative]).is_empty());
        assert_eq!(told.news(&[nan(1)]), [&nan(1)], "it had stopped");
    }
}
