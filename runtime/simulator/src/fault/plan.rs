//! The faults in force, and what they do to a call.

use std::time::Duration;

use tokio::time::Instant;

use super::{Body, Fault, FaultProgress, Kind, RandomFaults};
use crate::Call;

/// Faults in force or still to come.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    rules: Vec<Rule>,
    random: Option<Random>,
}

#[derive(Debug)]
struct Rule {
    fault: Fault,
    from: Instant,
    until: Option<Instant>,
    left: Option<u64>,
}

#[derive(Debug)]
struct Random {
    rng: fastrand::Rng,
    share: f64,
    spared: Vec<Call>,
    faults: Vec<Fault>,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// How much later it is read.
    pub(crate) delay: Duration,
    pub(crate) end: End,
    /// The faults it met.
    pub(crate) met: Vec<String>,
}

/// How a call ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// As it should.
    Well,
    Hang,
    Drop,
    Lose,
    Half,
    Answer {
        status: u16,
        retry_after: Option<Duration>,
        body: Body,
    },
    /// The server goes down for this long instead of answering.
    Outage(Fault),
}

impl Plan {
    pub(crate) fn add(&mut self, fault: Fault, now: Instant) {
        let from = now.checked_add(fault.after).unwrap_or(now);
        let until = fault.lasting.and_then(|time| from.checked_add(time));
        self.rules.push(Rule {
            left: fault.times,
            from,
            until,
            fault,
        });
    }

    pub(crate) fn add_random(&mut self, random: RandomFaults) {
        self.random = Some(Random {
            rng: fastrand::Rng::with_seed(random.seed),
            share: random.share,
            spared: random.spared,
            faults: random.faults,
        });
    }

    pub(crate) fn clear(&mut self) {
        *self = Plan::default();
    }

    /// The faults that are in force or still to come.
    pub(crate) fn faults(&mut self, now: Instant) -> Vec<Fault> {
        self.forget(now);
        self.rules.iter().map(|rule| rule.fault.clone()).collect()
    }

    /// How far each of them is.
    pub(crate) fn progress(&mut self, now: Instant) -> Vec<FaultProgress> {
        self.forget(now);
        self.rules
            .iter()
            .map(|rule| FaultProgress {
                fault: rule.fault.clone(),
                begins_in: rule.from.saturating_duration_since(now),
                ends_in: rule.until.map(|until| until.saturating_duration_since(now)),
                calls_left: rule.left,
            })
            .collect()
    }

    /// What happens to this call, now.
    pub(crate) fn meet(&mut self, call: Call, now: Instant) -> Verdict {
        self.forget(now);
        let mut verdict = Verdict::well();
        for rule in &mut self.rules {
            if rule.from > now || !rule.fault.concerns(call) {
                continue;
            }
            if verdict.add(&rule.fault)
                && let Some(left) = &mut rule.left
            {
                *left -= 1;
            }
        }
        if let Some(fault) = self.random.as_mut().and_then(|random| random.draw(call)) {
            verdict.add(&fault);
        }
        verdict
    }

    fn forget(&mut self, now: Instant) {
        self.rules
            .retain(|rule| rule.left != Some(0) && rule.until.is_none_or(|until| until > now));
    }
}

impl Random {
    fn draw(&mut self, call: Call) -> Option<Fault> {
        // Both are drawn whatever the outcome, so that a call that no fault
        // concerns does not shift the fate of those that follow.
        let hit = self.rng.f64() < self.share;
        let choice = self.rng.usize(..);
        let eligible: Vec<&Fault> = self
            .faults
            .iter()
            .filter(|fault| fault.is_outage() || fault.concerns(call))
            .collect();
        let index = choice.checked_rem(eligible.len())?;
        eligible
            .get(index)
            .filter(|_| hit && !self.spared.contains(&call))
            .map(|&fault| fault.clone())
    }
}

impl Fault {
    fn concerns(&self, call: Call) -> bool {
        self.calls.is_empty() || self.calls.contains(&call)
    }
}

impl Verdict {
    /// No fault at all.
    pub(crate) fn well() -> Self {
        Verdict {
            delay: Duration::ZERO,
            end: End::Well,
            met: Vec::new(),
        }
    }

    /// Adds a fault; says whether it has an effect.
    fn add(&mut self, fault: &Fault) -> bool {
        let end = match &fault.kind {
            Kind::Delay(by) => {
                self.delay = self.delay.saturating_add(*by);
                self.met.push(fault.to_string());
                return true;
            }
            Kind::Hang => End::Hang,
            Kind::Drop => End::Drop,
            Kind::Lose => End::Lose,
            Kind::Half => End::Half,
            Kind::Answer {
                status,
                retry_after,
                body,
            } => End::Answer {
                status: *status,
                retry_after: *retry_after,
                body: *body,
            },
            Kind::Refuse | Kind::Restart => End::Outage(fault.clone()),
        };
        if self.end != End::Well {
            return false;
        }
        self.end = end;
        self.met.push(fault.to_string());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn plan(faults: &[&str], now: Instant) -> Plan {
        let mut plan = Plan::default();
        for fault in faults {
            plan.add(fault.parse().expect("a fault"), now);
        }
        plan
    }

    #[test]
    fn a_fault_concerns_its_calls_only_and_so_many_of_them() {
        let now = Instant::now();
        let mut plan = plan(&["mint=drop:2x"], now);
        assert_eq!(plan.meet(Call::Alive, now).end, End::Well);
        assert_eq!(plan.meet(Call::Mint, now).end, End::Drop);
        assert_eq!(plan.meet(Call::Mint, now).end, End::Drop);
        assert_eq!(plan.meet(Call::Mint, now).end, End::Well);
        assert!(plan.faults(now).is_empty());
    }

    #[test]
    fn a_fault_begins_and_ends_when_it_says() {
        let now = Instant::now();
        let mut plan = plan(&["all=hang:5s@10s"], now);
        for (second, end) in [
            (9, End::Well),
            (10, End::Hang),
            (14, End::Hang),
            (15, End::Well),
        ] {
            assert_eq!(
                plan.meet(Call::Logs, now + SECOND * second).end,
                end,
                "{second}"
            );
        }
    }

    #[test]
    fn it_is_told_how_far_a_fault_is() {
        let now = Instant::now();
        let mut plan = plan(&["mint=drop:2x", "all=hang:5s@10s"], now);
        plan.meet(Call::Mint, now);
        let told = |plan: &mut Plan, second| {
            plan.progress(now + SECOND * second)
                .into_iter()
                .map(|one| (one.begins_in, one.ends_in, one.calls_left))
                .collect::<Vec<_>>()
        };
        let zero = Duration::ZERO;
        assert_eq!(
            told(&mut plan, 4),
            [(zero, None, Some(1)), (SECOND * 6, Some(SECOND * 11), None)]
        );
        assert_eq!(
            told(&mut plan, 12),
            [(zero, None, Some(1)), (zero, Some(SECOND * 3), None)]
        );
        assert_eq!(told(&mut plan, 15).len(), 1);
    }

    #[test]
    fn spared_calls_meet_no_random_fault() {
        let mut plan = Plan::default();
        let outage = Fault::restart();
        let faults = RandomFaults::new(1, 1.0, [outage.clone()]);
        plan.add_random(faults.sparing([Call::UserConfig]));
        let now = Instant::now();
        assert_eq!(plan.meet(Call::UserConfig, now).end, End::Well);
        assert_eq!(plan.meet(Call::Mint, now).end, End::Outage(outage));
    }

    #[test]
    fn delays_add_up_and_the_first_of_the_others_decides() {
        let now = Instant::now();
        let mut plan = plan(
            &[
                "all=delay:1s",
                "mint=delay:2s",
                "mint=drop:1x",
                "mint=lose:1x",
            ],
            now,
        );
        let first = plan.meet(Call::Mint, now);
        assert_eq!((first.delay, first.end), (SECOND * 3, End::Drop));
        assert_eq!(first.met, ["all=delay:1s", "mint=delay:2s", "mint=drop:1x"]);
        assert_eq!(plan.meet(Call::Mint, now).end, End::Lose);
    }

    #[test]
    fn random_faults_follow_their_seed_and_their_share() {
        let fates = |seed| {
            let mut plan = Plan::default();
            plan.add_random(RandomFaults::new(
                seed,
                0.25,
                [Fault::drop(), Fault::hang().on([Call::Mint])],
            ));
            let now = Instant::now();
            (0..4_000)
                .map(|_| plan.meet(Call::Mint, now).end)
                .collect::<Vec<_>>()
        };
        assert_eq!(fates(1), fates(1));
        assert_ne!(fates(1), fates(2));
        let faults = fates(1).into_iter().filter(|end| *end != End::Well).count();
        assert!((800..1_200).contains(&faults), "{faults}");
    }
}
